import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from './errors.js';

/** The opaque position after a row: the values of its sort keys. */
export function encodeCursor(values: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(values), 'utf8').toString('base64url');
}

/** The values of a cursor. Checked like any input: a client can forge one. @throws AppError bad_input */
export function decodeCursor<T extends readonly unknown[]>(
  cursor: string,
  schema: z.ZodType<T>,
): T {
  const values = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!values.success) throw new AppError('bad_input', 'The cursor is not valid');
  return values.data;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/**
 * A moment in a cursor: whole microseconds since 1970. A JS Date holds milliseconds and Postgres
 * microseconds, so a cursor made of a Date would skip or repeat the rows of one millisecond.
 */
export const instantKey = z.int().nonnegative();

/** Position in a list ordered by (moment, id). */
export const instantCursor = z.tuple([instantKey, z.uuid()]);

/** Selects a timestamptz column (not null) as an `instantKey`. */
export function selectInstantKey(column: AnyColumn | SQL): SQL<number> {
  return sql<number>`(extract(epoch from ${column}) * 1000000)::bigint`.mapWith(Number);
}

/** The exact timestamptz of an `instantKey`, as SQL that an index can be searched with. */
export function fromInstantKey(key: number): SQL {
  return sql`(timestamptz 'epoch' + ${key}::float8 * interval '1 microsecond')`;
}

/**
 * Rows beyond a cursor in a list ordered by (moment, id), both in the same direction: a row
 * comparison, which an index over the two columns answers.
 * @param cursor decoded with `instantCursor`
 */
export function beyondInstant(
  order: 'asc' | 'desc',
  columns: { instant: AnyColumn; id: AnyColumn },
  cursor: readonly [number, string],
): SQL {
  const position = sql`(${fromInstantKey(cursor[0])}, ${cursor[1]}::uuid)`;
  return order === 'asc'
    ? sql`(${columns.instant}, ${columns.id}) > ${position}`
    : sql`(${columns.instant}, ${columns.id}) < ${position}`;
}

/** What `beyondInstant` says of a cursor as a client sent it; nothing for the first page. @throws AppError bad_input */
export const afterCursor = (
  order: 'asc' | 'desc',
  columns: { instant: AnyColumn; id: AnyColumn },
  cursor: string | null | undefined,
): SQL | undefined =>
  cursor ? beyondInstant(order, columns, decodeCursor(cursor, instantCursor)) : undefined;

/**
 * One page out of `limit + 1` selected rows: the extra row only tells that there is a next page.
 * @param keyOf the sort keys of the last row shown
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  shape: {
    keyOf: (row: Row) => readonly (string | number | null)[];
    itemOf: (row: Row) => Item;
  },
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(shape.itemOf),
    nextCursor: rows.length > limit && last ? encodeCursor(shape.keyOf(last)) : null,
  };
}
