import { schema, type Tx } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { isAnyOf } from '../articles/article-rows.js';
import { moveToTrash } from '../articles/articles.trash.js';
import { lockLibrary } from '../articles/library-lock.js';
import { collectNow } from '../files/collect-blobs.js';
import type { JobServices } from '../jobs.js';
import { queueImport, SLICE_MS, undoImport } from './import-jobs.js';
import { findSession, lockSession, type SessionRow } from './import-rows.js';
import { releaseBytes } from './source-file.js';

const { articles, importItems, importNotebooks, importSessions, notebooks } = schema;

const BATCH = 100;

/** One run of the job: batches of notes until the slice is over. */
export async function undoSlice(
  { blobs, nudgeJobs }: Pick<JobServices, 'blobs' | 'nudgeJobs'>,
  run: JobRun,
  sessionId: string,
): Promise<void> {
  const session = await findSession(run.db, sessionId);
  if (session?.status !== 'undoing') return;
  const endsAt = performance.now() + SLICE_MS;
  let hashes: string[] = [];
  for (let isDone = false; !isDone; ) {
    run.signal.throwIfAborted();
    const isOver = performance.now() > endsAt;
    isDone = await run.db.transaction(async (tx) => {
      if (!(await lockSession(tx, sessionId, 'undoing'))) return true;
      await lockLibrary(tx, session.userId);
      const count = await undoBatch(tx, session);
      if (count === BATCH) {
        if (isOver) await queueImport(tx, undoImport, sessionId);
        return isOver;
      }
      await removeNotebooks(tx, session);
      hashes = await releaseBytes(tx, sessionId);
      await tx
        .update(importSessions)
        .set({ status: 'undone', finishedAt: sql`now()` })
        .where(eq(importSessions.id, sessionId));
      return true;
    });
    nudgeJobs();
  }
  await collectNow({ db: run.db, blobs }, hashes);
}

/**
 * What a person has done with a note since: saved, archived, pinned or published it, let somebody see it, or given it a
 * tag that it did not come with. Tags that are gone say nothing: there may have been no room for them.
 */
const isChanged = sql<boolean>`coalesce(${articles.deletedAt} is null and (
  ${articles.revision} > 1
  or ${articles.status} <> case when ${importItems.isArchived} then 'archived' else 'draft' end
  or ${articles.isPinned} <> ${importItems.isPinned}
  or exists (select 1 from publications p where p.article_id = ${articles.id})
  or exists (select 1 from publication_schedules p where p.article_id = ${articles.id})
  or exists (select 1 from shares s where s.article_id = ${articles.id})
  or exists (
    select 1 from article_tags at join tags t on t.id = at.tag_id
    where at.article_id = ${articles.id} and not exists (
      select 1 from jsonb_array_elements_text(${importItems.tags}) came
      where lower(came) = lower(t.name)))), false)`;

/** Undoes some notes. @returns how many items were settled */
async function undoBatch(tx: Tx, session: SessionRow): Promise<number> {
  const { id: sessionId, userId } = session;
  const found = await tx
    .select({
      id: importItems.id,
      path: importItems.path,
      notebooks: importItems.notebooks,
      articleId: articles.id,
      notebookId: articles.notebookId,
      deletedAt: articles.deletedAt,
      isChanged,
    })
    .from(importItems)
    .leftJoin(articles, eq(articles.id, importItems.articleId))
    .where(and(eq(importItems.sessionId, sessionId), eq(importItems.result, 'accepted')))
    .orderBy(asc(importItems.position))
    .limit(BATCH);
  const placeOf = await readPlaces(tx, session);
  const rows = found.map((row) => {
    const isHere = row.articleId !== null && row.deletedAt === null;
    return { ...row, isTouched: row.isChanged || (isHere && row.notebookId !== placeOf(row)) };
  });
  const kept = rows.filter(({ isTouched }) => isTouched);
  const gone = rows.filter(({ isTouched }) => !isTouched);
  const trashed = gone.flatMap(({ articleId }) => (articleId === null ? [] : [articleId]));
  if (trashed.length > 0) {
    // Saved in the meantime, it is changed.
    const untouched = and(isAnyOf(articles.id, trashed), eq(articles.revision, 1));
    await moveToTrash(tx, userId, untouched);
  }
  const mark = (items: typeof rows, result: 'undone' | 'kept') =>
    tx
      .update(importItems)
      .set({ result })
      .where(
        isAnyOf(
          importItems.id,
          items.map(({ id }) => id),
        ),
      );
  if (kept.length > 0) await mark(kept, 'kept');
  if (gone.length > 0) await mark(gone, 'undone');
  return rows.length;
}

/** Where the import has put each item: into the notebook of its folder, or of the nearest one around it that there is. */
async function readPlaces(
  tx: Tx,
  { id, notebookId }: SessionRow,
): Promise<(item: { path: string; notebooks: readonly string[] }) => string | null> {
  const rows = await tx
    .select({ path: importNotebooks.path, notebookId: importNotebooks.notebookId })
    .from(importNotebooks)
    .where(eq(importNotebooks.sessionId, id));
  const known = new Map(rows.map((row) => [row.path, row.notebookId]));
  const nearest = (names: readonly string[], shortest: number): string | undefined => {
    for (let length = names.length; length >= shortest; length -= 1) {
      const found = known.get(JSON.stringify(names.slice(0, length)));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return ({ path, notebooks: names }) => {
    // Of an archive of ours folders are known by their paths.
    const folders = path.split('/').slice(0, -1);
    const found = nearest(folders, folders.length) ?? nearest(names, 1) ?? nearest(folders, 1);
    return found ?? notebookId;
  };
}

/** Removes the notebooks the import made that hold nothing now, from the inside out. */
async function removeNotebooks(
  tx: Tx,
  { id: sessionId, userId }: { id: string; userId: string },
): Promise<void> {
  const made = await tx
    .select({ id: importNotebooks.notebookId, path: importNotebooks.path })
    .from(importNotebooks)
    .where(and(eq(importNotebooks.sessionId, sessionId), eq(importNotebooks.isNew, true)));
  const depth = (path: string) => (JSON.parse(path) as unknown[]).length;
  for (const { id } of made.sort((a, b) => depth(b.path) - depth(a.path))) {
    await tx
      .delete(notebooks)
      .where(
        and(
          eq(notebooks.id, id),
          eq(notebooks.userId, userId),
          sql`not exists (select 1 from notebooks c where c.parent_id = ${id})`,
          sql`not exists (select 1 from articles a where a.notebook_id = ${id} and ${isNull(sql`a.deleted_at`)})`,
        ),
      );
  }
}
