import { gt, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

const MANY = 500;

/** One document of an archive: a line of JSON for each row, read while it is written. */
export interface AccountLines {
  path: string;
  rows: AsyncIterable<unknown>;
}

/** A page of rows behind a key, in the order of the keys. */
export type ReadPage = (page: {
  behind: (key: PgColumn) => SQL | undefined;
  limit: number;
}) => Promise<readonly { key: string }[]>;

/** All rows, of which a page is held at a time; the key itself is none of the line. */
export async function* allRows(read: ReadPage, limit: number = MANY): AsyncGenerator<unknown> {
  for (let after: string | null = null; ; ) {
    const last: string | null = after;
    const page = await read({
      behind: (key) => (last === null ? undefined : gt(key, last)),
      limit,
    });
    for (const { key: _, ...line } of page) yield line;
    after = page.at(-1)?.key ?? null;
    if (page.length < limit || after === null) return;
  }
}
