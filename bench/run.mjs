// pnpm bench [sizes ...]: latency of list, get, save and search at 1,000 and 100,000 articles (or the sizes given,
// such as 1000000), their growth, and save throughput beside pgbench running the same SQL. Data is kept in
// .data-bench/ between runs.
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { createDb, migrate, schema } from '@ainotebook/db';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { callers } from './callers.mjs';
import { fill, note, random, term } from './data.mjs';
import { measure, throughput } from './measure.mjs';
import { savesByPgbench } from './pgbench.mjs';

const root = path.resolve(import.meta.dirname, '..');
const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(1_000, 100_000);
const CALLS = 300;
/** Articles of the owner who is measured at every size: the largest owner of 1,000 articles in all. */
const COMPARED_OWNER = 100;
const CLIENTS = 10;
const SECONDS = 10;
const ID_PREFIX = '00000000-0000-7000-8000-';
const log = (text) => console.log(text);

const server = await startEmbeddedPostgres({
  dataDir: path.join(root, '.data-bench/postgres'),
  log: () => undefined,
});
const urlOf = (name) => Object.assign(new URL(server.url), { pathname: `/${name}` }).href;

async function prepare(size) {
  const name = `bench_${size}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [name]);
  if (rowCount === 0) {
    // Renamed when complete, so that an interrupted run does not leave half a database.
    await admin.query(`drop database if exists ${name}_new with (force)`);
    await admin.query(`create database ${name}_new`);
    await migrate(urlOf(`${name}_new`));
    const { db, close } = createDb(urlOf(`${name}_new`), { max: 10, statementTimeoutMs: 600_000 });
    const began = Date.now();
    await fill(db, size, log);
    await close();
    await admin.query(`alter database ${name}_new rename to ${name}`);
    log(`${size} articles prepared in ${Math.round((Date.now() - began) / 1000)} s`);
  } else await migrate(urlOf(name));
  await admin.end();
  return urlOf(name);
}

/** The id of the owner whose number of articles is nearest to `size`. */
async function ownerOf(db, size) {
  const { rows } = await db.execute(
    sql`select user_id from articles group by user_id order by abs(count(*) - ${size}), user_id limit 1`,
  );
  return rows[0].user_id;
}

/** Medians and tails for one owner, whose articles are taken in an order of chance. */
async function latencies(url, ownerSize) {
  const { db, close, warm } = createDb(url, { max: 20 });
  await warm();
  const userId = await ownerOf(db, ownerSize);
  const api = callers(db)(userId);
  const next = random(7);
  const { rows } = await db.execute(
    sql`select id, revision from articles where user_id = ${userId} order by md5(id::text) limit ${CALLS}`,
  );
  const revisions = new Map(rows.map((row) => [row.id, row.revision]));
  const idOf = (i) => rows[i % rows.length].id;
  const result = {
    list: await measure(CALLS, () => api.articles.list({})),
    get: await measure(CALLS, (i) => api.articles.get({ id: idOf(i) })),
    save: await measure(CALLS, async (i) => {
      const id = idOf(i);
      const saved = await api.articles.save({
        id,
        baseRevision: revisions.get(id),
        data: note(next),
      });
      if (saved.status !== 'saved') throw new Error('a save of the benchmark ended in a conflict');
      revisions.set(id, saved.revision);
    }),
    search: await measure(CALLS, () => api.search.query({ q: term(next) })),
  };
  await db.execute(sql`truncate outbox`);
  await close();
  return result;
}

/** Saves a second of `CLIENTS` writers, each on its own article; then the same SQL by pgbench. */
async function saves(url) {
  const { db, pool, close, warm } = createDb(url, { max: 20 });
  await warm();
  const as = callers(db);
  const [{ id: userId }] = await db.select({ id: schema.users.id }).from(schema.users).limit(1);
  const { content } = note(random(1));
  const reset = async () => {
    await db.execute(sql`delete from articles where id::text like ${`${ID_PREFIX}%`}`);
    await db.insert(schema.articles).values(
      Array.from({ length: CLIENTS }, (_, n) => ({
        id: ID_PREFIX + String(n).padStart(12, '0'),
        userId,
        contentHash: 'none',
        revision: 4242,
      })),
    );
    await db.execute(sql`truncate outbox`);
    await db.execute(sql`checkpoint`);
  };
  await reset();
  const owner = as(userId);
  const base = Array.from({ length: CLIENTS }, () => 4242);
  const save = async (client) => {
    const saved = await owner.articles.save({
      id: ID_PREFIX + String(client).padStart(12, '0'),
      baseRevision: base[client],
      data: { title: 'Bench', content: `${content}${base[client]} ${client}` },
    });
    if (saved.status !== 'saved') throw new Error('a save of the benchmark ended in a conflict');
    base[client] = saved.revision;
  };
  // One save is watched to learn its SQL.
  let statement;
  const query = pool.query;
  pool.query = (config, values, ...rest) => {
    const text = typeof config === 'string' ? config : config.text;
    statement = { text, values: values ?? config.values };
    return query.call(pool, config, values, ...rest);
  };
  const first = base[0];
  await save(0);
  pool.query = query;
  await reset();
  base.fill(4242);
  const ours = await throughput(CLIENTS, SECONDS, save);
  const wrote = async () => {
    const { rows } = await db.execute(
      sql`select sum(revision - 4242)::int as n from articles where id::text like ${`${ID_PREFIX}%`}`,
    );
    return rows[0].n;
  };
  const written = await wrote();
  const sent = `${content}${first} 0`;
  const save0 = {
    id: `${ID_PREFIX}000000000000`,
    base: 4242,
    userId,
    content: sent,
    hash: createHash('sha256').update(`Bench\n${sent}`).digest('hex'),
  };
  const baselines = [];
  for (const mode of ['extended', 'prepared']) {
    await reset();
    const perSecond = savesByPgbench({
      url,
      mode,
      statement,
      save: save0,
      idPrefix: ID_PREFIX,
      clients: CLIENTS,
      seconds: SECONDS,
    });
    if (perSecond !== null) baselines.push({ mode, perSecond, written: await wrote() });
  }
  await db.execute(sql`delete from articles where id::text like ${`${ID_PREFIX}%`}`);
  await close();
  return { ours, written, baselines };
}

const ms = (value) => value.toFixed(2).padStart(8);
try {
  log(
    `Node ${process.versions.node}, ${os.cpus().length} cores, embedded Postgres, fsync on; milliseconds`,
  );
  const results = [];
  for (const size of sizes) results.push({ size, url: await prepare(size) });
  const show = (title, times) => {
    log(`\n${title.padEnd(44)}     p50      p95      p99`);
    for (const [name, { p50, p95, p99 }] of Object.entries(times)) {
      log(`  ${name.padEnd(42)}${ms(p50)} ${ms(p95)} ${ms(p99)}`);
    }
  };
  // Once unrecorded: the first calls of a process pay for its compilation.
  await latencies(results[0].url, COMPARED_OWNER);
  for (const result of results) {
    result.times = await latencies(result.url, COMPARED_OWNER);
    show(`${result.size} articles in all, an owner of ${COMPARED_OWNER}`, result.times);
  }
  const [small, large] = [results[0], results.at(-1)];
  if (small !== large) {
    const share = large.size / 10;
    show(`${large.size} articles in all, the owner of ${share}`, await latencies(large.url, share));
    log(`\ngrowth of the median from ${small.size} to ${large.size} articles in all (aim <= 1.5)`);
    for (const name of Object.keys(small.times)) {
      log(`  ${name.padEnd(42)}${ms(large.times[name].p50 / small.times[name].p50)}`);
    }
  }
  const { ours, written, baselines } = await saves(large.url);
  log(`\nsaves a second, ${CLIENTS} writers: ${ours.toFixed(0)} (${written} revisions written)`);
  if (baselines.length === 0) log('pgbench is not installed: no baseline');
  for (const { mode, perSecond, written: count } of baselines) {
    const ratio = (ours / perSecond).toFixed(2);
    log(
      `pgbench -M ${mode}, the same SQL: ${perSecond.toFixed(0)} (${count}); ratio ${ratio} (aim >= 0.5)`,
    );
  }
} finally {
  await server.stop();
}
