import { setTimeout } from 'node:timers/promises';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { lockAdmins } from '../admin/admins.js';
import { createRateLimits } from '../rate-limits.js';
import { useApi } from '../test-support.js';
import { codeOf, person, registered, testClient } from './test-client.js';

const SETUP_TOKEN = 'set-up-token-of-the-tests-0123456789';
const tokenOf = (url: string, name: string) => new URL(url).searchParams.get(name) ?? '';

describe('registering on an open site', () => {
  const t = useApi();
  const visitor = () => testClient(t).api;

  it('makes a user, never an admin, and signs in', async () => {
    const { client, result, id } = await registered(t);
    expect(result.user).toMatchObject({ id, role: 'user', locale: 'zh-CN' });
    expect(await client.api.users.me()).toEqual(result.user);
    expect(client.jar.current?.refreshToken).toBeTruthy();
  });

  it('stores an argon2id hash and no password', async () => {
    const { id } = await registered(t);
    const [row] = await t
      .services()
      .db.select({ hash: schema.users.passwordHash, lastLoginAt: schema.users.lastLoginAt })
      .from(schema.users)
      .where(eq(schema.users.id, id));
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(row?.lastLoginAt).toBeInstanceOf(Date);
  });

  it('makes a handle of the name, in pinyin where it is Chinese, another when that is taken', async () => {
    const api = visitor();
    const handleOf = async (displayName: string) =>
      (await api.auth.register(person({ displayName }))).user.handle;
    expect(await handleOf('张伟 Zhang')).toBe('zhangwei-zhang');
    expect(await handleOf('张伟 Zhang')).toMatch(/^zhangwei-zhang-[0-9a-f]{6}$/);
    expect(await handleOf('Admin')).toMatch(/^admin-[0-9a-f]{6}$/);
    expect(await handleOf('李')).toMatch(/^li-[0-9a-f]{6}$/);
    expect(await handleOf('🙂')).toMatch(/^person/);
  });

  it('leaves taken names to the unique indexes, also in a race', async () => {
    const first = person({ handle: 'only-one' });
    await visitor().auth.register(first);
    expect(await codeOf(visitor().auth.register({ ...person(), email: first.email }))).toBe(
      'email_taken',
    );
    expect(
      await codeOf(visitor().auth.register({ ...person(), email: first.email.toUpperCase() })),
    ).toBe('email_taken');
    expect(await codeOf(visitor().auth.register(person({ handle: 'Only-One' })))).toBe(
      'handle_taken',
    );
    expect(await codeOf(visitor().auth.register(person({ handle: 'admin' })))).toBe('handle_taken');

    const same = person({ displayName: 'Same name' });
    const race = await Promise.all(
      Array.from({ length: 5 }, () => codeOf(visitor().auth.register(same))),
    );
    expect(race.sort()).toEqual([
      'email_taken',
      'email_taken',
      'email_taken',
      'email_taken',
      'none',
    ]);
    const twins = await Promise.all(
      Array.from({ length: 5 }, () =>
        codeOf(visitor().auth.register({ ...person(), displayName: 'Twin' })),
      ),
    );
    expect(twins).toEqual(['none', 'none', 'none', 'none', 'none']);
  });

  it('refuses what cannot be a password and keeps what can, exactly', async () => {
    for (const password of [
      'short',
      'x'.repeat(257),
      'x'.repeat(1_000_000),
      'nul\0inside it',
      'lone \ud800 half',
    ]) {
      expect(await codeOf(visitor().auth.register({ ...person(), password }))).toBe('bad_input');
    }
    const typed = { ...person(), password: '😀密码はpassword' };
    await visitor().auth.register(typed);
    const { email, password } = typed;
    expect(await codeOf(visitor().auth.login({ email, password }))).toBe('none');
    // The same words typed with full-width letters are the same password.
    expect(
      await codeOf(visitor().auth.login({ email, password: '😀密码はｐａｓｓｗｏｒｄ' })),
    ).toBe('none');
    expect(await codeOf(visitor().auth.login({ email, password: '😁密码はpassword' }))).toBe(
      'invalid_credentials',
    );
  });

  it('takes no field that is not the visitor’s to set', async () => {
    const smuggled = { ...person(), role: 'admin', status: 'active', epoch: 9 };
    expect(await codeOf(visitor().auth.register(smuggled))).toBe('bad_input');
  });

  it('refuses a set-up token where none is configured', async () => {
    expect(await codeOf(visitor().auth.register({ ...person(), setupToken: SETUP_TOKEN }))).toBe(
      'setup_token_invalid',
    );
  });

  it('lets one address make 30 accounts an hour', async () => {
    const limits = createRateLimits();
    const from = (ip: string) => limits.consume('register', { ip, userId: null });
    for (let n = 0; n < 30; n++) await from(`2001:db8:1:2::${n.toString(16)}`);
    expect(await codeOf(from('2001:db8:1:2:ffff::1'))).toBe('rate_limited');
    expect(await codeOf(from('2001:db8:1:3::1'))).toBe('none');
  });
});

