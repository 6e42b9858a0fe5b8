import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { callWith } from '../isolation/isolation-world.js';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi();
const { apiKeys, auditEvents } = schema;
let anna: TestUser;
let ben: TestUser;
beforeEach(async () => {
  anna = await t.user();
  ben = await t.user();
});

const forReading = {
  name: 'backup',
  scopes: ['articles:read' as const],
  expiresInDays: null,
};
const call = (token: string, path: string, input?: unknown) => callWith(t, token, { path, input });

describe('a new key', () => {
  it('is told once, and kept as a hash', async () => {
    const { secret, ...key } = await anna.api.apiKeys.create({ ...forReading, expiresInDays: 30 });
    expect(secret).toMatch(/^anb_[\w-]{43}$/);
    expect(key).toMatchObject({ name: 'backup', status: 'live', lastUsedAt: null });
    expect(secret.startsWith(key.prefix)).toBe(true);
    expect(key.prefix.length).toBeLessThan(12);
    expect(await anna.api.apiKeys.list()).toEqual([key]);
    const rows = await t.services().db.execute(sql`select row::text as text from api_keys row`);
    expect(JSON.stringify(rows.rows)).not.toContain(secret);
    const inDays = ((key.expiresAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(inDays)).toBe(30);
  });

  it('is of its maker alone', async () => {
    const { id, secret } = await anna.api.apiKeys.create(forReading);
    expect(await ben.api.apiKeys.list()).toEqual([]);
    expect(await codeOf(ben.api.apiKeys.revoke({ id }))).toBe('not_found');
    expect(await codeOf(call(secret, 'articles.list'))).toBe('none');
    expect(await codeOf(t.api().apiKeys.list())).toBe('unauthenticated');
    expect(await codeOf(t.api().apiKeys.create(forReading))).toBe('unauthenticated');
  });

  it('needs a name and scopes that there are', async () => {
    const { create } = anna.api.apiKeys;
    const wrong = [
      { ...forReading, name: ' ' },
      { ...forReading, scopes: [] },
      { ...forReading, scopes: ['admin:read' as 'tags:read'] },
      { ...forReading, expiresInDays: 0 },
      { ...forReading, expiresInDays: LIMITS.apiKeyDays + 1 },
    ];
    for (const input of wrong) expect(await codeOf(create(input))).toBe('bad_input');
    const twice = await create({ ...forReading, scopes: ['tags:read', 'tags:read'] });
    expect(twice.scopes).toEqual(['tags:read']);
  });

  it('has its place among the live ones', async () => {
    const { db } = t.services();
    const key = { userId: anna.id, name: 'n', prefix: 'p', scopes: [] };
    await db.insert(apiKeys).values(
      Array.from({ length: LIMITS.apiKeysPerUser }, (_, n) => ({
        ...key,
        hash: `${anna.id} ${n}`,
      })),
    );
    expect(await codeOf(anna.api.apiKeys.create(forReading))).toBe('limit_reached');
    expect(await codeOf(ben.api.apiKeys.create(forReading))).toBe('none');
    const [one] = await anna.api.apiKeys.list();
    await anna.api.apiKeys.revoke({ id: one?.id ?? '' });
    expect(await codeOf(anna.api.apiKeys.create(forReading))).toBe('none');
  });
});

describe('a key that is used', () => {
  it('sees what its owner sees, within its scopes', async () => {
    const { id } = await anna.api.articles.create({ title: 'Anna’s' });
    await ben.api.articles.create({ title: 'Ben’s' });
    const { secret } = await anna.api.apiKeys.create(forReading);
    const list = await call(secret, 'articles.list');
    expect(list).toMatchObject({ items: [{ id, title: 'Anna’s' }] });
    await expect(call(secret, 'articles.create', { title: 'x' })).rejects.toThrow('articles:write');
    await expect(call(secret, 'notebooks.list')).rejects.toThrow('notebooks:read');
    await expect(call(secret, 'apiKeys.list')).rejects.toThrow('No API key opens this');
  });

  it('writes where it may, and a repetition with its idempotency key once', async () => {
    const scopes = ['notebooks:write' as const];
    const { secret } = await anna.api.apiKeys.create({ ...forReading, scopes });
    await call(secret, 'notebooks.create', { name: 'by a program' });
    expect((await anna.api.notebooks.list()).map(({ name }) => name)).toEqual(['by a program']);
    expect(await ben.api.notebooks.list()).toEqual([]);
    expect(await codeOf(call(secret, 'notebooks.list'))).toBe('forbidden');
  });

  it('says when it was last used, to the minute', async () => {
    const { id, secret } = await anna.api.apiKeys.create(forReading);
    const lastUse = async () => (await anna.api.apiKeys.list())[0]?.lastUsedAt ?? null;
    await call(secret, 'articles.list');
    const first = await lastUse();
    expect(first).toBeInstanceOf(Date);
    await call(secret, 'articles.list');
    expect(await lastUse()).toEqual(first);
    const { db } = t.services();
    const longAgo = sql`now() - interval '2 minutes'`;
    await db.update(apiKeys).set({ lastUsedAt: longAgo }).where(eq(apiKeys.id, id));
    await call(secret, 'articles.list');
    expect((await lastUse())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? Number.NaN);
  });
});

describe('a revoked key', () => {
  it('opens nothing, stays in the list, and may be revoked again', async () => {
    const { id, secret } = await anna.api.apiKeys.create(forReading);
    const other = await anna.api.apiKeys.create({ ...forReading, name: 'other' });
    await anna.api.apiKeys.revoke({ id });
    await anna.api.apiKeys.revoke({ id });
    expect(await codeOf(call(secret, 'articles.list'))).toBe('unauthenticated');
    expect(await codeOf(call(other.secret, 'articles.list'))).toBe('none');
    const keys = await anna.api.apiKeys.list();
    expect(keys.map(({ name, status }) => [name, status])).toEqual([
      ['other', 'live'],
      ['backup', 'revoked'],
    ]);
  });

  it('is told of by the audit list, like its beginning', async () => {
    const { id } = await anna.api.apiKeys.create(forReading);
    await anna.api.apiKeys.revoke({ id });
    const events = await t
      .services()
      .db.select()
      .from(auditEvents)
      .where(eq(auditEvents.subjectId, id))
      .orderBy(auditEvents.id);
    expect(events).toMatchObject([
      { action: 'api_key.created', actorId: anna.id, detail: { scopes: ['articles:read'] } },
      { action: 'api_key.revoked', actorId: anna.id },
    ]);
  });
});
