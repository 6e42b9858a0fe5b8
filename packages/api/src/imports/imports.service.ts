import type * as C from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { requireOwnNotebooks } from '../articles/article-rows.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { collectNow } from '../files/collect-blobs.js';
import { decodeCursor, toPage } from '../pagination.js';
import { insertSession } from './create-import.js';
import { queueImport, readImport, runImport, undoImport } from './import-jobs.js';
import { markDuplicates, ownSession, readSession, sessionColumns } from './import-rows.js';
import { releaseBytes } from './source-file.js';

const { importItems, importSessions } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;
type Worker = Pick<AuthedContext, 'db' | 'auth' | 'nudgeJobs'>;
type Status = C.ImportStatus;

/** The caller's imports, newest first. @throws AppError bad_input */
export async function listImports(
  { db, auth }: Caller,
  { limit, cursor }: C.ListImportsInput,
): Promise<{ items: C.ImportSession[]; nextCursor: string | null }> {
  const after = cursor ? decodeCursor(cursor, z.tuple([z.uuid()]))[0] : null;
  const rows = await db
    .select(sessionColumns)
    .from(importSessions)
    .where(
      and(
        eq(importSessions.userId, auth.userId),
        after === null ? undefined : lt(importSessions.id, after),
      ),
    )
    .orderBy(desc(importSessions.id))
    .limit(limit + 1);
  return toPage(rows, limit, { keyOf: (row) => [row.id], itemOf: (row) => row });
}

/** @throws AppError not_found */
export function getImport({ db, auth }: Caller, { id }: { id: string }): Promise<C.ImportSession> {
  return readSession(db, auth.userId, id);
}

/** Items of one of the caller's imports, in the order of the source. @throws AppError not_found, bad_input */
export async function listImportItems(
  { db, auth }: Caller,
  { id, result, hasWarnings, limit, cursor }: C.ListImportItemsInput,
): Promise<{ items: C.ImportItem[]; nextCursor: string | null }> {
  await readSession(db, auth.userId, id);
  const after = cursor ? decodeCursor(cursor, z.tuple([z.int32()]))[0] : -1;
  const rows = await db
    .select({
      id: importItems.id,
      position: importItems.position,
      path: importItems.path,
      title: importItems.title,
      notebooks: importItems.notebooks,
      result: importItems.result,
      reason: importItems.reason,
      warnings: importItems.warnings,
      articleId: importItems.articleId,
    })
    .from(importItems)
    .where(
      and(
        eq(importItems.sessionId, id),
        gt(importItems.position, after),
        result ? eq(importItems.result, result) : undefined,
        hasWarnings ? sql`${importItems.warnings} <> '[]'::jsonb` : undefined,
      ),
    )
    .orderBy(asc(importItems.position))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.position],
    itemOf: ({ position: _, ...item }) => item,
  });
}

/** Makes an import of an address, which a job fetches. @throws AppError limit_reached */
export async function createImport(
  { db, config, auth, nudgeJobs }: Worker & Pick<AuthedContext, 'config'>,
  { url }: C.CreateImportInput,
): Promise<C.ImportSession> {
  const { userId } = auth;
  const session = await db.transaction(async (tx) => {
    const row = { userId, status: 'receiving' as const, sourceName: url, isAddress: true };
    const id = await insertSession({ db: tx, config }, row, 0);
    await queueImport(tx, readImport, id);
    return readSession(tx, userId, id);
  });
  nudgeJobs();
  return session;
}

/** The status of a session, whose row is locked. @throws AppError not_found */
async function lockStatus(tx: Tx, userId: string, id: string): Promise<Status> {
  const [row] = await tx
    .select({ status: importSessions.status })
    .from(importSessions)
    .where(ownSession(userId, id))
    .for('update');
  if (!row) throw notFound('Import');
  return row.status;
}

/** Takes a session from one status to another; one that is there already stays. @throws AppError not_found, conflict */
async function move(
  { db, auth, nudgeJobs }: Worker,
  { id, from, to }: { id: string; from: readonly Status[]; to: Status },
  effect: (tx: Tx) => Promise<Partial<typeof importSessions.$inferInsert>>,
): Promise<C.ImportSession> {
  const session = await db.transaction(async (tx) => {
    const status = await lockStatus(tx, auth.userId, id);
    if (status !== to) {
      if (!from.includes(status)) throw new AppError('conflict', `The import is ${status}`);
      const changes = await effect(tx);
      await tx
        .update(importSessions)
        .set({ ...changes, status: to })
        .where(ownSession(auth.userId, id));
    }
    return readSession(tx, auth.userId, id);
  });
  nudgeJobs();
  return session;
}

/**
 * Makes notes of what the preview shows; one that runs already stays as it is.
 * @throws AppError not_found (import, notebook), conflict (it is not ready)
 */
export function startImport(ctx: Worker, input: C.StartImportInput): Promise<C.ImportSession> {
  const { id, notebookId } = input;
  return move(ctx, { id, from: ['ready'], to: 'running' }, async (tx) => {
    await requireOwnNotebooks(tx, ctx.auth.userId, [notebookId]);
    await markDuplicates(tx, id);
    await queueImport(tx, runImport, id);
    return { notebookId, startedAt: new Date() };
  });
}

/** Stops a running import between two notes. @throws AppError not_found, conflict */
export function pauseImport(ctx: Worker, { id }: { id: string }): Promise<C.ImportSession> {
  return move(ctx, { id, from: ['running'], to: 'paused' }, async () => ({}));
}

/** Lets a paused import go on. @throws AppError not_found, conflict */
export function resumeImport(ctx: Worker, { id }: { id: string }): Promise<C.ImportSession> {
  return move(ctx, { id, from: ['paused'], to: 'running' }, async (tx) => {
    await queueImport(tx, runImport, id);
    return {};
  });
}

/**
 * Puts the notes of an import into the trash, those left alone that were changed since or published,
 * and removes the notebooks it made that are empty then. @throws AppError not_found, conflict
 */
export function undoImportSession(ctx: Worker, { id }: { id: string }): Promise<C.ImportSession> {
  return move(ctx, { id, from: ['running', 'paused', 'done'], to: 'undoing' }, async (tx) => {
    await queueImport(tx, undoImport, id);
    return {};
  });
}

const REMOVABLE: readonly Status[] = [
  'receiving',
  'reading',
  'ready',
  'paused',
  'done',
  'failed',
  'undone',
];

/** Forgets an import; the notes it made stay, its source goes at once. @throws AppError not_found, conflict (it is running) */
export async function removeImport(
  { db, auth, blobs }: Caller & Pick<AuthedContext, 'blobs'>,
  { id }: { id: string },
): Promise<void> {
  const hashes = await db.transaction(async (tx) => {
    const status = await lockStatus(tx, auth.userId, id);
    if (!REMOVABLE.includes(status))
      throw new AppError('conflict', 'The import is running; pause it first');
    const held = await releaseBytes(tx, id);
    await tx.delete(importSessions).where(ownSession(auth.userId, id));
    return held;
  });
  await collectNow({ db, blobs }, hashes);
}
