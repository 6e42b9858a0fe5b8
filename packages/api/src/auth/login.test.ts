import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createContext } from '../context.js';
import { toAppError } from '../errors.js';
import { createCaller } from '../router.js';
import { useApi } from '../test-support.js';
import { codeOf, cookieJar, PASSWORD, registered, testClient } from './test-client.js';

const t = useApi();
const visitor = (ip = '198.51.100.1') => testClient(t, { ip });

async function sessionIdsOf(userId: string): Promise<string[]> {
  const rows = await t
    .services()
    .db.select({ id: schema.sessions.id })
    .from(schema.sessions)
    .where(eq(schema.sessions.userId, userId));
  return rows.map((row) => row.id);
}

describe('logging in', () => {
  it('opens a session of its own and notes the time', async () => {
    const { email, id } = await registered(t);
    await t
      .services()
      .db.update(schema.users)
      .set({ lastLoginAt: null })
      .where(eq(schema.users.id, id));
    const client = visitor();
    client.keep(
      await client.api.auth.login({ email: ` ${email.toUpperCase()} `, password: PASSWORD }),
    );
    expect((await client.api.users.me()).id).toBe(id);
    expect(await sessionIdsOf(id)).toHaveLength(2);
    const [row] = await t
      .services()
      .db.select({ at: schema.users.lastLoginAt })
      .from(schema.users)
      .where(eq(schema.users.id, id));
    expect(row?.at).toBeInstanceOf(Date);
  });

  it('gives a program its refresh token and sets it no cookie', async () => {
    const { email } = await registered(t);
    const client = visitor();
    const result = await client.api.auth.login({ email, password: PASSWORD, session: 'token' });
    expect(result.refreshToken).toMatch(/^[\w-]{43}$/);
    expect(client.jar.writes).toBe(0);
  });

  it('answers an unknown address and a wrong password with the same words', async () => {
    const { email } = await registered(t);
    const errorOf = async (address: string) => {
      try {
        await visitor().api.auth.login({ email: address, password: 'wrong password' });
        return null;
      } catch (error) {
        const { code, message, fields, retryAfterMs } = toAppError(error);
        return { code, message, fields, retryAfterMs };
      }
    };
    const known = await errorOf(email);
    expect(known?.code).toBe('invalid_credentials');
    expect(await errorOf('nobody-at-all@example.org')).toEqual(known);
  });

  it('tells of a suspension only who knows the password', async () => {
    const { email, id } = await registered(t);
    const admin = await t.user({ role: 'admin' });
    await admin.api.admin.users.setStatus({ id, status: 'suspended' });
    const login = (password: string) => codeOf(visitor().api.auth.login({ email, password }));
    expect(await login('wrong password')).toBe('invalid_credentials');
    expect(await login(PASSWORD)).toBe('account_suspended');
  });

  it('never goes on with a session planted before (fixation)', async () => {
    const attacker = await registered(t, 'cookie');
    const victim = await registered(t);
    const planted = attacker.client.jar.current?.refreshToken ?? '';
    const before = await sessionIdsOf(victim.id);
    const jar = cookieJar(planted);
    const client = testClient(t, { cookies: jar });
    client.keep(await client.api.auth.login({ email: victim.email, password: PASSWORD }));
    expect(jar.current?.refreshToken).not.toBe(planted);
    expect((await sessionIdsOf(victim.id)).length).toBe(before.length + 1);
    expect((await client.api.users.me()).id).toBe(victim.id);
    const attackers = await testClient(t, { cookies: cookieJar(planted) }).api.auth.refresh({});
    expect(attackers.user.id).toBe(attacker.id);
  });

  it('slows guessing from many addresses and lets the owner in where he was before', async () => {
    const owner = await registered(t, 'cookie', { ip: '192.0.2.10' });
    const bystander = await registered(t);
    const codes: string[] = [];
    for (let n = 0; n < 12; n++) {
      const guess = visitor(`198.51.100.${n}`).api.auth.login({
        email: owner.email,
        password: 'guess',
      });
      codes.push(await codeOf(guess));
    }
    expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'invalid_credentials'));
    expect(codes.slice(10)).toEqual(['rate_limited', 'rate_limited']);
    // The right password does not help from a strange place, and is not told apart.
    const login = (ip: string, email = owner.email) =>
      codeOf(visitor(ip).api.auth.login({ email, password: PASSWORD }));
    expect(await login('198.51.100.99')).toBe('rate_limited');
    expect(await login('192.0.2.10')).toBe('none');
    expect(await login('198.51.100.99', bystander.email)).toBe('none');
  });

  it('counts an unknown address like a known one', async () => {
    const email = 'nobody-is-limited@example.org';
    const codes: string[] = [];
    for (let n = 0; n < 11; n++) {
      codes.push(await codeOf(visitor().api.auth.login({ email, password: 'guess' })));
    }
    expect(codes.at(-2)).toBe('invalid_credentials');
    expect(codes.at(-1)).toBe('rate_limited');
  });

  it('forgets failures after a success', async () => {
    const { email } = await registered(t);
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 9; n++) {
        const wrong = visitor().api.auth.login({ email, password: 'guess' });
        expect(await codeOf(wrong)).toBe('invalid_credentials');
      }
      expect(await codeOf(visitor().api.auth.login({ email, password: PASSWORD }))).toBe('none');
    }
  });
});

