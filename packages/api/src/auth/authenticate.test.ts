import { createHmac } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { SignJWT } from 'jose';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { noCaches } from '../caches.js';
import { useApi } from '../test-support.js';
import { createAccessTokens } from './access-tokens.js';
import { authenticateAccessToken } from './authenticate.js';
import { codeOf, registered } from './test-client.js';

const t = useApi();
const SECRET = 'access-secret-of-the-tests-0123456789abcdef';
const check = (token: string | null, audience: 'api' | 'read' = 'api') =>
  authenticateAccessToken(t.services(), token, audience);

describe('an access token', () => {
  it('names its user, session and present role', async () => {
    const { result, id } = await registered(t);
    const auth = await check(result.accessToken);
    expect(auth).toMatchObject({ userId: id, role: 'user' });
    await t
      .services()
      .db.update(schema.users)
      .set({ role: 'admin' })
      .where(eq(schema.users.id, id));
    expect((await check(result.accessToken))?.role).toBe('admin');
  });

  it('is nobody when absent, garbage, or another kind of token', async () => {
    const { result } = await registered(t, 'token');
    const { client } = await registered(t, 'cookie');
    for (const token of [
      null,
      '',
      'x',
      'a.b.c',
      result.refreshToken,
      client.jar.current?.readerToken,
    ]) {
      expect(await check(token ?? null)).toBeNull();
    }
  });

  it('opens only what it was made for', async () => {
    const { client, result, id } = await registered(t);
    const reader = client.jar.current?.readerToken ?? '';
    expect((await check(reader, 'read'))?.userId).toBe(id);
    expect(await check(reader, 'api')).toBeNull();
    expect(await check(result.accessToken, 'read')).toBeNull();
  });

  it('cannot be forged: no signature, another key, algorithm, issuer, type or a tampered claim', async () => {
    const { id } = await registered(t);
    const { sessionId } = (await check((await registered(t)).result.accessToken)) ?? {};
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      sub: id,
      sid: sessionId,
      epoch: 0,
      iss: 'ainotebook',
      aud: 'api',
      exp: now + 600,
    };
    const sign = (header: object, payload: object, secret = SECRET, hash = 'sha256') => {
      const body = `${encode(header)}.${encode(payload)}`;
      return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`;
    };
    const header = { alg: 'HS256', typ: 'at+jwt' };
    const own = { ...claims, sid: v7() };
    const forged = {
      none: `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`,
      key: sign(header, claims, 'another-secret-of-somebody-0123456789abcdef'),
      emptyKey: sign(header, claims, ''),
      devNull: sign({ ...header, kid: '../../dev/null' }, claims, ''),
      jku: sign({ ...header, jku: 'https://evil.test/keys' }, claims, 'evil'),
      hs384: sign({ ...header, alg: 'HS384' }, claims, SECRET, 'sha384'),
      rs256: sign({ ...header, alg: 'RS256' }, claims),
      typ: sign({ alg: 'HS256', typ: 'JWT' }, claims),
      issuer: sign(header, { ...claims, iss: 'other' }),
      audience: sign(header, { ...claims, aud: 'other' }),
      expired: sign(header, { ...claims, exp: now - 60 }),
      expiryAsText: sign(header, { ...claims, exp: String(now + 600) }),
      noExpiry: sign(header, { ...claims, exp: undefined }),
      noSession: sign(header, { ...claims, sid: undefined }),
      epochAsText: sign(header, { ...claims, epoch: '0' }),
      future: sign(header, { ...claims, nbf: now + 600 }),
    };
    for (const [name, token] of Object.entries(forged)) expect(await check(token), name).toBeNull();
    // Well signed, yet for a session that is another user's or nobody's.
    expect(await codeOf(check(sign(header, claims)))).toBe('session_revoked');
    expect(await codeOf(check(sign(header, own)))).toBe('session_revoked');
  });

  it('ends with its time, and with its session', async () => {
    const { result, id } = await registered(t);
    const { sessionId } = (await check(result.accessToken)) ?? { sessionId: '' };
    const expired = await new SignJWT({ sid: sessionId, epoch: 0 })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer('ainotebook')
      .setAudience('api')
      .setSubject(id)
      .setExpirationTime(Math.floor(Date.now() / 1000) - 31)
      .sign(new TextEncoder().encode(SECRET));
    expect(await check(expired)).toBeNull();
    await t
      .services()
      .db.update(schema.sessions)
      .set({ expiresAt: sql`now()` })
      .where(eq(schema.sessions.id, sessionId));
    expect(await codeOf(check(result.accessToken))).toBe('session_revoked');
  });

  it('stops at once in another process when everything is logged out, and hurts nobody else', async () => {
    const anna = await registered(t);
    const ben = await registered(t);
    await anna.client.api.auth.logoutEverywhere();
    // Another process has its own services over the same database.
    const elsewhere = {
      ...noCaches(),
      db: t.services().db,
      accessTokens: createAccessTokens({ secret: SECRET, ttlMs: 1000, readTtlMs: 1000 }),
    };
    expect(await codeOf(authenticateAccessToken(elsewhere, anna.result.accessToken, 'api'))).toBe(
      'session_revoked',
    );
    expect((await check(ben.result.accessToken))?.userId).toBe(ben.id);
  });

  it('tells a suspended user so', async () => {
    const { result, id } = await registered(t);
    const admin = await t.user({ role: 'admin' });
    await admin.api.admin.users.setStatus({ id, status: 'suspended' });
    expect(await codeOf(check(result.accessToken))).toBe('account_suspended');
    await admin.api.admin.users.setStatus({ id, status: 'active' });
    expect(await codeOf(check(result.accessToken))).toBe('session_revoked');
  });
});
