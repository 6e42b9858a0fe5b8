import { randomUUID } from 'node:crypto';
import {
  type Cache,
  type CacheClass,
  cacheClass,
  type Frozen,
  type Loaded,
} from '@ainotebook/cache';
import { type Db, snapshotVersion, type Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';

/**
 * A name for the present state of everything in a scope (`user:<id>:publications`): drawn anew by the
 * first reader after a change, so that what is kept under it needs no invalidation of its own.
 */
export const scopeClass = cacheClass<string>('scope', {
  key: (scope) => scope,
  prefixes: ['user', 'publications'],
});

/** What reading through the cache takes. */
export interface CachedReads {
  cache: Cache;
  db: Db | Tx;
}

/**
 * A value made of rows of one scope. It is loaded after the state got its name, so it is never older
 * than that state.
 */
export async function readInScope<T>(
  { cache, db }: CachedReads,
  { scope, cls, id }: { scope: string; cls: CacheClass<T>; id: string },
  load: () => Promise<Loaded<T> | null>,
): Promise<Frozen<T> | null> {
  const state = await cache.get(scopeClass, scope, async () => ({
    ver: await currentVersion(db),
    value: randomUUID(),
  }));
  return cache.get(cls, `${state}:${id}`, load);
}

/** The version of what is read from now on: for keys that stand for several rows. */
export async function currentVersion(db: Db | Tx): Promise<bigint> {
  const { rows } = await db.execute<{ ver: string }>(sql`select ${snapshotVersion}::text as ver`);
  return BigInt(rows[0]?.ver ?? 0);
}
