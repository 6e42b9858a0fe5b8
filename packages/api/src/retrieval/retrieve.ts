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
import { embedQuestion, type QuestionVectors } from './question-vector.js';

const { articles, chunks } = schema;

/** What is looked for, and in whose notes. */
export interface Question {
  ownerId: string;
  question: string;
  /** What was asked before it: "And the second one?" says nothing by itself. */
  former?: string | undefined;
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
  const texts = textsOf(question);
  const asked = embedQuestion(ctx.embedding, { texts, userId: question.ownerId });
  const scope = await scopeOf(ctx.db, question);
  const words = await ctx.db.transaction(async (tx) => {
    await limitStatements(tx);
    const lists: RankedPassage[][] = [];
    for (const text of texts) lists.push(await findByWords(tx, scope, questionTerms(text)));
    return lists;
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
      candidates: { words: countOf(words), vectors: countOf(meant.near) },
      ms: Math.round(performance.now() - began),
      tokens: meant.tokens,
    },
  };
}

/** By itself, and after a former question with that as well, behind it: what is too long is cut at its end. */
const textsOf = ({ question, former = '' }: Question): string[] =>
  former.trim() === '' ? [question] : [question, `${question}\n${former}`];

const countOf = (lists: readonly (readonly { chunkId: string }[])[]): number =>
  new Set(lists.flatMap((list) => list.map(({ chunkId }) => chunkId))).size;

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
  near: Near[][];
}

async function findByMeaning(
  { db, embedding: model }: Context,
  scope: SearchScope,
  asked: QuestionVectors,
): Promise<Meant> {
  const { vectors, tokens } = asked;
  if (!model || !vectors) return { near: [], tokens, why: asked.why };
  try {
    // In a transaction of its own: where it fails, what was found by words still counts.
    const near = await db.transaction(async (tx) => {
      await limitStatements(tx);
      const lists: Near[][] = [];
      for (const vector of vectors) lists.push(await findNearest(tx, scope, { model, vector }));
      return lists;
    });
    return { near, tokens, why: countOf(near) > 0 ? null : 'nothing_embedded' };
  } catch {
    return { near: [], tokens, why: 'search_failed' };
  }
}

interface Found {
  scope: SearchScope;
  limit: number;
  /** As many lists of each as ways the question is put. */
  words: readonly (readonly RankedPassage[])[];
  near: readonly (readonly Near[])[];
}

async function readPassages(db: Db | Tx, { scope, limit, words, near }: Found): Promise<Passage[]> {
  const fused = fuse([...words, ...near].map((list) => list.map(({ chunkId }) => chunkId)));
  // Some may have gone meanwhile, and notes without text have a passage without words.
  const wanted = fused.slice(0, limit * 2);
  const rows = await readChunks(
    db,
    scope,
    wanted.map(({ id }) => id),
  );
  const byId = new Map(rows.map((row) => [row.chunkId, row]));
  // That of the question by itself stands, where it has one there.
  const placesOf = <T extends { chunkId: string }>(lists: readonly (readonly T[])[]) =>
    new Map(
      lists
        .toReversed()
        .flatMap((list) =>
          list.map((item, index) => [item.chunkId, { item, rank: index + 1 }] as const),
        ),
    );
  const [wordPlaces, nearPlaces] = [placesOf(words), placesOf(near)];
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
