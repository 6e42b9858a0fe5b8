import type pg from 'pg';

/** The schemas that are ours: a dump holds these and no others. */
export const OUR_SCHEMAS = ['public', 'drizzle'] as const;

/** What one table holds. */
export interface TableSum {
  rows: number;
  /** Over the contents of all rows, whatever their order. */
  sum: string;
}

/** What a database holds, to be compared with what came of a restore of it. */
export interface Fingerprint {
  /** By `schema.table`. */
  tables: Record<string, TableSum>;
  /** Last values by `schema.sequence`; sequences belong to no snapshot, so that a dump may hold later ones. */
  sequences: Record<string, string>;
}

/** Rows are compared as text, whose form must not depend on who asks. */
const AS_TEXT = `
  set local search_path = '';
  set local timezone = 'UTC';
  set local datestyle = 'ISO, MDY';
  set local intervalstyle = 'postgres';
  set local bytea_output = 'hex';
  set local extra_float_digits = 1`;

/**
 * Counts and sums every table of ours. Reads everything there is.
 * @param client in a transaction, whose snapshot is what is read
 */
export async function readFingerprint(client: pg.ClientBase): Promise<Fingerprint> {
  await client.query(AS_TEXT);
  const { rows: names } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind = 'r' and c.relpersistence <> 't'
       and not exists (
         select from pg_catalog.pg_depend d
         where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by 1`,
    [OUR_SCHEMAS],
  );
  const tables: Record<string, TableSum> = {};
  for (const { name } of names) {
    // Names come from the catalogue, quoted by it.
    const { rows } = await client.query<TableSum>(
      `select count(*)::float8 as rows,
         coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text as sum
       from ${name} t`,
    );
    tables[name] = rows[0] ?? { rows: 0, sum: '0' };
  }
  const { rows: sequences } = await client.query<{ name: string; value: string }>(
    `select format('%I.%I', schemaname, sequencename) as name, coalesce(last_value, 0)::text as value
     from pg_catalog.pg_sequences where schemaname = any($1) order by 1`,
    [OUR_SCHEMAS],
  );
  return {
    tables,
    sequences: Object.fromEntries(sequences.map(({ name, value }) => [name, value])),
  };
}

/** What differs, a line each; nothing when all that was expected is there and nothing else. */
export function compareFingerprints(expected: Fingerprint, found: Fingerprint): string[] {
  const lines: string[] = [];
  for (const name of new Set([...Object.keys(expected.tables), ...Object.keys(found.tables)])) {
    const before = expected.tables[name];
    const after = found.tables[name];
    if (!before) lines.push(`${name} was not there`);
    else if (!after) lines.push(`${name} is missing`);
    else if (before.rows !== after.rows) {
      lines.push(`${name} has ${after.rows} rows instead of ${before.rows}`);
    } else if (before.sum !== after.sum) lines.push(`${name} has other contents`);
  }
  for (const [name, value] of Object.entries(expected.sequences)) {
    const after = found.sequences[name];
    if (after === undefined) lines.push(`the sequence ${name} is missing`);
    else if (BigInt(after) < BigInt(value)) {
      lines.push(`the sequence ${name} is at ${after}, behind ${value}`);
    }
  }
  return lines;
}
