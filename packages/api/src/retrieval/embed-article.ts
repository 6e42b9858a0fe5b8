import { AiError } from '@ainotebook/ai';
import { type Db, schema, type Tx } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Embedding } from '../usage/metered-embedding.js';
import { modelName } from './model-name.js';
import { type PassageInput, passageInputs } from './passage-input.js';
import { fromBytes, signBits, toBytes, toUnit } from './vectors.js';

const { articleEmbeddings, articles, chunks, chunkVectors } = schema;

/** Vectors written in one statement. */
const ROWS_PER_INSERT = 100;

interface Work {
  /** Whose article it is. */
  userId: string;
  /** Which request this run answers; a later one has a run of its own. */
  wanted: number;
  /** Passages whose text the model has not seen. */
  unknown: PassageInput[];
  /** Passages whose text it saw at another place of the article. */
  moved: { input: PassageInput; vector: Float32Array }[];
}

/**
 * Gives the passages of an article the vectors of a model, as the article is now. Each batch is
 * kept when it comes, so that another attempt goes on behind it; a text that was embedded before is
 * not sent again. Does nothing for what is trashed or gone.
 * @throws AiError, AppError budget_spent
 */
export async function embedArticle(
  run: JobRun,
  model: Embedding,
  articleId: string,
): Promise<void> {
  const work = await readWork(run.db, model, articleId);
  if (!work) return;
  for (let from = 0; from < work.moved.length; from += ROWS_PER_INSERT) {
    await keepVectors(run.db, model, work.moved.slice(from, from + ROWS_PER_INSERT));
  }
  const size = Math.min(Math.max(1, model.maxBatch), ROWS_PER_INSERT);
  for (let from = 0; from < work.unknown.length; ) {
    const batch = work.unknown.slice(from, from + size);
    const vectors = await embedPassages(model, batch, { userId: work.userId, signal: run.signal });
    await keepVectors(
      run.db,
      model,
      batch.flatMap((input, index) => {
        const vector = vectors[index];
        return vector ? [{ input, vector }] : [];
      }),
    );
    from += vectors.length;
  }
  await run.once(async (tx) => {
    await tx
      .update(articleEmbeddings)
      .set({
        status: 'done',
        reason: null,
        model: modelName(model),
        dimensions: model.dimensions,
        updatedAt: sql`now()`,
      })
      .where(
        and(eq(articleEmbeddings.articleId, articleId), eq(articleEmbeddings.wanted, work.wanted)),
      );
  });
}

async function readWork(db: Db, model: Embedding, articleId: string): Promise<Work | null> {
  const [article] = await db
    .select({
      title: articles.title,
      userId: articles.userId,
      wanted: articleEmbeddings.wanted,
    })
    .from(articles)
    .innerJoin(articleEmbeddings, eq(articleEmbeddings.articleId, articles.id))
    .where(and(eq(articles.id, articleId), isNull(articles.deletedAt)));
  if (!article) return null;
  const passages = await db
    .select({ id: chunks.id, headingPath: chunks.headingPath, text: chunks.text })
    .from(chunks)
    .where(eq(chunks.articleId, articleId))
    .orderBy(asc(chunks.ordinal));
  const kept = await db
    .select({ chunkId: chunkVectors.chunkId, hash: chunkVectors.inputHash })
    .from(chunkVectors)
    .where(sameModel(model, articleId));
  const hashes = new Map(kept.map(({ chunkId, hash }) => [chunkId, hash]));
  const lacking = passageInputs(article.title, passages).filter(
    ({ chunkId, hash }) => hashes.get(chunkId) !== hash,
  );
  const known = new Set(kept.map(({ hash }) => hash));
  const isKnown = lacking.some(({ hash }) => known.has(hash));
  const vectors = isKnown ? await readVectors(db, model, articleId) : new Map();
  return {
    userId: article.userId,
    wanted: article.wanted,
    unknown: lacking.filter(({ hash }) => !known.has(hash)),
    moved: lacking.flatMap((input) => {
      const vector = vectors.get(input.hash);
      return vector ? [{ input, vector }] : [];
    }),
  };
}

const sameModel = (model: Embedding, articleId: string) =>
  and(
    eq(chunkVectors.articleId, articleId),
    eq(chunkVectors.model, modelName(model)),
    eq(chunkVectors.dimensions, model.dimensions),
  );

/** The vectors of an article by the hash of what was embedded. */
async function readVectors(
  db: Db,
  model: Embedding,
  articleId: string,
): Promise<Map<string, Float32Array>> {
  const rows = await db
    .select({ hash: chunkVectors.inputHash, vector: chunkVectors.vector })
    .from(chunkVectors)
    .where(sameModel(model, articleId));
  return new Map(rows.map(({ hash, vector }) => [hash, fromBytes(vector)]));
}

/** Vectors of the first passages, at least one. */
async function embedPassages(
  model: Embedding,
  batch: readonly PassageInput[],
  by: { userId: string; signal: AbortSignal },
): Promise<Float32Array[]> {
  const texts = batch.map(({ text }) => text);
  const { vectors } = await model.embed(texts, { kind: 'passage', ...by });
  const fits = (vector: Float32Array) =>
    vector.length === model.dimensions && vector.every(Number.isFinite);
  const isSome = vectors.length > 0 && vectors.length <= batch.length;
  if (!isSome || !vectors.every(fits)) {
    throw new AiError('bad_answer', 'The vectors do not fit the model', model.provider);
  }
  return vectors.map(toUnit);
}

/** Writes vectors of passages that are still there. A passage that changed meanwhile waits for its own run. */
async function keepVectors(
  db: Db | Tx,
  model: Embedding,
  rows: readonly { input: PassageInput; vector: Float32Array }[],
): Promise<void> {
  const column = <T>(pick: (row: (typeof rows)[number]) => T) => sql.param(rows.map(pick));
  await db.execute(sql`
    insert into chunk_vectors
      (chunk_id, article_id, user_id, model, dimensions, input_hash, bits, vector)
    select c.id, c.article_id, c.user_id, ${modelName(model)}, ${model.dimensions}::int, new.hash,
      new.bits::varbit, new.vector
    from unnest(
      ${column(({ input }) => input.chunkId)}::uuid[],
      ${column(({ input }) => input.hash)}::text[],
      ${column(({ vector }) => signBits(vector))}::text[],
      ${column(({ vector }) => toBytes(vector))}::bytea[]
    ) as new(chunk_id, hash, bits, vector)
    join chunks c on c.id = new.chunk_id
    for key share of c
    on conflict (chunk_id) do update
    set model = excluded.model, dimensions = excluded.dimensions,
      input_hash = excluded.input_hash, bits = excluded.bits, vector = excluded.vector`);
}
