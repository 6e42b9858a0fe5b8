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
