import { schema, type Tx } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { isAnyOf } from '../articles/article-rows.js';
import { moveToTrash } from '../articles/articles.trash.js';
import { lockLibrary } from '../articles/library-lock.js';
import type { JobServices } from '../jobs.js';
import { queueImport, SLICE_MS, undoImport } from './import-jobs.js';
import { findSession, lockSession } from './import-rows.js';

const { articles, importItems, importNotebooks, importSessions, importSources, notebooks } = schema;

const BATCH = 100;

/** One run of the job: batches of notes until the slice is over. */
export async function undoSlice(
  { nudgeJobs }: Pick<JobServices, 'nudgeJobs'>,
  run: JobRun,
  sessionId: string,
): Promise<void> {
  const session = await findSession(run.db, sessionId);
  if (session?.status !== 'undoing') return;
  const endsAt = performance.now() + SLICE_MS;
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
      await tx.delete(importSources).where(eq(importSources.sessionId, sessionId));
      await tx
        .update(importSessions)
        .set({ status: 'undone', finishedAt: sql`now()` })
        .where(eq(importSessions.id, sessionId));
      return true;
    });
    nudgeJobs();
  }
}

/** Undoes some notes. @returns how many items were settled */
async function undoBatch(
  tx: Tx,
  { id: sessionId, userId }: { id: string; userId: string },
): Promise<number> {
  const rows = await tx
    .select({
      id: importItems.id,
      articleId: articles.id,
      isTouched: sql<boolean>`coalesce(${articles.deletedAt} is null and (
        ${articles.revision} > 1
        or ${articles.status} <> case when ${importItems.isArchived} then 'archived' else 'draft' end
        or exists (select 1 from publications p where p.article_id = ${articles.id})), false)`,
    })
    .from(importItems)
    .leftJoin(articles, eq(articles.id, importItems.articleId))
    .where(and(eq(importItems.sessionId, sessionId), eq(importItems.result, 'accepted')))
    .orderBy(asc(importItems.position))
    .limit(BATCH);
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
