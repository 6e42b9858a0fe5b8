import { createMailer, type Mailer } from '@ainotebook/mail';
import { type SmtpStandIn, startSmtp } from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, errorOf, useServer } from '../test-support.js';

const HOSTILE = {
  host: 'evil.test',
  'x-forwarded-host': 'evil.test',
  forwarded: 'host=evil.test;proto=https',
};

describe('a password reset over HTTP', () => {
  const server = useServer({ config: { hasMail: true } });
  let smtp: SmtpStandIn;
  let mailer: Mailer;
  beforeAll(async () => {
    smtp = await startSmtp();
    const from = { name: 'Notes', address: 'notes@notes.test' };
    mailer = createMailer({ url: smtp.url, from });
  });
  afterAll(async () => {
    mailer.close();
    await smtp.stop();
  });

  it('mails a link to the configured address, whatever host the request names', async () => {
    const { email } = await server.register();
    await server.runJobs({ mailer });
    smtp.mails.length = 0;
    const answer = await server.mutate('auth.requestPasswordReset', { email }, HOSTILE);
    expect(answer.status).toBe(200);
    await server.runJobs({ mailer });
    expect(smtp.mails).toHaveLength(1);
    const { text, html } = smtp.mails[0] ?? { text: '', html: '' };
    expect(`${text}${html}`).not.toContain('evil.test');
    const [url = ''] = /https:\/\/notes\.test\/reset\?token=[\w-]+/.exec(text) ?? [];
    const token = new URL(url).searchParams.get('token') ?? '';

    const newPassword = 'another horse battery';
    const reset = await server.mutate('auth.resetPassword', { token, newPassword });
    expect(reset.status).toBe(200);
    const login = await server.mutate('auth.login', { email, password: newPassword });
    expect(dataOf(login)).toMatchObject({ user: { email, isEmailVerified: true } });
    expect(JSON.stringify(server.log.lines)).not.toContain(token);
  });

  it('answers known and unknown addresses with the same bytes', async () => {
    const { email } = await server.register();
    const ask = (address: string) => server.mutate('auth.requestPasswordReset', { email: address });
    const [known, unknown] = [await ask(email), await ask('nobody@example.org')];
    expect(unknown.text).toBe(known.text);
    const without = ({ 'x-request-id': _id, date: _date, ...rest }: typeof known.headers) => rest;
    expect(without(unknown.headers)).toEqual(without(known.headers));
  });
});

describe('a server without mail', () => {
  const server = useServer();

  it('says so before anybody asks for a mail', async () => {
    expect(dataOf(await server.query('system.info', undefined))).toMatchObject({ hasMail: false });
    const email = 'anybody@example.org';
    const answer = await server.mutate('auth.requestPasswordReset', { email });
    expect(errorOf(answer).data).toMatchObject({ appCode: 'mail_off', httpStatus: 412 });
  });
});
