import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { linkIn, useMail } from '../mail/mail-test-support.js';
import { useApi } from '../test-support.js';
import { codeOf, person, registered, testClient } from './test-client.js';

const t = useApi({ config: { hasMail: true } });
const mail = useMail(t);
const visitor = () => testClient(t).api;
const verify = (token: string) => codeOf(visitor().auth.verifyEmail({ token }));
const isVerified = async (api: ReturnType<typeof visitor>) =>
  (await api.users.me()).isEmailVerified;

describe('an e-mail address', () => {
  it('is verified by the link that a new account is sent, once, on any device', async () => {
    const { client, email } = await registered(t);
    const other = await registered(t);
    const mails = await mail.deliver();
    expect(mails.map((one) => one.to).sort()).toEqual([[email], [other.email]].sort());
    const { url, token } = linkIn(
      mails.find((one) => one.to[0] === email),
      '/verify',
    );
    expect(url).toMatch(/^https:\/\/notes\.test\/verify\?token=[\w-]{43}$/);
    expect(await isVerified(client.api)).toBe(false);
    expect(await verify(token)).toBe('none');
    expect(await isVerified(client.api)).toBe(true);
    expect(await isVerified(other.client.api)).toBe(false);
    expect(await verify(token)).toBe('token_invalid');
  });

  it('gets its mail in the language of the account, and without words a stranger typed', async () => {
    const typed = { ...person(), displayName: 'Cheap pills at spam.test', locale: 'en' as const };
    await visitor().auth.register(typed);
    const [english] = await mail.deliver();
    expect(english?.subject).toBe('Confirm your AI-NoteBook e-mail address');
    expect(english?.html).toContain('<html lang="en">');
    expect(`${english?.text}${english?.html}`).not.toContain('spam.test');
    await visitor().auth.register({ ...person(), locale: 'zh-CN' });
    const [chinese] = await mail.deliver();
    expect(chinese?.subject).toBe('确认你的 AI-NoteBook 邮箱');
    expect(chinese?.text).toContain('72 小时');
  });

  it('is sent another link on request, which ends the former one, until it is verified', async () => {
    const { client } = await registered(t);
    const first = linkIn((await mail.deliver())[0], '/verify');
    await client.api.auth.requestEmailVerification();
    const second = linkIn((await mail.deliver())[0], '/verify');
    expect(await verify(first.token)).toBe('token_invalid');
    expect(await verify(second.token)).toBe('none');
    await client.api.auth.requestEmailVerification();
    expect(await mail.deliver()).toEqual([]);
    expect(await codeOf(visitor().auth.requestEmailVerification())).toBe('unauthenticated');
  });

  it('is not verified by a link whose time is over, nor for a suspended user', async () => {
    const late = await registered(t);
    const { token: expired } = linkIn((await mail.deliver())[0], '/verify');
    const { db } = t.services();
    await db
      .update(schema.oneTimeTokens)
      .set({ expiresAt: sql`now()` })
      .where(eq(schema.oneTimeTokens.userId, late.id));
    expect(await verify(expired)).toBe('token_invalid');
    const gone = await registered(t);
    const { token } = linkIn((await mail.deliver())[0], '/verify');
    await db.update(schema.users).set({ status: 'suspended' }).where(eq(schema.users.id, gone.id));
    expect(await verify(token)).toBe('token_invalid');
  });
});

describe('a server without mail', () => {
  const off = useApi();

  it('says so to whoever asks for a mail, and queues none', async () => {
    const { client } = await registered(off);
    const { api } = client;
    const password = 'correct horse battery';
    const codes = await Promise.all([
      codeOf(api.auth.requestEmailVerification()),
      codeOf(api.users.requestEmailChange({ email: 'new@example.org', password })),
      codeOf(off.api().auth.requestPasswordReset({ email: 'anybody@example.org' })),
    ]);
    expect(codes).toEqual(['mail_off', 'mail_off', 'mail_off']);
    expect(await off.services().db.$count(schema.outbox)).toBe(0);
  });
});
