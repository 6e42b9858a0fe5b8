// pnpm bench:ai [sizes ...]: what answers from notes cost before a model writes a word: cutting and indexing passages,
// keeping their vectors, finding the passages of a question, and how many of the nearest are found. For one owner of 1,000
// and 20,000 passages (or the sizes given, such as 200000) beside others with a quarter as many. Vectors are clustered
// Gaussians. Then what an answer adds to the time a model takes for its first word, and what one under way holds in
// memory. Writes docs/proof/bench-ai.md; build first.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createDb, migrate, schema } from '@ainotebook/db';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import { chunkMarkdown } from '@ainotebook/text/search';
import { sql } from 'drizzle-orm';
import { embedArticle } from '../packages/api/dist/retrieval/embed-article.js';
import { queueEmbedding } from '../packages/api/dist/retrieval/embedding.jobs.js';
import { findNearest } from '../packages/api/dist/retrieval/nearest.js';
import { retrieve } from '../packages/api/dist/retrieval/retrieve.js';
import { dot, fromBytes, toUnit } from '../packages/api/dist/retrieval/vectors.js';
import { indexArticle } from '../packages/api/dist/search/indexing.js';
import { measureFirstWords, measureMemory, OPEN, startProvider } from './ai-answers.mjs';
import { clusteredModel } from './ai-model.mjs';
import { note, random } from './data.mjs';
import { measure } from './measure.mjs';

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(1_000, 20_000);
const CALLS = 200;
const RECALL_QUERIES = 200;
const NEAREST = 10;
const AT_ONCE = 4;
const log = (line) => console.log(line);

const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-ai-'));
const provider = await startProvider();
const server = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined });

/** Notes of an owner, each of about 6 KB, until they make `passages`. */
function notesOf(userId, passages, next) {
  const rows = [];
  let count = 0;
  while (count < passages) {
    const { title } = note(next);
    const content = Array.from({ length: 12 }, () => note(next).content).join('\n');
    count += chunkMarkdown(content).length;
    rows.push({ id: randomUUID(), userId, title, content, contentHash: 'none' });
  }
  return { rows, count };
}

/** Runs `work` on every item, some at once. @returns seconds */
async function timed(items, work) {
  const left = [...items];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = left.pop(); item; item = left.pop()) await work(item);
    }),
  );
  return (performance.now() - began) / 1000;
}

