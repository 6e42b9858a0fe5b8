import type { EmbeddingModel } from '@ainotebook/ai';
import type { Related, RelatedInput } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { type QueryTerm, tokenize } from '@ainotebook/text/search';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { isAnyOf, own } from '../articles/article-rows.js';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import {
  limitStatements,
  readCollection,
  readFrequencies,
  type SearchScope,
} from '../search/candidates.js';
import { findByWords } from './by-words.js';
import { modelName } from './model-name.js';
import { findNearest } from './nearest.js';
import { fromBytes } from './vectors.js';

const { articles, chunks, chunkVectors } = schema;

/** Passages a note is known by: its beginning says what it is about. */
const PASSAGES = 8;
/** Links that are looked at, each way; a text has at most as many. */
const LINKS = 1_000;
/** Terms whose rarity is asked for, and those that are then looked for. */
const COUNTED_TERMS = 100;
const TERMS = 20;

/**
 * The caller's other live notes that are most like one of theirs: by their vectors where it has
 * some, else by the words it has and few others have. @throws AppError not_found, timeout
 */
export async function listRelated(
  { db, auth, embedding: model }: Pick<AuthedContext, 'db' | 'auth' | 'embedding'>,
  { id, limit, isUnlinked }: RelatedInput,
): Promise<Related> {
  return db.transaction(async (tx) => {
    await limitStatements(tx);
    const [article] = await tx
      .select({ title: articles.title })
      .from(articles)
      .where(own(auth.userId, id));
    if (!article) throw notFound('Article');
    const others = isUnlinked ? await linkedIds(tx, auth.userId, id) : [];
    const scope: SearchScope = {
      userId: auth.userId,
      conditions: [sql`${articles.id} <> all(${sql.param([id, ...others])}::uuid[])`],
      unwanted: null,
    };
    const vector = model ? await vectorOf(tx, model, id) : null;
    const found =
      model && vector
        ? await findNearest(tx, scope, { model, vector })
        : await findByWords(tx, scope, await termsOf(tx, auth.userId, { id, ...article }));
    const ids = [...new Set(found.map(({ articleId }) => articleId))].slice(0, limit);
    const items = await readItems(tx, auth.userId, ids);
    return { items, how: vector ? 'vectors' : 'words' };
  });
}

/** Notes that one links to, and those that link to it. */
async function linkedIds(tx: Tx, userId: string, id: string): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    (select target_id as id from article_links
      where source_id = ${id} and user_id = ${userId} and target_id is not null limit ${LINKS})
    union
    (select source_id from article_links
      where target_id = ${id} and user_id = ${userId} limit ${LINKS})`);
  return rows.map((row) => row.id);
}

/** The mean of the vectors of a note's beginning. */
async function vectorOf(
  tx: Tx | Db,
  model: EmbeddingModel,
  articleId: string,
): Promise<Float32Array | null> {
  const rows = await tx
    .select({ vector: chunkVectors.vector })
    .from(chunkVectors)
    .innerJoin(chunks, eq(chunks.id, chunkVectors.chunkId))
    .where(
      and(
        eq(chunkVectors.articleId, articleId),
        eq(chunkVectors.model, modelName(model)),
        eq(chunkVectors.dimensions, model.dimensions),
      ),
    )
    .orderBy(asc(chunks.ordinal))
    .limit(PASSAGES);
  if (rows.length === 0) return null;
  const sum = new Float32Array(model.dimensions);
  for (const { vector } of rows) {
    for (const [at, component] of fromBytes(vector).entries()) {
      sum[at] = (sum[at] ?? 0) + component;
    }
  }
  return sum;
}

/** The terms of a note that say most of it: frequent in it, rare in the others. */
async function termsOf(
  tx: Tx | Db,
  userId: string,
  { id, title }: { id: string; title: string },
): Promise<QueryTerm[]> {
  const passages = await tx
    .select({ text: chunks.text })
    .from(chunks)
    .where(eq(chunks.articleId, id))
    .orderBy(asc(chunks.ordinal))
    .limit(PASSAGES);
  const counts = new Map<string, number>();
  const count = (text: string, weight: number) => {
    for (const { term } of tokenize(text)) {
      // A character alone is the rest of a run, and a term that says nothing.
      if (term.length > 1) counts.set(term, (counts.get(term) ?? 0) + weight);
    }
  };
  count(title, 3);
  for (const { text } of passages) count(text, 1);
  const frequent = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, COUNTED_TERMS)
    .map(([term]) => ({ term, isPrefix: false }));
  if (frequent.length === 0) return [];
  const { documentCount } = await readCollection(tx, userId);
  const frequencies = await readFrequencies(tx, userId, frequent);
  const weightOf = ({ term }: QueryTerm) =>
    (counts.get(term) ?? 0) * Math.log(1 + documentCount / ((frequencies.get(term) ?? 0) + 1));
  return frequent.sort((a, b) => weightOf(b) - weightOf(a)).slice(0, TERMS);
}

async function readItems(
  tx: Tx | Db,
  userId: string,
  ids: readonly string[],
): Promise<Related['items']> {
  const rows = await tx
    .select({ articleId: articles.id, title: articles.title, updatedAt: articles.updatedAt })
    .from(articles)
    .where(and(isAnyOf(articles.id, ids), eq(articles.userId, userId), isNull(articles.deletedAt)));
  const byId = new Map(rows.map((row) => [row.articleId, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
