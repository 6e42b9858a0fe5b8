// pnpm eval:search: how well search finds the note that answers a query, over notes and queries of our own in
// both languages, beside what plain Postgres offers. R@1 and R@5: the note is first, among the first five;
// MRR: mean of 1 / rank among the first ten; none: queries that found nothing at all. Then whole questions, put to
// retrieval: whether the note that answers is among its passages, and the answer in the first. Ends with 1 below FLOORS.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createDb, migrate, schema } from '@ainotebook/db';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import { sql } from 'drizzle-orm';
import { indexArticle } from '../../packages/api/dist/search/indexing.js';
import { callers } from '../callers.mjs';
import { evaluateAnswers } from './answers.mjs';
import { mistype, readQuestions, readSet } from './read-set.mjs';

const DEPTH = 10;
/** What the search may not fall below; measured figures are in docs/search-eval.md. */
const FLOORS = { zh: { r1: 0.85, r5: 0.95 }, en: { r1: 0.85, r5: 0.95 } };
/** The same for questions answered from passages that were found by their words. */
const ANSWER_FLOORS = { five: 0.9, gold3: 0.85 };

const folder = await mkdtemp(path.join(os.tmpdir(), 'search-eval-'));
const server = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined });
const admin = createDb(server.url);
await admin.db.execute(sql`create database search_eval`);
await admin.close();
const url = Object.assign(new URL(server.url), { pathname: '/search_eval' }).href;
await migrate(url);
const { db, close } = createDb(url);

const notes = readSet();
const userId = randomUUID();
await db.insert(schema.users).values({
  id: userId,
  email: 'eval@example.org',
  handle: 'eval',
  displayName: 'Eval',
  passwordHash: 'none',
});
const api = callers(db)(userId);
for (const { title, content } of notes) {
  const { id } = await api.articles.create({ title, content });
  await indexArticle(db, id);
}
await db.execute(sql`create extension pg_trgm`);
await db.execute(sql`analyze`);

const whole = sql`title || ' ' || content`;
const titlesOf = ({ rows }) => rows.map(({ title }) => title);
const methods = {
  'AI-NoteBook': async (q) =>
    (await api.search.query({ q, limit: DEPTH })).items.map(({ title }) => title),
  "tsvector 'simple'": async (q) =>
    titlesOf(
      await db.execute(sql`
        select title from articles, websearch_to_tsquery('simple', ${q}) query
        where user_id = ${userId} and to_tsvector('simple', ${whole}) @@ query
        order by ts_rank(to_tsvector('simple', ${whole}), query) desc, id limit ${DEPTH}`),
    ),
  pg_trgm: async (q) =>
    titlesOf(
      await db.execute(sql`
        select title from articles
        where user_id = ${userId} and word_similarity(${q}, ${whole}) >= 0.3
        order by word_similarity(${q}, ${whole}) desc, id limit ${DEPTH}`),
    ),
};

async function score(find, cases) {
  const ranks = [];
  let none = 0;
  for (const { query, title } of cases) {
    const found = await find(query);
    if (found.length === 0) none += 1;
    ranks.push(found.indexOf(title) + 1);
  }
  const share = (n) => n / cases.length;
  return {
    r1: share(ranks.filter((rank) => rank === 1).length),
    r5: share(ranks.filter((rank) => rank >= 1 && rank <= 5).length),
    mrr: share(ranks.reduce((sum, rank) => sum + (rank ? 1 / rank : 0), 0)),
    none: share(none),
    missed: cases.filter((_, i) => ranks[i] !== 1).map(({ query }) => query),
  };
}

const casesOf = (language) =>
  notes
    .filter((note) => note.language === language)
    .flatMap(({ title, queries }) => queries.map((query) => ({ query, title })));
const mistyped = casesOf('en').flatMap(({ query, title }) => {
  const wrong = mistype(query);
  return wrong ? [{ query: wrong, title }] : [];
});

const sets = { zh: casesOf('zh'), en: casesOf('en'), 'en, mistyped': mistyped };
const total = Object.values(sets).reduce((sum, cases) => sum + cases.length, 0);
console.log(`${notes.length} notes, ${total} queries\n`);
console.log('| queries | method | R@1 | R@5 | MRR | none |\n|---|---|---|---|---|---|');
const isVerbose = process.argv.includes('--missed');
const below = [];
for (const [name, cases] of Object.entries(sets)) {
  for (const [method, find] of Object.entries(methods)) {
    const { r1, r5, mrr, none, missed } = await score(find, cases);
    const figures = [r1, r5, mrr, none].map((x) => x.toFixed(3)).join(' | ');
    console.log(`| ${name} (${cases.length}) | ${method} | ${figures} |`);
    if (method !== 'AI-NoteBook') continue;
    if (isVerbose) console.error(`${name}, not first: ${missed.join(' / ')}`);
    const floor = FLOORS[name];
    if (floor && (r1 < floor.r1 || r5 < floor.r5)) below.push(name);
  }
}

const answers = await evaluateAnswers(db, { userId, questions: readQuestions(notes) });
for (const [name, { five, gold3 }] of Object.entries(answers)) {
  if (five < ANSWER_FLOORS.five || gold3 < ANSWER_FLOORS.gold3) below.push(`questions, ${name}`);
}

await close();
await server.stop();
await rm(folder, { recursive: true });
if (below.length > 0) {
  console.error(`\nBelow the floor: ${below.join(', ')}`);
  process.exitCode = 1;
}
