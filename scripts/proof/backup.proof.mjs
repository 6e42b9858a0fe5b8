// Proof: a backup is of one moment, comes back as it was or not at all, and no damage goes unnoticed.
//   node scripts/proof/backup.proof.mjs [--short] [--seed N]     (build first; needs pg_dump and psql's server)
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { makeRunFolder, removeRunFolder } from '../../packages/testkit/dist/run-folder.js';
import { openProofDatabase } from './database.mjs';
import { seededRandom } from './random.mjs';
import { openVerdicts } from './verdicts.mjs';

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } },
});
const MAIN = fileURLToPath(new URL('../../apps/server/dist/main.js', import.meta.url));
const NOTES = values.short ? 2_000 : 60_000;
const KILLS = values.short ? 3 : 25;
const DAMAGES = values.short ? 6 : 60;

const random = seededRandom(Number(values.seed));
const { say, isKept } = openVerdicts();
const folder = makeRunFolder();
const dir = path.join(folder, 'backups');
const source = await openProofDatabase();
const target = await openProofDatabase();

/** Runs the command; `killAfterMs` ends it in the middle. */
async function run(url, args, { backups = dir, killAfterMs } = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: url,
      BACKUP_DIR: backups,
      UPLOAD_DIR: path.join(folder, 'uploads'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, 'close');
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code] = await ended;
  clearTimeout(timer);
  return { code, output };
}

async function query(url, text) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const OWNER = '00000000-0000-7000-8000-000000000001';
const fill = `
  insert into users (id, email, handle, display_name, password_hash)
    values ('${OWNER}', 'a@example.org', 'a', 'a', 'x');
  insert into articles (id, user_id, title, content, content_hash)
    select gen_random_uuid(), '${OWNER}', '笔记 ' || n, repeat(md5(n::text) || E'\\n', 60), 'h'
    from generate_series(1, ${NOTES}) n`;

/** A note and a job in one transaction, again and again: half of a pair is half of a transaction. */
async function writePairs(url, isOver) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let pairs = 0;
  for (; !isOver(); pairs += 1) {
    await client.query(`begin;
      insert into articles (id, user_id, title, content, content_hash)
        values (gen_random_uuid(), '${OWNER}', 'pair', '', 'h');
      insert into outbox (id, topic, payload) values (gen_random_uuid(), 'pair', '{}');
      commit`);
  }
  await client.end();
  return pairs;
}
const PAIRS = `select (select count(*)::int from articles where title = 'pair') as notes,
  (select count(*)::int from outbox where topic = 'pair') as jobs`;
const SUM = `select count(*)::int as notes, md5(string_agg(md5(a::text), '' order by id)) as sum from articles a`;
const backups = () =>
  existsSync(dir) ? readdirSync(dir).filter((name) => /^db_.*\.json$/.test(name)) : [];

