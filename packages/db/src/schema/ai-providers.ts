import { sql } from 'drizzle-orm';
import { boolean, check, pgTable, text } from 'drizzle-orm/pg-core';
import { timestamps } from './columns.js';

/** Servers of models that administrators have added; those of the environment are not here. */
export const aiProviders = pgTable(
  'ai_providers',
  {
    /** Never another one: vectors and the ledger are kept under it. */
    name: text('name').primaryKey(),
    kind: text('kind', { enum: ['ark', 'openai'] }).notNull(),
    baseUrl: text('base_url').notNull(),
    /** The key, sealed (`key-box.ts`); null where the server asks for none. */
    sealedKey: text('sealed_key'),
    /** Its last four characters. */
    keyHint: text('key_hint'),
    isEnabled: boolean('is_enabled').notNull().default(true),
    ...timestamps,
  },
  (t) => [check('ai_providers_kind', sql`${t.kind} in ('ark', 'openai')`)],
);
