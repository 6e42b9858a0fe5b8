import * as C from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { enqueuePart } from '@ainotebook/jobs';
import { and, eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { rememberModel } from '../provenance/provenance.service.js';
import { articleClass } from '../publications/page-cache.js';
import { processArticle } from '../search/search.jobs.js';
import { ownLive, textColumns } from './article-rows.js';

const { articles, revisions } = schema;

/** What a save answers, and what public pages show of the row it left; the latter of this save only. */
interface Written {
  result: C.SaveResult;
  shown?: { ver: bigint; value: { views: number } };
}

/** A text on its way into an article. */
interface Write {
  id: string;
  userId: string;
  /** The revision the text was written on. */
  base: number;
  kind: 'save' | 'restore';
  text: ReturnType<typeof textColumns>;
}

/**
 * The whole of a usual save in one statement, which is its own transaction: the article, its new
 * revision and the index job. Nothing is written when the base is stale or the text is the same: a
 * concurrent save is waited for, and the conditions are checked again on the row it left.
 * @returns undefined when nothing was written.
 */
async function writeText(
  db: Db | Tx,
  { id, userId, base, kind, text }: Write,
): Promise<Written | undefined> {
  const columns = {
    revision: articles.revision,
    updatedAt: articles.updatedAt,
    status: articles.status,
    ver: articles.ver,
    views: articles.views,
  };
  // clock_timestamp(), not now(): a save that waited for another must not be dated before it.
  const saved = db.$with('saved', columns).as(sql`
    update ${articles} set title = ${text.title}, content = ${text.content},
      content_hash = ${text.contentHash}, excerpt = ${text.excerpt},
      word_count = ${text.wordCount}, open_tasks = ${text.openTasks}, revision = revision + 1, updated_at = clock_timestamp()
    where id = ${id} and user_id = ${userId} and deleted_at is null
      and revision = ${base} and content_hash <> ${text.contentHash}
    returning id, revision, title, content, content_hash, word_count, updated_at, status, ver, views`);
  const kept = db.$with('kept', {}).as(sql`
    insert into ${revisions}
      (id, article_id, number, kind, title, content, content_hash, word_count, created_at)
    select ${v7()}::uuid, id, revision, ${kind}, title, content, content_hash, word_count, updated_at
    from saved`);
  const job = { payload: { articleId: id }, dedupeKey: id };
  const queued = db.$with('queued', {}).as(enqueuePart(processArticle, job, sql`saved`));
  const [row] = await db
    .with(saved, kept, queued)
    .select()
    .from(saved)
    // Named, so that each connection plans it once: planning took a third of the database's time.
    .prepare('articles.save')
    .execute();
  if (!row) return undefined;
  const { revision, updatedAt: savedAt, status, ver, views } = row;
  return {
    result: { status: 'saved', revision, contentHash: text.contentHash, savedAt },
    ...(status === 'published' && { shown: { ver, value: { views } } }),
  };
}

/** Why nothing was written, decided with the article locked. */
async function settle(tx: Tx, write: Write): Promise<C.SaveResult> {
  const { id, userId, base, text } = write;
  const [current] = await tx
    .select({
      title: articles.title,
      content: articles.content,
      contentHash: articles.contentHash,
      revision: articles.revision,
      savedAt: articles.updatedAt,
    })
    .from(articles)
    .where(ownLive(userId, id))
    .for('update');
  if (!current) throw notFound('Article');
  const { revision, contentHash, savedAt } = current;
  if (contentHash === text.contentHash) return { status: 'saved', revision, contentHash, savedAt };
  if (base > revision) {
    throw new AppError('bad_input', `The article is at revision ${revision}, before the base`);
  }
  if (base === revision) {
    // It came out of the trash in between.
    const saved = await writeText(tx, write);
    if (saved) return saved.result;
  }
  // Sent again after its answer was lost, and changed since: what it wrote is in the history.
  const [before] = await tx
    .select({ savedAt: revisions.createdAt })
    .from(revisions)
    .where(
      and(
        eq(revisions.articleId, id),
        eq(revisions.number, base + 1),
        eq(revisions.kind, 'save'),
        eq(revisions.contentHash, text.contentHash),
      ),
    );
  if (before) {
    const { savedAt } = before;
    return { status: 'saved', revision: base + 1, contentHash: text.contentHash, savedAt };
  }
  return { status: 'conflict', current, kept: { revisionId: await keepLoser(tx, write) } };
}

/** Keeps a losing text as a revision, once however often it is sent. @returns the revision's id */
async function keepLoser(tx: Tx, { id, base, text }: Write): Promise<string> {
  const { title, content, contentHash, wordCount } = text;
  const row = { articleId: id, number: base, kind: 'conflict' as const, contentHash };
  const [kept] = await tx
    .insert(revisions)
    .values({ ...row, id: v7(), title, content, wordCount })
    .onConflictDoNothing()
    .returning({ id: revisions.id });
  if (kept) return kept.id;
  const [known] = await tx
    .select({ id: revisions.id })
    .from(revisions)
    .where(
      and(
        eq(revisions.articleId, row.articleId),
        eq(revisions.number, row.number),
        eq(revisions.kind, row.kind),
        eq(revisions.contentHash, row.contentHash),
      ),
    );
  if (!known) throw new AppError('unavailable', 'The article is being changed; try again');
  return known.id;
}

/**
 * Saves text written on `baseRevision`. A text equal to the present one changes nothing; a text on
 * a stale base is kept as a revision and answered with the present text. What pages show of a published
 * article is written through the cache, so that an author who writes does not send its readers to Postgres.
 * @throws AppError not_found, bad_input (a base the article has not reached)
 */
export async function saveArticle(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'cache' | 'nudgeJobs'>,
  input: C.SaveArticleInput,
): Promise<C.SaveResult> {
  const since = performance.now();
  const write: Write = {
    id: input.id,
    userId: ctx.auth.userId,
    base: input.baseRevision,
    kind: 'save',
    text: textColumns(input.data),
  };
  const written = await writeText(ctx.db, write);
  if (written?.shown) ctx.cache.write(articleClass, write.id, written.shown, since);
  const result = written?.result ?? (await ctx.db.transaction((tx) => settle(tx, write)));
  if (result.status === 'saved') ctx.nudgeJobs();
  return result;
}

/** Makes a former text the present one, as a new revision. @throws AppError not_found */
export function restoreText(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  id: string,
  text: { title: string; content: string },
): Promise<C.SaveResult> {
  return rewrite(ctx, { id, kind: 'restore' }, async () => text);
}

/**
 * Writes on below the present text, whoever else writes at the moment.
 * @throws AppError not_found, too_large (both texts together)
 */
export function appendText(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request' | 'nudgeJobs'>,
  { id, content: more }: C.AppendArticleInput,
): Promise<C.SaveResult> {
  return rewrite(ctx, { id, kind: 'save' }, async ({ title, content: present }, tx) => {
    const end = present.trimEnd();
    const content = end === '' ? more : `${end}\n\n${more}`;
    if (C.utf8Length(content) > C.LIMITS.contentBytes) {
      throw new AppError('too_large', 'The article has no room for this text');
    }
    await rememberModel(tx, ctx, { articleId: id, text: more, around: present });
    return { title, content };
  });
}

type Text = { title: string; content: string };

/** Makes another text of the present one, with the article locked. */
async function rewrite(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>,
  { id, kind }: Pick<Write, 'id' | 'kind'>,
  textOf: (present: Text, tx: Tx) => Promise<Text>,
): Promise<C.SaveResult> {
  const { userId } = ctx.auth;
  const result = await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .select({ base: articles.revision, title: articles.title, content: articles.content })
      .from(articles)
      .where(ownLive(userId, id))
      .for('update');
    if (!row) throw notFound('Article');
    const text = textColumns(await textOf(row, tx));
    const write: Write = { id, userId, base: row.base, kind, text };
    return (await writeText(tx, write))?.result ?? (await settle(tx, write));
  });
  ctx.nudgeJobs();
  return result;
}
