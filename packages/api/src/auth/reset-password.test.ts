import { schema } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { countQueries } from '../count-queries.js';
import { linkIn, useMail } from '../mail/mail-test-support.js';
import { useApi } from '../test-support.js';
import { codeOf, PASSWORD, registered, testClient } from './test-client.js';

const t = useApi({ config: { hasMail: true } });
const mail = useMail(t);
const NEW = 'another horse battery';
const visitor = () => testClient(t).api;
const reset = (token: string) => codeOf(visitor().auth.resetPassword({ token, newPassword: NEW }));
const request = (email: string) => codeOf(visitor().auth.requestPasswordReset({ email }));

/** A new person whose first mail, to verify the address, has gone out. */
async function person() {
  const made = await registered(t);
  await mail.deliver();
  return made;
}

describe('a reset by mail', () => {
  it('ends in a sign-in with the new password, and shows that the address is the user’s', async () => {
    const { client, email, id } = await person();
    const other = await person();
    expect(await request(email)).toBe('none');
    const mails = await mail.deliver();
    expect(mails.map((one) => one.to)).toEqual([[email]]);
    const { url, token } = linkIn(mails[0], '/reset');
    expect(url).toMatch(/^https:\/\/notes\.test\/reset\?token=[\w-]{43}$/);

    expect(await reset(token)).toBe('none');
    expect(await codeOf(client.api.users.me())).toBe('session_revoked');
    expect(await codeOf(visitor().auth.login({ email, password: PASSWORD }))).toBe(
      'invalid_credentials',
    );
    const { user } = await visitor().auth.login({ email, password: NEW });
    expect(user).toMatchObject({ id, isEmailVerified: true });
    expect(await reset(token)).toBe('token_invalid');
    // The second user's password and address are what they were.
    const second = await visitor().auth.login({ email: other.email, password: PASSWORD });
    expect(second.user.isEmailVerified).toBe(false);
    // Besides, the user is told.
    const told = await mail.deliver();
    expect(told.map((one) => one.to)).toEqual([[email]]);
    expect(told[0]?.text).toContain('https://notes.test/forgot');
  });

  it('does the same for an address nobody has: one answer, the same statements, one row', async () => {
    const { email } = await person();
    const { db } = t.services();
    const unknown = `nobody-${email}`;
    const cost = (address: string) =>
      countQueries(db, async () => {
        expect(await request(address)).toBe('none');
      });
    const rows = () => db.$count(schema.outbox, sql`done_at is null`);
    const [before, known] = [await rows(), await cost(email)];
    const between = await rows();
    expect(await cost(unknown)).toBe(known);
    expect(between - before).toBe(1);
    expect((await rows()) - between).toBe(1);
    // Asked again before anything was sent, neither makes another one.
    expect(await cost(email)).toBe(await cost(unknown));
    expect((await rows()) - before).toBe(2);

    const { rows: queued } = await db.execute(sql`select outbox::text from outbox`);
    expect(JSON.stringify(queued)).not.toContain('@');
    expect((await mail.deliver()).map((one) => one.to)).toEqual([[email]]);
    expect(await db.$count(schema.deadLetters)).toBe(0);
  });

  it('gives the last link sent, and one user’s link says nothing about another', async () => {
    const anna = await person();
    const ben = await person();
    await request(anna.email);
    const first = linkIn((await mail.deliver())[0], '/reset');
    await request(anna.email);
    const second = linkIn((await mail.deliver())[0], '/reset');
    await request(ben.email);
    const bens = linkIn((await mail.deliver())[0], '/reset');
    expect(await reset(first.token)).toBe('token_invalid');
    expect(await reset(bens.token)).toBe('none');
    expect(await codeOf(visitor().auth.login({ email: anna.email, password: PASSWORD }))).toBe(
      'none',
    );
    expect(await reset(second.token)).toBe('none');
  });

  it('opens nothing but a reset', async () => {
    const { email } = await person();
    await request(email);
    const { token } = linkIn((await mail.deliver())[0], '/reset');
    expect(await codeOf(visitor().auth.verifyEmail({ token }))).toBe('token_invalid');
    expect(await codeOf(visitor().users.confirmEmailChange({ token }))).toBe('token_invalid');
    expect(await codeOf(visitor().auth.refresh({ refreshToken: token }))).toBe('session_revoked');
    expect(await reset(token)).toBe('none');
  });

  it('is over with its hour', async () => {
    const { email, id } = await person();
    await request(email);
    const { token } = linkIn((await mail.deliver())[0], '/reset');
    await t
      .services()
      .db.update(schema.oneTimeTokens)
      .set({ expiresAt: sql`now()` })
      .where(eq(schema.oneTimeTokens.userId, id));
    expect(await reset(token)).toBe('token_invalid');
  });

  it('is not sent to a suspended user', async () => {
    const { email, id } = await person();
    const admin = await t.user({ role: 'admin' });
    await admin.api.admin.users.setStatus({ id, status: 'suspended' });
    expect(await request(email)).toBe('none');
    expect(await mail.deliver()).toEqual([]);
  });
});

