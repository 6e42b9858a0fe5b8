import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { useApi } from '../test-support.js';
import { codeOf, cookieJar, PASSWORD, registered, testClient } from './test-client.js';

const t = useApi();
const NEW = 'another horse battery';
const visitor = () => testClient(t).api;

describe('changing the password', () => {
  it('ends every other session at once and goes on with new tokens in this one', async () => {
    const { client, email, id } = await registered(t, 'cookie');
    const before = { access: client.accessToken, refresh: client.jar.current?.refreshToken ?? '' };
    const phone = testClient(t);
    const login = await phone.api.auth.login({ email, password: PASSWORD, session: 'token' });
    phone.keep(login);
    const other = await registered(t);

    client.keep(
      await client.api.auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW }),
    );

    expect((await client.api.users.me()).id).toBe(id);
    expect(await codeOf(client.api.auth.refresh({}))).toBe('none');
    expect(await codeOf(phone.api.users.me())).toBe('session_revoked');
    expect(await codeOf(visitor().auth.refresh({ refreshToken: login.refreshToken ?? '' }))).toBe(
      'session_revoked',
    );
    // The former tokens of this very session open nothing either.
    client.accessToken = before.access;
    expect(await codeOf(client.api.users.me())).toBe('session_revoked');
    expect(
      await codeOf(testClient(t, { cookies: cookieJar(before.refresh) }).api.auth.refresh({})),
    ).toBe('session_revoked');
    expect(await codeOf(other.client.api.users.me())).toBe('none');

    expect(await codeOf(visitor().auth.login({ email, password: PASSWORD }))).toBe(
      'invalid_credentials',
    );
    expect(await codeOf(visitor().auth.login({ email, password: NEW }))).toBe('none');
  });

  it('needs the present password and allows few guesses', async () => {
    const { client } = await registered(t);
    const change = (currentPassword: string, newPassword = NEW) =>
      codeOf(client.api.auth.changePassword({ currentPassword, newPassword }));
    expect(await change(PASSWORD, 'short')).toBe('bad_input');
    for (let n = 0; n < 10; n++) expect(await change(`guess ${n}`)).toBe('invalid_credentials');
    expect(await change(PASSWORD)).toBe('rate_limited');
    expect(
      await codeOf(visitor().auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW })),
    ).toBe('unauthenticated');
  });

  it('lets one of two changes at once win', async () => {
    const { client, id } = await registered(t);
    const [session] = await client.api.auth.listSessions();
    // Both proven before either has changed anything.
    const auth = { userId: id, sessionId: session?.id ?? '', role: 'user' as const };
    const change = (newPassword: string) =>
      codeOf(t.api(auth).auth.changePassword({ currentPassword: PASSWORD, newPassword }));
    const codes = await Promise.all([change('first new password'), change('second new password')]);
    expect(codes.sort()).toEqual(['invalid_credentials', 'none']);
  });
});

describe('a reset link', () => {
  const linkFor = async (id: string) => {
    const admin = await t.user({ role: 'admin' });
    const { url, expiresAt } = await admin.api.admin.users.createResetLink({ id });
    return { url, expiresAt, token: new URL(url).searchParams.get('token') ?? '' };
  };
  const reset = (token: string) =>
    codeOf(visitor().auth.resetPassword({ token, newPassword: NEW }));

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
