import type { Passage, RetrievalReceipt, RetrievalScope, Retrieved } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { overlapOf, questionTerms } from '@ainotebook/text/search';
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { isAnyOf } from '../articles/article-rows.js';
import type { AuthedContext } from '../context.js';
import { limitStatements, type SearchScope } from '../search/candidates.js';
import { notebooksWithInner } from '../search/filters.js';
import type { RankedPassage } from '../search/ranking.js';
import { findByWords } from './by-words.js';
import { fuse } from './fusion.js';
import { modelName } from './model-name.js';
import { findNearest, type Near } from './nearest.js';
import { embedQuestion, type QuestionVector } from './question-vector.js';

const { articles, chunks } = schema;

/** What is looked for, and in whose notes. */
export interface Question {
  ownerId: string;
  question: string;
  scope: RetrievalScope;
  /** Most passages. */
  limit: number;
}

type Context = Pick<AuthedContext, 'db' | 'embedding'>;

/**
 * The passages of an owner's live notes that a question is answered from, numbered, best first: by
 * words and, where an embedding model is set up and answers, by meaning. When it does not, words
 * alone decide, and the receipt says so. Notes of others cannot appear, whatever the scope names.
 * @throws AppError timeout
 */
export async function retrieve(ctx: Context, question: Question): Promise<Retrieved> {
  const began = performance.now();
  const asked = embedQuestion(ctx.embedding, { ...question, userId: question.ownerId });
  const scope = await scopeOf(ctx.db, question);
  const words = await ctx.db.transaction(async (tx) => {
    await limitStatements(tx);
    return findByWords(tx, scope, questionTerms(question.question));
  });
  const meant = await findByMeaning(ctx, scope, await asked);
  const passages = await readPassages(ctx.db, { scope, limit: question.limit, words, ...meant });
  return {
    passages,
    receipt: {
      how: meant.why === null ? 'hybrid' : 'lexical',
      why: meant.why,
      model: ctx.embedding ? modelName(ctx.embedding) : null,
      passages: passages.length,
      candidates: { words: words.length, vectors: meant.near.length },
      ms: Math.round(performance.now() - began),
      tokens: meant.tokens,
    },
  };
}

async function scopeOf(db: Db | Tx, { ownerId, scope }: Question): Promise<SearchScope> {
  const conditions: SQL[] = [];
  if (scope.kind === 'articles') conditions.push(isAnyOf(articles.id, scope.ids));
  if (scope.kind === 'notebook') {
    const ids = await notebooksWithInner(db, ownerId, scope.ids);
    conditions.push(isAnyOf(articles.notebookId, ids));
  }
  return { userId: ownerId, conditions, unwanted: null };
}

interface Meant extends Pick<RetrievalReceipt, 'why' | 'tokens'> {
  near: Near[];
}

async function findByMeaning(
  { db, embedding: model }: Context,
  scope: SearchScope,
  asked: QuestionVector,
): Promise<Meant> {
  const { vector, tokens } = asked;
  if (!model || !vector) return { near: [], tokens, why: asked.why };
  try {
    // In a transaction of its own: where it fails, what was found by words still counts.
    const near = await db.transaction(async (tx) => {
      await limitStatements(tx);
      return findNearest(tx, scope, { model, vector });
    });
    return { near, tokens, why: near.length > 0 ? null : 'nothing_embedded' };
  } catch {
    return { near: [], tokens, why: 'search_failed' };
  }
}

interface Found {
  scope: SearchScope;
  limit: number;
  words: readonly RankedPassage[];
  near: readonly Near[];
}

async function readPassages(db: Db | Tx, { scope, limit, words, near }: Found): Promise<Passage[]> {
  const fused = fuse([words.map(({ chunkId }) => chunkId), near.map(({ chunkId }) => chunkId)]);
  // Some may have gone meanwhile, and notes without text have a passage without words.
  const wanted = fused.slice(0, limit * 2);
  const rows = await readChunks(
    db,
    scope,
    wanted.map(({ id }) => id),
  );
  const byId = new Map(rows.map((row) => [row.chunkId, row]));
  const placeOf = <T extends { chunkId: string }>(list: readonly T[]) =>
    new Map(list.map((item, index) => [item.chunkId, { item, rank: index + 1 }]));
  const [wordPlaces, nearPlaces] = [placeOf(words), placeOf(near)];
  const passages = wanted.flatMap(({ id, score: fusedScore }): Omit<Passage, 'number'>[] => {
    const row = byId.get(id);
    if (!row || row.text.trim() === '') return [];
    const { chunkId, previous, text, ...shown } = row;
    const overlap = overlapOf(previous ?? '', text);
    const word = wordPlaces.get(id);
    const vector = nearPlaces.get(id);
    return [
      {
        ...shown,
        start: row.start - overlap.length,
        quote: overlap + text,
        score: {
          fused: fusedScore,
          words: word
            ? { rank: word.rank, score: word.item.score, coverage: word.item.coverage }
            : null,
          vector: vector ? { rank: vector.rank, similarity: vector.item.similarity } : null,
        },
      },
    ];
  });
  return passages.slice(0, limit).map((passage, index) => ({ number: index + 1, ...passage }));
}

/** The passages of some ids, each with the one before it, as one state of the notes has them. */
function readChunks(db: Db | Tx, scope: SearchScope, ids: readonly string[]) {
  const before = alias(chunks, 'before');
  return db
    .select({
      chunkId: chunks.id,
      articleId: chunks.articleId,
      title: articles.title,
      revision: articles.indexedRevision,
      start: chunks.start,
      end: chunks.end,
      headingPath: chunks.headingPath,
      text: chunks.text,
      previous: before.text,
    })
    .from(chunks)
    .innerJoin(articles, eq(articles.id, chunks.articleId))
    .leftJoin(
      before,
      and(eq(before.articleId, chunks.articleId), eq(before.ordinal, sql`${chunks.ordinal} - 1`)),
    )
    .where(
      and(
        inArray(chunks.id, [...ids]),
        eq(chunks.userId, scope.userId),
        eq(articles.userId, scope.userId),
        isNull(articles.deletedAt),
        ...scope.conditions,
      ),
    );
}
