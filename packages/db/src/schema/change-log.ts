import { sql } from 'drizzle-orm';
import { bigint, boolean, customType, index, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.js';

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

/**
 * What has changed, written by the triggers of `sql/change-feed.sql` in the transaction that changed it
 * and read by `createChangeFeed` only. `slug:<slug>`, `user:<id>:articles` and other keys that stand for
 * several rows have the xid as version.
 */
export const cacheInval = pgTable(
  'cache_inval',
  {
    xid: xid8('xid').notNull().default(sql`pg_current_xact_id()`),
    key: text('key').notNull(),
    ver: bigint('ver', { mode: 'bigint' })
      .notNull()
      .default(sql`pg_current_xact_id()::text::bigint`),
    deleted: boolean('deleted').notNull().default(false),
    /** The scope that changed with `key`; its version is the xid. */
    scope: text('scope'),
    /** Counters and bookkeeping: caches drop the key, nobody is told. */
    isQuiet: boolean('is_quiet').notNull().default(false),
    at: instant('at').notNull().defaultNow(),
  },
  (t) => [index('idx_cache_inval_xid').on(t.xid)],
);
