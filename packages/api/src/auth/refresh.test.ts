import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createRateLimits } from '../rate-limits.js';
import { useApi } from '../test-support.js';
import { hashToken } from './secrets.js';
import { codeOf, cookieJar, registered, testClient } from './test-client.js';

const t = useApi();

/** Puts the use of a token into the past. */
async function usedAgo(token: string, seconds: number) {
  await t
    .services()
    .db.update(schema.refreshTokens)
    .set({ usedAt: sql`clock_timestamp() - make_interval(secs => ${seconds})` })
    .where(
      eq(schema.refreshTokens.hash, hashToken(t.services().config.tokenSecret, 'refresh', token)),
    );
}

/** A program that is signed in, with its refresh token. */
async function program() {
  const { client, result, id } = await registered(t, 'token');
  if (result.refreshToken === null) throw new Error('a program gets its refresh token');
  return { client, id, token: result.refreshToken };
}

async function exchange(token: string) {
  return testClient(t).api.auth.refresh({ refreshToken: token });
}

describe('refreshing', () => {
  it('gives a program a new token each time and a longer session', async () => {
    const { client, id, token } = await program();
    const db = t.services().db;
    const ofUser = eq(schema.sessions.userId, id);
    await db
      .update(schema.sessions)
      .set({ expiresAt: sql`now() + interval '1 hour'` })
      .where(ofUser);
    const second = await exchange(token);
    const third = await exchange(second.refreshToken ?? '');
    expect(new Set([token, second.refreshToken, third.refreshToken]).size).toBe(3);
    expect(client.jar.writes).toBe(0);
    const [session] = await db.select().from(schema.sessions).where(ofUser);
    const left = (session?.expiresAt.getTime() ?? 0) - Date.now();
    expect(left).toBeGreaterThan(6.9 * 86_400_000);
    client.keep(third);
    expect((await client.api.users.me()).id).toBe(id);
  });

  it('lets an office behind one address open its windows at once, which sign-ins may not do', async () => {
    const { token } = await program();
    const services = t.services();
    const usual = services.limits;
    services.limits = createRateLimits();
    try {
      const office = testClient(t, { ip: '203.0.113.77' });
      for (let window = 0, last = token; window < 61; window++) {
        const { refreshToken } = await office.api.auth.refresh({ refreshToken: last });
        last = refreshToken ?? '';
      }
      const codes: string[] = [];
      for (let n = 0; n < 61; n++) {
        const email = `guess-${n}@example.org`;
        codes.push(await codeOf(office.api.auth.login({ email, password: 'guess' })));
      }
      expect(codes.indexOf('rate_limited')).toBe(60);
    } finally {
      services.limits = usual;
    }
  });

  it('keeps a browser’s token in its cookie and out of every answer', async () => {
    const { client, result } = await registered(t, 'cookie');
    const before = client.jar.current?.refreshToken;
    const again = await client.api.auth.refresh({});
    expect([result.refreshToken, again.refreshToken]).toEqual([null, null]);
    expect(client.jar.current?.refreshToken).not.toBe(before);
    expect(JSON.stringify([result, again])).not.toContain(before);
    expect(JSON.stringify(again)).not.toContain(client.jar.current?.refreshToken);
  });

  it('stores no token, only what cannot be turned back', async () => {
    const { token } = await program();
    const { rows } = await t
      .services()
      .db.execute(sql`select r::text as row from refresh_tokens r`);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('logs nobody out when 20 tabs refresh at once', async () => {
    const { client, id } = await registered(t, 'cookie');
    for (let round = 0; round < 3; round++) {
      const sent = client.jar.current?.refreshToken ?? '';
      const jars = Array.from({ length: 20 }, () => cookieJar(sent));
      const answers = await Promise.all(
        jars.map((jar) => testClient(t, { cookies: jar }).api.auth.refresh({})),
      );
      for (const answer of answers) {
        client.keep(answer);
        expect((await client.api.users.me()).id).toBe(id);
      }
      // Whichever reply the browser keeps last, its cookie is the one successor.
      expect(new Set(jars.map((jar) => jar.current?.refreshToken)).size).toBe(1);
      client.jar.current = jars[0]?.current ?? null;
      expect(client.jar.current?.refreshToken).not.toBe(sent);
    }
  });

  it('answers a retry after a lost reply with the same successor', async () => {
    const { token } = await program();
    const lost = await exchange(token);
    const retried = await exchange(token);
    expect(retried.refreshToken).toBe(lost.refreshToken);
    expect(await codeOf(exchange(retried.refreshToken ?? ''))).toBe('none');
  });

  it('gives a late tab an access token only, once the successor is in use', async () => {
    const { client, id } = await registered(t, 'cookie');
    const old = client.jar.current?.refreshToken ?? '';
    await client.api.auth.refresh({});
    await client.api.auth.refresh({});
    const newest = client.jar.current?.refreshToken;
    const jar = cookieJar(old);
    const late = await testClient(t, { cookies: jar }).api.auth.refresh({});
    expect(late.refreshToken).toBeNull();
    expect(jar.writes).toBe(0);
    client.keep(late);
    expect((await client.api.users.me()).id).toBe(id);
    expect(client.jar.current?.refreshToken).toBe(newest);
  });

  it('puts thief and owner out and says so in the audit list when an old token comes back', async () => {
    const { client, id, token } = await program();
    const bystander = await program();
    const next = await exchange(token);
    client.keep(next);
    await usedAgo(token, 11);
    expect(await codeOf(exchange(token))).toBe('session_revoked');
    expect(await codeOf(exchange(next.refreshToken ?? ''))).toBe('session_revoked');
    expect(await codeOf(client.api.users.me())).toBe('session_revoked');
    const events = await t
      .services()
      .db.select({ action: schema.auditEvents.action })
      .from(schema.auditEvents)
      .where(eq(schema.auditEvents.actorId, id));
    expect(events.filter((event) => event.action === 'session.reuse_detected')).toHaveLength(1);
    expect(await codeOf(exchange(bystander.token))).toBe('none');
  });

  it('finds the theft when the thief was first, too', async () => {
    const { client, token } = await program();
    const thief = await exchange(token);
    await usedAgo(token, 60);
    expect(await codeOf(client.api.auth.refresh({ refreshToken: token }))).toBe('session_revoked');
    expect(await codeOf(exchange(thief.refreshToken ?? ''))).toBe('session_revoked');
  });

  it('refuses a browser’s token in a body and a program’s in a cookie', async () => {
    const { client } = await registered(t, 'cookie');
    const { token } = await program();
    const stolen = client.jar.current?.refreshToken ?? '';
    expect(await codeOf(exchange(stolen))).toBe('token_invalid');
    const planted = testClient(t, { cookies: cookieJar(token) });
    expect(await codeOf(planted.api.auth.refresh({}))).toBe('token_invalid');
    // Refusing harmed neither session.
    expect(await codeOf(client.api.auth.refresh({}))).toBe('none');
    expect(await codeOf(exchange(token))).toBe('none');
  });

  it('refuses nothing, garbage, access tokens, ended sessions and suspended users', async () => {
    const { client, result, id } = await registered(t, 'cookie');
    expect(await codeOf(testClient(t).api.auth.refresh({}))).toBe('unauthenticated');
    expect(await codeOf(exchange('x'.repeat(43)))).toBe('session_revoked');
    expect(await codeOf(exchange(result.accessToken.slice(-200)))).toBe('session_revoked');
    expect(await codeOf(exchange('short'))).toBe('bad_input');

    const ended = await program();
    await t
      .services()
      .db.update(schema.sessions)
      .set({ expiresAt: sql`now()` })
      .where(eq(schema.sessions.userId, ended.id));
    expect(await codeOf(exchange(ended.token))).toBe('session_revoked');

    const admin = await t.user({ role: 'admin' });
    await admin.api.admin.users.setStatus({ id, status: 'suspended' });
    expect(await codeOf(client.api.auth.refresh({}))).toBe('account_suspended');
    expect(client.jar.current).toBeNull();
  });
});
