import { describe, expect, it } from 'vitest';
import { parseSender, parseSmtpUrl } from './addresses.js';

describe('the sender', () => {
  it('is a bare address or a name with an address', () => {
    expect(parseSender('notes@example.org')).toEqual({ name: '', address: 'notes@example.org' });
    expect(parseSender(' 笔记 <Notes@Example.org> ')).toEqual({
      name: '笔记',
      address: 'notes@example.org',
    });
    expect(parseSender('"Notes, Inc." <notes@example.org>')?.name).toBe('Notes, Inc.');
  });

  it.each([
    '',
    'notes',
    'Notes <notes>',
    'a@example.org, b@example.org',
    'Notes <a@example.org>, <b@example.org>',
    'Notes\r\nBcc: x@example.org <a@example.org>',
  ])('is nothing else: %j', (text) => {
    expect(parseSender(text)).toBeNull();
  });
});

describe('the address of an SMTP server', () => {
  it('names host, port, encryption and sign-in', () => {
    expect(parseSmtpUrl('smtps://me%40example.org:p%3Ass%2F@smtp.example.org')).toEqual({
      host: 'smtp.example.org',
      port: 465,
      isSecure: true,
      auth: { user: 'me@example.org', pass: 'p:ss/' },
      isLocal: false,
    });
    expect(parseSmtpUrl('smtp://mail.example.org:2525/')).toEqual({
      host: 'mail.example.org',
      port: 2525,
      isSecure: false,
      auth: null,
      isLocal: false,
    });
  });

  it('takes an at sign in the name of the account as people write it', () => {
    const url = parseSmtpUrl('smtps://me@example.org:secret@smtp.example.org:465');
    expect(url).toMatchObject({ host: 'smtp.example.org', auth: { user: 'me@example.org' } });
  });

  it('knows this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
      expect(parseSmtpUrl(`smtp://${host}`)?.isLocal, host).toBe(true);
    }
    for (const host of ['localhost.example.org', '10.0.0.1', '127.0.0.1.example.org']) {
      expect(parseSmtpUrl(`smtp://${host}`)?.isLocal, host).toBe(false);
    }
  });

  it.each([
    '',
    'smtp.example.org',
    'http://smtp.example.org',
    'smtp://',
    'smtp://user@smtp.example.org',
    'smtp://:pass@smtp.example.org',
    'smtp://a:%zz@smtp.example.org',
    'smtp://smtp.example.org/inbox',
    'smtp://smtp.example.org?logger=true',
    'smtp://smtp.example.org?tls.rejectUnauthorized=false',
  ])('is nothing else, and carries no options: %j', (text) => {
    expect(parseSmtpUrl(text)).toBeNull();
  });
});
