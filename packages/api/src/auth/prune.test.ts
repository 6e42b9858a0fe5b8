import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { useApi } from '../test-support.js';
import { pruneAccounts } from './prune.js';
import { codeOf, registered } from './test-client.js';

const t = useApi();

describe('pruning accounts', () => {
  it('forgets what ended 30 days ago and keeps everything in use', async () => {
    const { db } = t.services();
    const daysAgo = (days: number) => sql`now() - make_interval(days => ${days})`;
    const old = await registered(t);
    const live = await registered(t);
    await live.client.api.auth.refresh({});
    await db
      .update(schema.sessions)
      .set({ expiresAt: daysAgo(31) })
      .where(eq(schema.sessions.userId, old.id));
    const [session] = await live.client.api.auth.listSessions();
    const sessionId = session?.id ?? '';
    await db.insert(schema.refreshTokens).values(
      Array.from({ length: 1500 }, (_, n) => ({
        hash: `old-${n}`,
        sessionId,
        usedAt: daysAgo(31),
      })),
    );
    await db.insert(schema.oneTimeTokens).values([
      { hash: 'old', userId: live.id, purpose: 'password_reset', expiresAt: daysAgo(31) },
      { hash: 'recent', userId: live.id, purpose: 'password_reset', expiresAt: daysAgo(29) },
    ]);

    const key = { userId: live.id, name: 'n', prefix: 'p', scopes: [] };
    await db.insert(schema.apiKeys).values([
      { ...key, hash: 'live' },
      { ...key, hash: 'expired', expiresAt: daysAgo(31) },
      { ...key, hash: 'revoked', revokedAt: daysAgo(31), expiresAt: daysAgo(-1) },
      { ...key, hash: 'recent', revokedAt: daysAgo(29) },
    ]);

    expect(await pruneAccounts(db)).toEqual({
      sessions: 1,
      refreshTokens: 1500,
      oneTimeTokens: 1,
      apiKeys: 2,
    });
    const none = { sessions: 0, refreshTokens: 0, oneTimeTokens: 0, apiKeys: 0 };
    expect(await pruneAccounts(db)).toEqual(none);
    expect(await db.$count(schema.apiKeys)).toBe(2);
    expect(await codeOf(live.client.api.auth.refresh({}))).toBe('none');
    expect(await db.$count(schema.refreshTokens)).toBe(3);
    expect(await db.$count(schema.oneTimeTokens)).toBe(1);
  });
});
