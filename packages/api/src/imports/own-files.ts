import type { ImportRejection, ImportWarning } from '@ainotebook/contract';
import type { ArchivedAttachment } from '@ainotebook/convert/places';
import { type Db, schema } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { and, eq, inArray } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Attachment } from './attachments.js';
import { queueImport, runImport } from './import-jobs.js';
import { lockSession, type SessionRow } from './import-rows.js';

const { files, importItems, importSessions } = schema;

/** Files looked at between two transactions. */
const BATCH = 20;

/** Why a file is no item, by what a note that shows it would be warned of. */
const REASONS: Partial<Record<ImportWarning['code'], ImportRejection>> = {
  attachment_missing: 'gone',
  attachment_not_taken: 'unsupported',
  attachment_too_large: 'too_large',
  attachment_no_room: 'no_room',
};

interface Work {
  session: SessionRow;
  attachments: readonly ArchivedAttachment[];
  attach(path: string): Promise<Attachment>;
  /** Of `performance.now()`. */
  endsAt: number;
}

/**
 * Keeps the files of an archive of ours that no note has brought; what cannot be kept becomes an item
 * that says why. @returns false when another run goes on, or none
 */
export async function keepOwnFiles(
  run: JobRun,
  { session, attachments, attach, endsAt }: Work,
): Promise<boolean> {
  for (let at = session.attachedCount; at < attachments.length; at += BATCH) {
    run.signal.throwIfAborted();
    const batch = attachments.slice(at, at + BATCH);
    const present = await hashesOf(run.db, session.userId, batch);
    const rejected: (typeof importItems.$inferInsert)[] = [];
    for (const [i, { sha256, path }] of batch.entries()) {
      const kept = present.has(sha256) ? null : await attach(path);
      if (kept?.kind !== 'none') continue;
      rejected.push({
        id: v7(),
        sessionId: session.id,
        userId: session.userId,
        position: (session.totalCount ?? 0) + at + i,
        path,
        title: '',
        notebooks: [],
        tags: [],
        links: [],
        warnings: [],
        result: 'rejected',
        reason: REASONS[kept.warning.code] ?? 'damaged',
      });
    }
    const isOver = performance.now() > endsAt;
    const goesOn = await run.db.transaction(async (tx) => {
      if (!(await lockSession(tx, session.id, 'running'))) return false;
      if (rejected.length > 0) await tx.insert(importItems).values(rejected).onConflictDoNothing();
      await tx
        .update(importSessions)
        .set({ attachedCount: at + batch.length })
        .where(eq(importSessions.id, session.id));
      if (isOver) await queueImport(tx, runImport, session.id);
      return !isOver;
    });
    if (!goesOn) return false;
  }
  return true;
}

async function hashesOf(
  db: Db,
  userId: string,
  batch: readonly ArchivedAttachment[],
): Promise<ReadonlySet<string>> {
  const hashes = batch.map(({ sha256 }) => sha256);
  const rows = await db
    .select({ sha256: files.sha256 })
    .from(files)
    .where(and(eq(files.userId, userId), inArray(files.sha256, hashes)));
  return new Set(rows.map(({ sha256 }) => sha256));
}
