import { sql } from 'drizzle-orm';
import { bigint, customType, pgSequence, timestamp, uuid } from 'drizzle-orm/pg-core';
import { v7 } from 'uuid';

/** Primary key: a UUIDv7 made by the application (Postgres 15 has no `uuidv7()`). */
export const primaryId = () =>
  uuid('id')
    .primaryKey()
    .$defaultFn(() => v7());

export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** created_at and updated_at, both set by the application's clock of the database. */
export const timestamps = {
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at')
    .notNull()
    .defaultNow()
    .$onUpdateFn(() => new Date()),
};

/** A tsvector literal, written by the application. */
export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** Text compared by its bytes, as fractional indexes need. */
export const textBytewise = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** Bytes, read as a Buffer. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** A string of `0` and `1` of any length; two of one length are compared by `#`. */
export const varbit = customType<{ data: string }>({ dataType: () => 'bit varying' });

/** Where all row versions are drawn from. */
export const rowVersions = pgSequence('row_version');

/** Version of a cached row: drawn at its insert here, and at each update by a trigger of `sql/change-feed.sql`. */
export const rowVersion = () =>
  bigint('ver', { mode: 'bigint' }).notNull().default(sql`nextval('row_version')`);