describe('the set-up token', () => {
  const t = useApi({ config: { registration: 'closed', setupToken: SETUP_TOKEN } });
  const register = (setupToken?: string) =>
    testClient(t).api.auth.register({ ...person(), ...(setupToken ? { setupToken } : {}) });

  it('makes the first admin, once, even in a race, and nothing else does', async () => {
    expect((await testClient(t).api.system.info()).needsSetup).toBe(true);
    expect(await codeOf(register())).toBe('registration_closed');
    expect(await codeOf(register(`${SETUP_TOKEN}x`))).toBe('setup_token_invalid');
    const race = await Promise.allSettled(Array.from({ length: 5 }, () => register(SETUP_TOKEN)));
    const made = race.filter((attempt) => attempt.status === 'fulfilled');
    expect(made.map((attempt) => attempt.value.user.role)).toEqual(['admin']);
    expect(await codeOf(register(SETUP_TOKEN))).toBe('setup_token_invalid');
    expect((await testClient(t).api.system.info()).needsSetup).toBe(false);
  });
});

describe('the set-up token while another admin is being made', () => {
  const t = useApi({ config: { setupToken: SETUP_TOKEN } });

  it('waits for that to end and then makes none', async () => {
    const { db } = t.services();
    let attempt: Promise<string> | undefined;
    await db.transaction(async (tx) => {
      await lockAdmins(tx);
      const boss = { email: 'boss@example.org', handle: 'the-boss', displayName: 'Boss' };
      await tx.insert(schema.users).values({ ...boss, role: 'admin', passwordHash: 'none' });
      attempt = codeOf(testClient(t).api.auth.register({ ...person(), setupToken: SETUP_TOKEN }));
      for (let wait = 0, isWaiting = false; wait < 100 && !isWaiting; wait++) {
        await setTimeout(10);
        const { rows } = await db.execute(
          sql`select 1 from pg_locks where locktype = 'advisory' and not granted`,
        );
        isWaiting = rows.length > 0;
      }
    });
    expect(await attempt).toBe('setup_token_invalid');
  });
});

describe('registering on a closed site', () => {
  const t = useApi({ config: { registration: 'closed' } });

  it('is refused whether the address is known or not', async () => {
    const user = await t.user();
    for (const typed of [person(), person({ email: user.email })]) {
      expect(await codeOf(testClient(t).api.auth.register(typed))).toBe('registration_closed');
    }
  });
});

describe('registering by invitation', () => {
  const t = useApi({ config: { registration: 'invite' } });
  const invite = async (input: { email?: string; role?: 'user' | 'admin' } = {}) => {
    const admin = await t.user({ role: 'admin' });
    const invitation = await admin.api.invitations.create(input);
    return { admin, invitation, token: tokenOf(invitation.url, 'invitation') };
  };
  const register = (invitationToken: string, email?: string) =>
    testClient(t).api.auth.register({ ...person(email ? { email } : {}), invitationToken });

  it('needs one', async () => {
    expect(await codeOf(testClient(t).api.auth.register(person()))).toBe('registration_closed');
    expect(await codeOf(register('x'.repeat(43)))).toBe('invitation_invalid');
  });

  it('gives its role to one person, even in a race', async () => {
    const { token, invitation, admin } = await invite({ role: 'admin' });
    const race = await Promise.allSettled(Array.from({ length: 5 }, () => register(token)));
    const made = race.filter((attempt) => attempt.status === 'fulfilled');
    expect(made.map((attempt) => attempt.value.user.role)).toEqual(['admin']);
    expect(await codeOf(register(token))).toBe('invitation_invalid');
    const { items } = await admin.api.invitations.list();
    expect(items.find((item) => item.id === invitation.id)?.status).toBe('accepted');
  });

  it('is not used up by a registration that fails', async () => {
    const { token } = await invite();
    const taken = await t.user();
    expect(await codeOf(register(token, taken.email))).toBe('email_taken');
    expect(await codeOf(register(token))).toBe('none');
  });

  it('is for the address it names', async () => {
    const { token } = await invite({ email: 'named@example.org' });
    expect(await codeOf(register(token))).toBe('invitation_invalid');
    expect(await codeOf(register(token, 'Named@Example.org'))).toBe('none');
  });

  it('ends when revoked, expired, or when its maker is no admin any more', async () => {
    const { db } = t.services();
    const revoked = await invite();
    await revoked.admin.api.invitations.revoke({ id: revoked.invitation.id });
    expect(await codeOf(register(revoked.token))).toBe('invitation_invalid');

    const expired = await invite();
    await db
      .update(schema.invitations)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(schema.invitations.id, expired.invitation.id));
    expect(await codeOf(register(expired.token))).toBe('invitation_invalid');

    for (const end of ['demote', 'suspend', 'delete'] as const) {
      const { admin, token } = await invite({ role: 'admin' });
      const other = await t.user({ role: 'admin' });
      if (end === 'demote') await other.api.admin.users.setRole({ id: admin.id, role: 'user' });
      if (end === 'suspend') {
        await other.api.admin.users.setStatus({ id: admin.id, status: 'suspended' });
      }
      if (end === 'delete') await other.api.admin.users.delete({ id: admin.id });
      expect(await codeOf(register(token)), end).toBe('invitation_invalid');
    }
  });
});

describe('registering on a site with terms', () => {
  const t = useApi();

  it('takes agreement to them, and remembers when it was given', async () => {
    const { db } = t.services();
    const visitor = () => testClient(t).api;
    await visitor().auth.register(person());
    await db.insert(schema.siteSettings).values({ key: 'site', value: { terms: 'Be kind.' } });
    const without = person();
    expect(await codeOf(visitor().auth.register(without))).toBe('consent_required');
    const { user } = await visitor().auth.register({ ...without, hasAcceptedTerms: true });
    const [row] = await db
      .select({ acceptedAt: schema.users.termsAcceptedAt })
      .from(schema.users)
      .where(eq(schema.users.id, user.id));
    expect(row?.acceptedAt).toBeInstanceOf(Date);
  });
});
