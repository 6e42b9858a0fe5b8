import { type EmbeddingModel, estimateTokens } from '@ainotebook/ai';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { asc, eq, type SQL, sql } from 'drizzle-orm';
import { isAnyOf } from '../articles/article-rows.js';
import { modelName } from './model-name.js';
import { passageInputs } from './passage-input.js';

const { articles, chunks, siteSettings } = schema;

/** So much is embedded without asking: what a few dozen notes have. */
const SMALL_TOKENS = 100_000;
/** Notes by which the tokens of all are estimated. */
const SAMPLE = 30;
/** What a model says of a note itself: it will say the same of the same text. */
const FINAL = ['too_long', 'refused', 'filtered'];
/** Where the model is kept whose work an administrator has allowed. */
export const APPROVED = 'embedding_approved';

type Model = Pick<EmbeddingModel, 'provider' | 'model' | 'dimensions'>;

/**
 * Indexed notes that a model was never asked about, and those whose run was lost. What failed is for `failedSql`,
 * unless the model, or the length of its vectors, is another now.
 */
export const missingSql = (model: Model): SQL => sql`
  select a.id from articles a left join article_embeddings e on e.article_id = a.id
  where a.deleted_at is null and a.indexed_revision > 0
    and (e.article_id is null or e.model <> ${modelName(model)}
      or e.dimensions <> ${model.dimensions}
      or (e.status = 'pending' and e.updated_at < now() - interval '1 day'))`;

const isOf = (model: Model): SQL =>
  sql`e.model = ${modelName(model)} and e.dimensions = ${model.dimensions}`;
/** True of failures that are over when whoever was at fault has mended it: the key, the account, the month. */
const mayPass = sql`(e.reason is null or e.reason <> all(${sql.param(FINAL)}::text[]))`;

/** Live notes of which a model made no vectors, the earliest failure first: those of an hour ago that may pass, or all that failed. */
export const failedSql = (model: Model, { isAll }: { isAll: boolean }): SQL => sql`
  select e.article_id as id from article_embeddings e join articles a on a.id = e.article_id
  where e.status = 'failed' and ${isOf(model)} and a.deleted_at is null
    ${isAll ? sql`` : sql`and ${mayPass} and e.updated_at < now() - interval '1 hour'`}
  order by e.updated_at, e.article_id`;

/** Whether a model has made vectors since it last failed for a reason that may pass. */
export async function answersAgain(db: Db | Tx, model: Model): Promise<boolean> {
  const { rows } = await db.execute<{ does: boolean | null }>(sql`
    select max(e.updated_at) filter (where e.status = 'done')
      > max(e.updated_at) filter (where e.status = 'failed' and ${mayPass}) as does
    from article_embeddings e where ${isOf(model)}`);
  return rows[0]?.does ?? false;
}

/** What the model has not seen, and whether that waits for an administrator: because it is much. */
export async function readMissing(
  db: Db | Tx,
  model: Model,
): Promise<{ articles: number; tokens: number; isWaiting: boolean }> {
  const missing = await estimateMissing(db, model);
  const isWaiting = missing.tokens > SMALL_TOKENS && !(await isApproved(db, model));
  return { ...missing, isWaiting };
}

async function isApproved(db: Db | Tx, model: Model): Promise<boolean> {
  const [row] = await db
    .select({
      model: sql<string | null>`${siteSettings.value}->>'model'`,
      dimensions: sql<number | null>`(${siteSettings.value}->>'dimensions')::int`,
    })
    .from(siteSettings)
    .where(eq(siteSettings.key, APPROVED));
  return row?.model === modelName(model) && row.dimensions === model.dimensions;
}

/** By their lengths, and by what a few of them have in tokens with all that is sent beside their text. */
async function estimateMissing(
  db: Db | Tx,
  model: Model,
): Promise<{ articles: number; tokens: number }> {
  const { rows } = await db.execute<{ articles: number; units: number }>(sql`
    with missing as (${missingSql(model)})
    select (select count(*)::int from missing) as articles,
      coalesce(sum(c.end_offset - c.start_offset), 0)::float8 as units
    from chunks c join missing on missing.id = c.article_id`);
  const { articles: count, units } = rows[0] ?? { articles: 0, units: 0 };
  if (units === 0) return { articles: count, tokens: 0 };
  const sample = await readSample(db, model);
  const share = sample.units === 0 ? 1 : units / sample.units;
  return { articles: count, tokens: Math.ceil(sample.tokens * share) };
}

async function readSample(db: Db | Tx, model: Model): Promise<{ units: number; tokens: number }> {
  const { rows } = await db.execute<{ id: string }>(
    sql`select id from (${missingSql(model)}) missing order by md5(id::text) limit ${SAMPLE}`,
  );
  const passages = await db
    .select({
      articleId: chunks.articleId,
      title: articles.title,
      id: chunks.id,
      start: chunks.start,
      end: chunks.end,
      headingPath: chunks.headingPath,
      text: chunks.text,
    })
    .from(chunks)
    .innerJoin(articles, eq(articles.id, chunks.articleId))
    .where(
      isAnyOf(
        chunks.articleId,
        rows.map(({ id }) => id),
      ),
    )
    .orderBy(asc(chunks.articleId), asc(chunks.ordinal));
  const sample = { units: 0, tokens: 0 };
  for (const { id } of rows) {
    const own = passages.filter(({ articleId }) => articleId === id);
    for (const { start, end } of own) sample.units += end - start;
    for (const { text } of passageInputs(own[0]?.title ?? '', own))
      sample.tokens += estimateTokens(text);
  }
  return sample;
}