try {
  await query(source.url, fill);

  let isOver = false;
  const writing = writePairs(source.url, () => isOver);
  await sleep(200);
  const begunAt = performance.now();
  const made = await run(source.url, ['backup', '--json']);
  const backupMs = Math.round(performance.now() - begunAt);
  isOver = true;
  const written = await writing;
  if (made.code !== 0) throw new Error(`the backup failed: ${made.output}`);
  const { name, file, bytes } = JSON.parse(made.output);
  const restoreAt = performance.now();
  const restored = await run(target.url, ['restore', name, '--json']);
  const restoreMs = Math.round(performance.now() - restoreAt);
  const [pairs] = await query(target.url, PAIRS);
  say(
    'a backup made while others write is of one moment, and comes back whole',
    {
      notes: NOTES,
      bytes,
      written,
      pairs: pairs.notes,
      halves: pairs.notes - pairs.jobs,
      backupMs,
      restoreMs,
    },
    restored.code === 0 && pairs.notes === pairs.jobs && pairs.notes > 0 && pairs.notes < written,
  );

  const verifyAt = performance.now();
  const verified = await run(source.url, ['verify-backup', name, '--json']);
  const { tables, rows } = JSON.parse(verified.output);
  say(
    'restored into a scratch database, every table has its rows and its sum',
    { tables, rows, verifyMs: Math.round(performance.now() - verifyAt) },
    verified.code === 0 && rows > NOTES,
  );

  const dump = path.join(dir, file);
  const whole = readFileSync(dump);
  let found = 0;
  for (let i = 0; i < DAMAGES; i++) {
    const at = Math.floor(random() * whole.length);
    const damaged = Buffer.from(whole);
    damaged[at] ^= 1 << Math.floor(random() * 8);
    writeFileSync(dump, i % 2 === 0 ? damaged : whole.subarray(0, at));
    const { code } = await run(
      source.url,
      i % 3 === 0 ? ['restore', name, '--force'] : ['verify-backup', name],
    );
    if (code === 2) found += 1;
  }
  writeFileSync(dump, whole);
  const control = await run(source.url, ['verify-backup', name]);
  say(
    'every flipped bit and every cut is found; what is whole is not complained of',
    { damages: DAMAGES, found, control: control.code },
    found === DAMAGES && control.code === 0,
  );

  let cut = 0;
  for (let i = 0; i < KILLS; i++) {
    const before = backups().length;
    const { code } = await run(source.url, ['backup'], { killAfterMs: 300 + random() * backupMs });
    const isMade = backups().length > before;
    if (code === null && !isMade) cut += 1;
  }
  const verdicts = [];
  for (const one of backups()) {
    const { code } = await run(source.url, [
      'verify-backup',
      one.replace('.json', ''),
      '--no-files',
    ]);
    verdicts.push(code);
  }
  say(
    'killed in the middle, a backup is there whole or not at all',
    {
      kills: KILLS,
      cut,
      backups: verdicts.length,
      damaged: verdicts.filter((code) => code !== 0).length,
    },
    cut > 0 && verdicts.every((code) => code === 0),
  );

  const [old] = await query(target.url, SUM);
  await query(target.url, `delete from articles where title = 'pair'`);
  const [changed] = await query(target.url, SUM);
  let undone = 0;
  let halves = 0;
  for (let i = 0; i < KILLS; i++) {
    const { code } = await run(target.url, ['restore', name, '--force'], {
      killAfterMs: 300 + random() * restoreMs * 0.9,
    });
    // The server needs a moment to notice that nobody is there any more.
    await sleep(200);
    const [now] = await query(target.url, SUM);
    if (now.sum !== changed.sum && now.sum !== old.sum) halves += 1;
    if (code === null && now.sum === changed.sum) undone += 1;
    if (now.sum === old.sum) await query(target.url, `delete from articles where title = 'pair'`);
  }
  say(
    'a restore that is killed changes nothing',
    { kills: KILLS, undone, halves },
    halves === 0 && undone > 0,
  );

  const small = path.join(folder, 'small');
  mkdirSync(small);
  const size = Math.ceil((statSync(dump).size * 1.5) / 4096) * 4096;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', small]).status === 0) {
    try {
      const first = await run(source.url, ['backup', '--json'], { backups: small });
      await sleep(1_100);
      const full = await run(source.url, ['backup'], { backups: small });
      const after = await run(source.url, ['verify-backup', '--json'], { backups: small });
      const isSame = JSON.parse(after.output).name === JSON.parse(first.output).name;
      say(
        'a full disk costs the new backup and leaves the last good one',
        { first: first.code, full: full.code, verified: after.code },
        first.code === 0 &&
          full.code === 1 &&
          full.output.includes('no room') &&
          after.code === 0 &&
          isSame,
      );
    } finally {
      spawnSync('umount', [small]);
    }
  } else console.log('not run, for this account may not mount: a full disk');
} finally {
  await source.close();
  await target.close();
  removeRunFolder(folder);
}
process.exitCode = isKept() ? 0 : 1;
