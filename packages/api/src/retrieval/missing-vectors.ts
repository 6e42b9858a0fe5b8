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
/** Where the model is kept whose work an administrator has allowed. */
export const APPROVED = 'embedding_approved';

type Model = Pick<EmbeddingModel, 'provider' | 'model' | 'dimensions'>;

/**
 * Indexed notes that a model was never asked about, and those whose run was lost. What failed waits for its
 * owner, unless the model, or the length of its vectors, is another now.
 */
export const missingSql = (model: Model): SQL => sql`
  select a.id from articles a left join article_embeddings e on e.article_id = a.id
  where a.deleted_at is null and a.indexed_revision > 0
    and (e.article_id is null or e.model <> ${modelName(model)}
      or e.dimensions <> ${model.dimensions}
      or (e.status = 'pending' and e.updated_at < now() - interval '1 day'))`;

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
