// pnpm bench:http: a published article read over tRPC, from the memory of one process, beside Express with tRPC that
// answers with a constant of the same size, Express alone and node:http alone. By turns in one run; medians. Needs wrk.
import { execFile, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { createDb, migrate, schema } from '@ainotebook/db';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import pg from 'pg';
import { callers } from './callers.mjs';
import { note, random } from './data.mjs';

const root = path.resolve(import.meta.dirname, '..');
const wrk = promisify(execFile);
const ROUNDS = Number(process.argv[2] ?? 5);
const SECONDS = 5;
const CONNECTIONS = 32;
const SLUG = 'measured';
const KINDS = ['ours', 'trpc', 'express', 'node'];
const NAMES = {
  ours: 'publications.read, cached',
  trpc: 'Express + tRPC, a constant',
  express: 'Express, the same bytes',
  node: 'node:http, the same bytes',
};

const postgres = await startEmbeddedPostgres({
  dataDir: path.join(root, '.data-bench/postgres'),
  log: () => undefined,
});
const databaseUrl = Object.assign(new URL(postgres.url), { pathname: '/bench_http' }).href;
const children = [];
try {
  await publishOne();
  const target = `/api/trpc/publications.read?input=${encodeURIComponent(JSON.stringify({ json: { slug: SLUG } }))}`;
  const urls = { ours: await open('ours', { databaseUrl }) };
  const body = await answerOf(urls.ours + target);
  for (const kind of KINDS.slice(1)) urls[kind] = await open(kind, { body });
  for (const kind of KINDS) {
    const answer = await answerOf(urls[kind] + target);
    if (answer.length !== body.length) throw new Error(`${kind} answers with other bytes`);
  }
  const rates = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  for (const kind of KINDS) await load(urls[kind] + target);
  for (let round = 0; round < ROUNDS; round++) {
    // Each begins in turn, so that none profits from the machine's mood.
    for (const kind of [...KINDS.slice(round % 4), ...KINDS.slice(0, round % 4)]) {
      rates[kind].push(await load(urls[kind] + target));
    }
  }
  report(rates, body.length);
} finally {
  for (const child of children) child.kill();
  await postgres.stop();
}

/** A database with one published article of some 4 KB. */
async function publishOne() {
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('drop database if exists bench_http with (force)');
  await admin.query('create database bench_http');
  await admin.end();
  await migrate(databaseUrl);
  const { db, close } = createDb(databaseUrl, { max: 2 });
  const id = randomUUID();
  const name = { handle: 'author', displayName: '作者', passwordHash: 'none' };
  await db.insert(schema.users).values({ id, email: 'author@example.org', ...name });
  const api = callers(db)(id);
  const article = await api.articles.create({
    title: '量过的文章',
    content: note(random(1)).content,
  });
  await api.publications.publish({ articleId: article.id, slug: SLUG });
  await close();
}

async function open(kind, given) {
  const child = fork(path.join(import.meta.dirname, 'http-server.mjs'), [kind], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  children.push(child);
  child.stdin.end(JSON.stringify(given));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(line).url;
}

async function answerOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

/** Requests a second. @throws when an answer was not a success */
async function load(url) {
  const { stdout } = await wrk('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, url]);
  if (/Non-2xx/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

function report(rates, bytes) {
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const ours = median(rates.ours);
  console.log(
    `Node ${process.versions.node}, ${os.cpus().length} cores, one process each, wrk with ${CONNECTIONS} connections,` +
      ` ${ROUNDS} rounds of ${SECONDS} s; ${bytes} bytes a reply\n`,
  );
  console.log(
    `${'requests a second'.padEnd(30)}${'median'.padStart(9)}${'least'.padStart(9)}${'most'.padStart(9)}${'ours / it'.padStart(11)}`,
  );
  for (const kind of KINDS) {
    const figures = [median(rates[kind]), Math.min(...rates[kind]), Math.max(...rates[kind])];
    console.log(
      NAMES[kind].padEnd(30) +
        figures.map((figure) => figure.toFixed(0).padStart(9)).join('') +
        (ours / median(rates[kind])).toFixed(2).padStart(11),
    );
  }
}