async function measureSize(size) {
  const admin = createDb(server.url);
  await admin.db.execute(sql.raw(`create database ai_${size}`));
  await admin.close();
  const url = Object.assign(new URL(server.url), { pathname: `/ai_${size}` }).href;
  await migrate(url);
  const { db, close } = createDb(url, { max: 10, statementTimeoutMs: 600_000 });
  const next = random(size);
  const model = clusteredModel(Math.max(5, size / 100));
  const [ownerId, otherId] = [randomUUID(), randomUUID()];
  await db.insert(schema.users).values(
    [ownerId, otherId].map((id) => ({
      id,
      email: `${id}@example.org`,
      handle: id.slice(0, 8),
      displayName: 'Bench',
      passwordHash: 'none',
    })),
  );
  const own = notesOf(ownerId, size, next);
  const all = [...own.rows, ...notesOf(otherId, size / 4, next).rows];
  for (let at = 0; at < all.length; at += 200) {
    await db.insert(schema.articles).values(all.slice(at, at + 200));
  }

  const began = performance.now();
  let cut = 0;
  for (const { content } of all) cut += chunkMarkdown(content).length;
  const cutting = cut / ((performance.now() - began) / 1000);
  const indexing = cut / (await timed(all, ({ id }) => indexArticle(db, id)));
  const signal = new AbortController().signal;
  const run = { db, signal, once: (effect) => db.transaction(effect) };
  await db.transaction((tx) =>
    queueEmbedding(
      tx,
      model,
      all.map(({ id }) => id),
    ),
  );
  const keeping = cut / (await timed(all, ({ id }) => embedArticle(run, model, id)));
  await db.execute(sql`vacuum analyze`);
  log(`${size}: ${cut} passages written`);

  // A question has some words of a note, and some of its own.
  const questionOf = (i) => {
    const { content } = own.rows[(i * 7919) % own.rows.length];
    const from = Math.floor(next() * Math.max(1, content.length - 40));
    return `请问${content.slice(from, from + 25).replace(/\s+/g, ' ')}是什么 ${i}`;
  };
  const ask = (embedding) => (i) =>
    retrieve(
      { db, embedding },
      { ownerId, question: questionOf(i), scope: { kind: 'all' }, limit: 8 },
    );
  const scope = { userId: ownerId, conditions: [], unwanted: null };
  const vectorOf = async (text) => (await model.embed([text])).vectors[0];
  const hybrid = [];
  const times = {
    words: await measure(CALLS, ask(null)),
    vectors: await measure(CALLS, async (i) =>
      findNearest(db, scope, { model, vector: await vectorOf(`${i}`) }),
    ),
    hybrid: await measure(CALLS, async (i) => hybrid.push((await ask(model)(i)).receipt.how)),
  };
  if (hybrid.includes('lexical')) throw new Error('a question was answered by words alone');

  const { rows } = await db.execute(
    sql`select chunk_id as id, vector from chunk_vectors where user_id = ${ownerId}`,
  );
  const vectors = rows.map(({ id, vector }) => ({ id, vector: fromBytes(vector) }));
  let found = 0;
  for (let i = 0; i < RECALL_QUERIES; i += 1) {
    const vector = toUnit(await vectorOf(`recall ${i}`));
    const truth = vectors
      .map((row) => ({ id: row.id, similarity: dot(vector, row.vector) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, NEAREST);
    const near = await findNearest(db, scope, { model, vector });
    const given = new Set(near.slice(0, NEAREST).map(({ chunkId }) => chunkId));
    found += truth.filter(({ id }) => given.has(id)).length;
  }
  const asked = { ownerId, questionOf, embedding: model, baseUrl: provider.baseUrl };
  const firstWords = await measureFirstWords(db, asked);
  const memory = await measureMemory(db, asked);
  await close();
  return {
    size: own.count,
    firstWords,
    memory,
    cutting,
    indexing,
    keeping,
    times,
    recall: found / (RECALL_QUERIES * NEAREST),
  };
}

const results = [];
try {
  for (const size of sizes) results.push(await measureSize(size));
} finally {
  provider.stop();
  await server.stop();
  await rm(folder, { recursive: true });
}

const row = (name, pick) => `| ${name} | ${results.map(pick).join(' | ')} |`;
const rate = (value) => String(Math.round(value));
const spread = ({ p50, p95 }) => `${p50.toFixed(1)} / ${p95.toFixed(1)}`;
const table = [
  row('passages of the owner', ({ size }) => size.toLocaleString('en')),
  `| --- |${' ---: |'.repeat(results.length)}`,
  row('cut, passages a second', ({ cutting }) => rate(cutting)),
  row('indexed for search, passages a second', ({ indexing }) => rate(indexing)),
  row('vectors kept, passages a second', ({ keeping }) => rate(keeping)),
  row('passages of a question by words, ms (p50 / p95)', ({ times }) => spread(times.words)),
  row('400 nearest vectors, ms (p50 / p95)', ({ times }) => spread(times.vectors)),
  row('passages of a question by both, ms (p50 / p95)', ({ times }) => spread(times.hybrid)),
  row('recall of the 10 nearest', ({ recall }) => recall.toFixed(3)),
].join('\n');
const over = ({ firstWords }, which) => (firstWords[which].p50 - firstWords.bare.p50).toFixed(1);
const kib = (bytes) => Math.round(bytes / 1024);
const answers = [
  row('passages of the owner', ({ size }) => size.toLocaleString('en')),
  `| --- |${' ---: |'.repeat(results.length)}`,
  row('first word of the stand-in alone, ms (p50 / p95)', ({ firstWords }) =>
    spread(firstWords.bare),
  ),
  row('of a call in the ledger, ms (p50 / p95)', ({ firstWords }) => spread(firstWords.metered)),
  row('of a question to the notes, ms (p50 / p95)', ({ firstWords }) => spread(firstWords.asked)),
  row('added by the ledger and the client, ms', (result) => over(result, 'metered')),
  row('added in all, ms', (result) => over(result, 'asked')),
  row(
    `held by each of ${OPEN} open answers, KiB (resident)`,
    ({ memory }) => `${kib(memory.held)} (${kib(memory.rss)})`,
  ),
].join('\n');
log(`\n${table}\n\n${answers}`);
await writeFile(
  new URL('../docs/proof/bench-ai.md', import.meta.url),
  `# Answers from notes, before a model writes

Written by \`pnpm bench:ai\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${os.cpus().length} cores, embedded PostgreSQL, fsync on.

One owner beside others with a quarter as many passages. Vectors have 1,024 components and are clustered Gaussians, the
largest cluster with a third of 1,000 and a fourteenth of 20,000; no model is asked, so its own time comes on top. "Kept" is everything but
the model: reading, hashing, writing bits and floats. Recall compares sign bits and an exact second look, as
retrieval finds, with comparing all vectors, over ${RECALL_QUERIES} questions; the aim is 0.97.

${table}

## An answer, beside the model

The model is a stand-in in a process of its own that answers at once, over HTTP as a provider does. "In all" is from
\`messages.send\` to the first words that \`messages.stream\` hands on: the question stored, its passages found by words and
vectors, tokens set aside, the request, the first piece. What an open answer holds is measured after a collection, with a
reader to each: its request, its text, its rows' signs of life.

${answers}
`,
);
if (results.some(({ recall }) => recall < 0.97)) {
  console.error('\nBelow the aim: recall');
  process.exitCode = 1;
}
