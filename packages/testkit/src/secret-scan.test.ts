import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findSecrets, formsOf, makeCanary, refuseSecrets } from './secret-scan.js';

const secret = `${makeCanary('key')} "quoted"/+&%`;

describe('the search for secrets', () => {
  it.each([...formsOf(secret).keys()])('finds one that is written as %s', (form) => {
    const written = formsOf(secret).get(form);
    expect(findSecrets(`before ${written} after`, { it: secret })).toEqual(
      expect.arrayContaining([{ name: 'it', form, after: 'before ' }]),
    );
  });

  it.each([
    ['in the middle of an encoded text', Buffer.from(`user:${secret}@host`).toString('base64')],
    ['there at another place', Buffer.from(`users:${secret}@host`).toString('base64')],
    ['and at the third', Buffer.from(`someone:${secret}!`).toString('base64url')],
    ['in the address of a query', new URL(`https://h/?a=1&k=${encodeURIComponent(secret)}`).href],
    ['in a log line that holds JSON', JSON.stringify({ body: JSON.stringify({ secret }) })],
  ])('finds one %s', (_where, text) => {
    expect(findSecrets(text, { it: secret }).length).toBeGreaterThan(0);
  });

  it('finds one line of a private key', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const line = pem.split('\n')[5] ?? '';
    expect(findSecrets(`error near ${line}`, { pem })).toHaveLength(1);
    expect(findSecrets('-----BEGIN PRIVATE KEY-----', { pem })).toEqual([]);
  });

  it('finds nothing where there is nothing, though another secret looks alike', () => {
    const other = makeCanary('key');
    expect(findSecrets(`before ${other} [redacted]`, { it: secret })).toEqual([]);
  });

  it('refuses to look for what could be any word', () => {
    expect(() => findSecrets('text', { it: 'short' })).toThrow(RangeError);
  });
});

describe('what a server under test has said', () => {
  it.each([
    ['a password of the tests', '{"password":"correct horse battery"}'],
    ['an access token', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlc2ln'],
    ['an API key', 'key anb_0123456789abcdefghij'],
    ['the secret of a webhook', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['one of its settings', `password=${secret}`],
  ])('may hold no secret: %s', (_what, said) => {
    expect(() => refuseSecrets(said, { setting: secret })).toThrow('has logged secrets');
  });

  it('may hold everything else', () => {
    const said = `Call refused {"path":"users.me","secret":"[redacted]"} eyJ anb_short`;
    expect(() => refuseSecrets(said, { setting: secret, unset: undefined })).not.toThrow();
  });
});
