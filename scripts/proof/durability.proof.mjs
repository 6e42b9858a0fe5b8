// Proof that PostgreSQL, as the application starts it, writes a commit to the disk before it acknowledges it. A kill
// (saves.proof.mjs) does not show what a power cut would, since the machine keeps unwritten pages: so the writes to the
// disk are counted.
//   node scripts/proof/durability.proof.mjs [--short]     (build first; DATABASE_URL optional)
import pg from 'pg';
import { openProofDatabase } from './database.mjs';
import { openVerdicts } from './verdicts.mjs';

const isShort = process.argv.includes('--short');
const COMMITS = isShort ? 200 : 2_000;
const { say, isKept } = openVerdicts();
const database = await openProofDatabase();
const client = new pg.Client({ connectionString: database.url });
await client.connect();
try {
  await proveSettings();
  await proveWrites();
} finally {
  await client.end();
  await database.close();
}
process.exitCode = isKept() ? 0 : 1;

async function proveSettings() {
  const wanted = {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    data_checksums: 'on',
  };
  const { rows } = await client.query(
    'select name, setting from pg_settings where name = any($1)',
    [Object.keys(wanted)],
  );
  const found = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  say(
    'PostgreSQL runs with the settings that keep an acknowledged commit',
    found,
    Object.entries(wanted).every(([name, setting]) => found[name] === setting),
  );
}

/** How often the log of changes was written through to the disk so far. */
async function syncs() {
  await client.query('select pg_stat_force_next_flush()');
  const { rows } = await client.query("select current_setting('server_version_num')::int as n");
  const counted = await client.query(
    rows[0].n >= 180_000
      ? "select coalesce(sum(fsyncs), 0)::int as n from pg_stat_io where object = 'wal'"
      : 'select wal_sync::int as n from pg_stat_wal',
  );
  return counted.rows[0].n;
}

async function syncsOf(commits) {
  const before = await syncs();
  for (let n = 0; n < commits; n += 1) await client.query('insert into written values ($1)', [n]);
  return (await syncs()) - before;
}

async function proveWrites() {
  await client.query('create table written (n int)');
  const counted = await syncsOf(COMMITS);
  say(
    'each commit of a single writer is on the disk before its answer',
    { commits: COMMITS, writesToDisk: counted },
    counted >= COMMITS,
  );
  await client.query('set synchronous_commit = off');
  const without = await syncsOf(COMMITS);
  await client.query('reset synchronous_commit');
  say(
    'control: with synchronous_commit off it is seen that they are not',
    { commits: COMMITS, writesToDisk: without },
    without < COMMITS,
  );
}
