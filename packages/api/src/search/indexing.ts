import { setImmediate } from 'node:timers/promises';
import { type Db, schema, type Tx } from '@ainotebook/db';
import {
  chunkMarkdown,
  documentLength,
  type MarkdownChunk,
  toTsvector,
} from '@ainotebook/text/search';
import { and, asc, eq, gte, or, type SQL, sql } from 'drizzle-orm';
import { type ArticleKeys, keysOf, writeKeys } from './article-keys.js';
import { ownerLexeme } from './owner-lexeme.js';

const { articles, articleTags, chunks, tags } = schema;

/**
 * Raised when tokens, weights or what else is kept of an article change, so that what was written
 * before can be told apart: `ainotebook reindex` brings it up to date.
 */
export const INDEX_VERSION = 2;

/** Chunks tokenised before other requests of the process get their turn. */
const CHUNKS_PER_TURN = 20;
const ROWS_PER_INSERT = 200;

interface Source {
  userId: string;
  title: string;
  content: string;
  revision: number;
  isTrashed: boolean;
  tags: string[];
}

type ChunkRow = typeof chunks.$inferInsert;

/**
 * Makes the chunks of an article those of its present text; none when it is trashed or gone.
 * Repeating it changes nothing. Safe beside saves: the text is tokenised without a lock and, if a
 * save came in between, once more under the lock of the article's row.
 */
export async function indexArticle(db: Db | Tx, articleId: string): Promise<void> {
  const before = await readSource(db, articleId);
  const prepared = before ? await prepare(articleId, before) : null;
  await db.transaction(async (tx) => {
    const locked = await lockArticle(tx, articleId);
    // Chunks of a deleted article went with its row.
    if (!locked) return;
    const now = await readSource(tx, articleId);
    if (!now) return;
    const isCurrent = prepared && before && isSame(before, now);
    const { rows, keys } = isCurrent ? prepared : await prepare(articleId, now);
    await replaceChunks(tx, articleId, rows);
    const indexed = now.isTrashed ? 0 : now.revision;
    // Plain SQL: indexing is no edit and leaves updated_at alone.
    await tx.execute(sql`
      update articles set indexed_revision = ${indexed}
      where id = ${articleId} and indexed_revision <> ${indexed}`);
    await writeKeys(tx, { articleId, userId: now.userId }, keys);
  });
}

/** Everything that is kept of an article, made without touching the database. */
async function prepare(
  articleId: string,
  source: Source,
): Promise<{ rows: ChunkRow[]; keys: ArticleKeys | null }> {
  if (source.isTrashed) return { rows: [], keys: null };
  return { rows: await chunkRows(articleId, source), keys: keysOf(source) };
}

async function lockArticle(tx: Tx, articleId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: articles.id })
    .from(articles)
    .where(eq(articles.id, articleId))
    .for('no key update');
  return rows.length > 0;
}

async function readSource(db: Db | Tx, articleId: string): Promise<Source | null> {
  const [row] = await db
    .select({
      userId: articles.userId,
      title: articles.title,
      content: articles.content,
      revision: articles.revision,
      deletedAt: articles.deletedAt,
    })
    .from(articles)
    .where(eq(articles.id, articleId));
  if (!row) return null;
  const named = await db
    .select({ name: tags.name })
    .from(articleTags)
    .innerJoin(tags, eq(tags.id, articleTags.tagId))
    .where(eq(articleTags.articleId, articleId))
    .orderBy(asc(tags.name));
  const { deletedAt, ...source } = row;
  return { ...source, isTrashed: deletedAt !== null, tags: named.map(({ name }) => name) };
}

function isSame(a: Source, b: Source): boolean {
  return (
    a.revision === b.revision &&
    a.isTrashed === b.isTrashed &&
    a.title === b.title &&
    a.content === b.content &&
    a.tags.join('\n') === b.tags.join('\n')
  );
}

async function chunkRows(articleId: string, source: Source): Promise<ChunkRow[]> {
  const rows: ChunkRow[] = [];
  for (const chunk of passagesOf(source.content)) {
    if (rows.length % CHUNKS_PER_TURN === CHUNKS_PER_TURN - 1) await setImmediate();
    const fields = {
      title: source.title,
      tags: source.tags,
      headings: chunk.headingPath,
      body: chunk.text,
    };
    rows.push({
      articleId,
      userId: source.userId,
      ordinal: chunk.ordinal,
      start: chunk.start,
      end: chunk.end,
      headingPath: chunk.headingPath,
      text: chunk.text,
      length: documentLength(fields),
      tsv: `${toTsvector(fields)} ${ownerLexeme(source.userId)}`,
      indexVersion: INDEX_VERSION,
    });
  }
  return rows;
}

/** An article without text is still found by its title and tags. */
function passagesOf(content: string): MarkdownChunk[] {
  const passages = chunkMarkdown(content);
  return passages.length > 0
    ? passages
    : [{ ordinal: 0, start: 0, end: 0, headingPath: [], text: '' }];
}

/** Writes only what differs: a save that touches one passage of a long text rewrites one row. */
async function replaceChunks(tx: Tx, articleId: string, rows: readonly ChunkRow[]): Promise<void> {
  await tx
    .delete(chunks)
    .where(and(eq(chunks.articleId, articleId), gte(chunks.ordinal, rows.length)));
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    await tx
      .insert(chunks)
      .values(rows.slice(from, from + ROWS_PER_INSERT))
      .onConflictDoUpdate({
        target: [chunks.articleId, chunks.ordinal],
        set: {
          userId: excluded('user_id'),
          start: excluded('start_offset'),
          end: excluded('end_offset'),
          headingPath: excluded('heading_path'),
          text: excluded('text'),
          length: excluded('length'),
          tsv: excluded('tsv'),
          indexVersion: excluded('index_version'),
        },
        setWhere: differs(),
      });
  }
}

const excluded = (column: string): SQL => sql.raw(`excluded.${column}`);

function differs(): SQL | undefined {
  return or(
    sql`${chunks.start} <> excluded.start_offset`,
    sql`${chunks.end} <> excluded.end_offset`,
    sql`${chunks.indexVersion} <> excluded.index_version`,
    sql`${chunks.text} <> excluded.text`,
    sql`${chunks.headingPath} <> excluded.heading_path`,
    sql`${chunks.tsv} <> excluded.tsv`,
  );
}
