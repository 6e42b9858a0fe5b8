// Questions in whole sentences: whether the passages given to a model have the note that answers, and the answer itself.
import { createHash } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { tokenize } from '@ainotebook/text/search';
import { eq } from 'drizzle-orm';
import { embedArticle } from '../../packages/api/dist/retrieval/embed-article.js';
import { queueEmbedding } from '../../packages/api/dist/retrieval/embedding.jobs.js';
import { findNearest } from '../../packages/api/dist/retrieval/nearest.js';
import { retrieve } from '../../packages/api/dist/retrieval/retrieve.js';

const DIMENSIONS = 1024;
const DEPTH = 10;

/** Texts with the same words are near: no measure of what a real model would find. */
const standIn = {
  provider: 'eval',
  model: 'hashed-words',
  dimensions: DIMENSIONS,
  maxBatch: 100,
  embed: async (texts) => ({ vectors: texts.map(hashedWords), tokens: 0 }),
};

function hashedWords(text) {
  const vector = new Float32Array(DIMENSIONS);
  for (const { term } of tokenize(text)) {
    const bytes = createHash('sha256').update(term).digest();
    vector[bytes.readUInt16LE(0) % DIMENSIONS] += bytes[2] % 2 ? 1 : -1;
  }
  return vector;
}

/** Gives the notes of an owner the vectors of the stand-in. */
async function embedNotes(db, userId) {
  const rows = await db
    .select({ id: schema.articles.id })
    .from(schema.articles)
    .where(eq(schema.articles.userId, userId));
  const ids = rows.map(({ id }) => id);
  await db.transaction((tx) => queueEmbedding(tx, standIn, ids));
  const { signal } = new AbortController();
  const run = { db, signal, once: (effect) => db.transaction(effect) };
  for (const id of ids) await embedArticle(run, standIn, id);
}

/** Ways to find passages, each `question => [{ title, text }]`, the best first. */
async function methodsOf(db, userId) {
  const by = (embedding) => async (question) => {
    const { passages, receipt } = await retrieve(
      { db, embedding },
      { ownerId: userId, question, scope: { kind: 'all' }, limit: DEPTH },
    );
    if ((receipt.how === 'hybrid') !== (embedding !== null)) throw new Error(receipt.why);
    return passages.map(({ title, quote }) => ({ title, text: quote }));
  };
  const rows = await db
    .select({ id: schema.chunks.id, text: schema.chunks.text, title: schema.articles.title })
    .from(schema.chunks)
    .innerJoin(schema.articles, eq(schema.articles.id, schema.chunks.articleId))
    .where(eq(schema.chunks.userId, userId));
  const passages = new Map(rows.map((row) => [row.id, row]));
  const scope = { userId, conditions: [], unwanted: null };
  return {
    words: by(null),
    'vectors (stand-in)': async (question) => {
      const { vectors } = await standIn.embed([question]);
      const near = await findNearest(db, scope, { model: standIn, vector: vectors[0] });
      return near.slice(0, DEPTH).map(({ chunkId }) => passages.get(chunkId));
    },
    'hybrid (stand-in)': by(standIn),
  };
}

async function score(find, questions) {
  const totals = { first: 0, five: 0, mrr: 0, gold1: 0, gold3: 0 };
  for (const { question, title, gold } of questions) {
    const found = await find(question);
    const rank = found.findIndex((passage) => passage.title === title) + 1;
    const has = (count) => found.slice(0, count).some(({ text }) => text.includes(gold));
    totals.first += rank === 1;
    totals.five += rank >= 1 && rank <= 5;
    totals.mrr += rank ? 1 / rank : 0;
    totals.gold1 += has(1);
    totals.gold3 += has(3);
  }
  return Object.fromEntries(
    Object.entries(totals).map(([name, total]) => [name, total / questions.length]),
  );
}

/** Prints a table. @returns the figures of the words alone by language */
export async function evaluateAnswers(db, { userId, questions }) {
  await embedNotes(db, userId);
  const methods = await methodsOf(db, userId);
  console.log('\n| questions | method | hit@1 | hit@5 | MRR | answer in 1 | answer in 3 |');
  console.log('|---|---|---|---|---|---|---|');
  const figures = {};
  for (const language of new Set(questions.map((item) => item.language))) {
    const asked = questions.filter((item) => item.language === language);
    for (const [name, find] of Object.entries(methods)) {
      const result = await score(find, asked);
      const cells = Object.values(result).map((value) => value.toFixed(3));
      console.log(`| ${language} (${asked.length}) | ${name} | ${cells.join(' | ')} |`);
      if (name === 'words') figures[language] = result;
    }
  }
  return figures;
}