describe('a password changed or an account deleted while it is being checked', () => {
  it('opens no session', async () => {
    const { passwords, ...services } = t.services();
    const loginDuring = (email: string, change: () => Promise<unknown>) => {
      const verify = async (...typed: Parameters<typeof passwords.verify>) => {
        const matches = await passwords.verify(...typed);
        await change();
        return matches;
      };
      const context = createContext(
        { ...services, passwords: { ...passwords, verify } },
        t.request(),
        async () => null,
      );
      return codeOf(createCaller(context).auth.login({ email, password: PASSWORD }));
    };
    const anna = await registered(t);
    const change = { currentPassword: PASSWORD, newPassword: 'another horse battery' };
    const during = () => anna.client.api.auth.changePassword(change);
    expect(await loginDuring(anna.email, during)).toBe('invalid_credentials');
    expect(await sessionIdsOf(anna.id)).toHaveLength(1);
    const ben = await registered(t);
    const remove = () => ben.client.api.users.delete({ password: PASSWORD });
    expect(await loginDuring(ben.email, remove)).toBe('invalid_credentials');
  });
});

describe('logging out', () => {
  it('ends a browser’s session and takes its cookies, and again is harmless', async () => {
    const { client } = await registered(t, 'cookie');
    const cookie = client.jar.current?.refreshToken ?? '';
    await client.api.auth.logout({});
    expect(client.jar.current).toBeNull();
    expect(await codeOf(client.api.users.me())).toBe('session_revoked');
    const kept = testClient(t, { cookies: cookieJar(cookie) });
    expect(await codeOf(kept.api.auth.logout({}))).toBe('none');
    expect(await codeOf(testClient(t, { cookies: cookieJar(cookie) }).api.auth.refresh({}))).toBe(
      'session_revoked',
    );
    expect(await codeOf(testClient(t).api.auth.logout({}))).toBe('none');
    expect(await codeOf(testClient(t).api.auth.logout({ refreshToken: 'x'.repeat(43) }))).toBe(
      'none',
    );
  });

  it('ends a program’s session by its refresh token or by its access token', async () => {
    const one = await registered(t, 'token');
    const two = await registered(t, 'token');
    await testClient(t).api.auth.logout({ refreshToken: one.result.refreshToken ?? '' });
    expect(await codeOf(one.client.api.users.me())).toBe('session_revoked');
    expect(await codeOf(two.client.api.users.me())).toBe('none');
    await two.client.api.auth.logout({});
    expect(await codeOf(two.client.api.users.me())).toBe('session_revoked');
  });

  it('everywhere ends every session of the caller and of nobody else', async () => {
    const { client, email, id } = await registered(t);
    const phone = visitor();
    const login = await phone.api.auth.login({ email, password: PASSWORD, session: 'token' });
    phone.keep(login);
    const other = await registered(t);
    await client.api.auth.logoutEverywhere();
    expect(client.jar.current).toBeNull();
    expect(await codeOf(phone.api.users.me())).toBe('session_revoked');
    expect(
      await codeOf(visitor().api.auth.refresh({ refreshToken: login.refreshToken ?? '' })),
    ).toBe('session_revoked');
    expect(await codeOf(other.client.api.users.me())).toBe('none');
    const again = visitor();
    again.keep(await again.api.auth.login({ email, password: PASSWORD }));
    expect((await again.api.users.me()).id).toBe(id);
  });
});

describe('the list of sessions', () => {
  it('shows the caller’s live sessions, this one marked, and ends one of them', async () => {
    const { client, email } = await registered(t);
    const phone = testClient(t, { ip: '192.0.2.77', userAgent: `Phone ${'x'.repeat(999)}` });
    phone.keep(await phone.api.auth.login({ email, password: PASSWORD }));
    const list = await client.api.auth.listSessions();
    expect(list).toHaveLength(2);
    expect(list.filter((session) => session.isCurrent)).toHaveLength(1);
    const phones = list.find((session) => !session.isCurrent);
    expect(phones).toMatchObject({ ip: '192.0.2.77' });
    expect(phones?.userAgent).toHaveLength(300);

    const id = phones?.id ?? '';
    await client.api.auth.revokeSession({ id });
    expect(await codeOf(phone.api.users.me())).toBe('session_revoked');
    expect(await codeOf(client.api.auth.revokeSession({ id }))).toBe('none');
    expect(await client.api.auth.listSessions()).toHaveLength(1);
  });

  it('never shows or ends a session of somebody else', async () => {
    const anna = await registered(t);
    const ben = await registered(t);
    const [session] = await anna.client.api.auth.listSessions();
    const id = session?.id ?? '';
    expect((await ben.client.api.auth.listSessions()).map((row) => row.id)).not.toContain(id);
    expect(await codeOf(ben.client.api.auth.revokeSession({ id }))).toBe('not_found');
    expect(await codeOf(anna.client.api.users.me())).toBe('none');
    expect(await codeOf(testClient(t).api.auth.listSessions())).toBe('unauthenticated');
  });
});