describe('a reset link of an administrator’s', () => {
  const linkFor = async (id: string) => {
    const admin = await t.user({ role: 'admin' });
    const { url, expiresAt } = await admin.api.admin.users.createResetLink({ id });
    return { url, expiresAt, token: new URL(url).searchParams.get('token') ?? '' };
  };
  it('is made of the configured address, whatever the request says, and lives an hour', async () => {
    const { id } = await registered(t);
    const { url, expiresAt } = await linkFor(id);
    expect(url).toMatch(/^https:\/\/notes\.test\/reset\?token=[\w-]{43}$/);
    const minutes = (expiresAt.getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(58);
    expect(minutes).toBeLessThan(61);
  });

  it('sets the password once and ends every session', async () => {
    const { client, email, id } = await registered(t);
    const other = await registered(t);
    const { token } = await linkFor(id);
    expect(await reset(token)).toBe('none');
    expect(await codeOf(client.api.users.me())).toBe('session_revoked');
    expect(await codeOf(client.api.auth.refresh({}))).toBe('session_revoked');
    expect(await codeOf(visitor().auth.login({ email, password: NEW }))).toBe('none');
    expect(await reset(token)).toBe('token_invalid');
    expect(await codeOf(other.client.api.users.me())).toBe('none');
    expect(await codeOf(visitor().auth.login({ email: other.email, password: PASSWORD }))).toBe(
      'none',
    );
  });

  it('ends every API key of the account, and nobody else’s', async () => {
    const [anna, ben] = [await registered(t), await registered(t)];
    const forReading = { name: 'k', scopes: ['tags:read' as const], expiresInDays: null };
    for (const { client } of [anna, ben]) await client.api.apiKeys.create(forReading);
    expect(await reset((await linkFor(anna.id)).token)).toBe('none');
    const stillLive = await t
      .services()
      .db.select({ userId: schema.apiKeys.userId })
      .from(schema.apiKeys)
      .where(isNull(schema.apiKeys.revokedAt));
    expect(stillLive).toEqual([{ userId: ben.id }]);
  });

  it('leaves webhooks, and writes down how many go on', async () => {
    const [anna, ben] = [await registered(t), await registered(t)];
    const hook = { url: 'https://hooks.example.org/in', events: ['article.deleted' as const] };
    const { id } = await anna.client.api.webhooks.create(hook);
    const off = await anna.client.api.webhooks.create(hook);
    await anna.client.api.webhooks.update({ id: off.id, data: { isEnabled: false } });
    await ben.client.api.webhooks.create(hook);
    expect(await reset((await linkFor(anna.id)).token)).toBe('none');
    const { db } = t.services();
    const { webhookSubscriptions, auditEvents } = schema;
    const left = await db
      .select({ id: webhookSubscriptions.id, disabledReason: webhookSubscriptions.disabledReason })
      .from(webhookSubscriptions)
      .where(eq(webhookSubscriptions.userId, anna.id));
    expect(left).toContainEqual({ id, disabledReason: null });
    const [told] = await db
      .select({ detail: auditEvents.detail })
      .from(auditEvents)
      .where(
        and(eq(auditEvents.subjectId, anna.id), eq(auditEvents.action, 'user.password_reset')),
      );
    expect(told?.detail).toEqual({ webhooks: 1 });
  });

  it('works for one of many at once', async () => {
    const { id } = await registered(t);
    const { token } = await linkFor(id);
    const codes = await Promise.all(Array.from({ length: 5 }, () => reset(token)));
    expect(codes.filter((code) => code === 'none')).toHaveLength(1);
    expect(codes.filter((code) => code === 'token_invalid')).toHaveLength(4);
  });

  it('ends by a newer link, a changed password and its time', async () => {
    const { client, id } = await registered(t);
    const first = await linkFor(id);
    const second = await linkFor(id);
    expect(await reset(first.token)).toBe('token_invalid');
    await client.api.auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW });
    expect(await reset(second.token)).toBe('token_invalid');
    const third = await linkFor(id);
    await t
      .services()
      .db.update(schema.oneTimeTokens)
      .set({ expiresAt: sql`now()` })
      .where(eq(schema.oneTimeTokens.userId, id));
    expect(await reset(third.token)).toBe('token_invalid');
    expect(await reset('x'.repeat(43))).toBe('token_invalid');
  });

  it('cannot be guessed for long, and a refresh token is none', async () => {
    const { result } = await registered(t, 'token');
    const from = testClient(t, { ip: '192.0.2.200' }).api;
    const guess = (token: string) => codeOf(from.auth.resetPassword({ token, newPassword: NEW }));
    expect(await guess(result.refreshToken ?? '')).toBe('token_invalid');
    for (let n = 0; n < 9; n++)
      expect(await guess(`guess-number-${n}-of-a-token`)).toBe('token_invalid');
    expect(await guess('guess-number-x-of-a-token')).toBe('rate_limited');
  });
});
