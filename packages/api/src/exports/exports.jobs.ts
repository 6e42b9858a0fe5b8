import { rm } from 'node:fs/promises';
import { LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { blobKey } from '@ainotebook/files';
import { handleJob, type JobHandler } from '@ainotebook/jobs';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { JobServices } from '../jobs.js';
import { notify } from '../notifications/notify.js';
import { emitWebhooks } from '../webhooks/emit.js';
import { makeExport } from './export-jobs.js';
import { type MadeArchive, makeArchive } from './make-archive.js';

const { blobs, exportArchives, exports } = schema;

const ZIP = 'application/zip';

/** Handlers of the jobs of exports. */
export function exportJobHandlers(
  services: Pick<JobServices, 'blobs' | 'nudgeJobs'>,
): JobHandler[] {
  return [
    handleJob(makeExport, async (run, { exportId }) => {
      const wanted = await findWanted(run.db, exportId);
      if (!wanted) return;
      const archive = await makeArchive(run, services.blobs, wanted);
      try {
        await keepBytes(run.db, services.blobs, archive);
      } finally {
        await rm(archive.path, { force: true });
      }
      await run.once((tx) => finish(tx, exportId, archive));
      services.nudgeJobs();
    }),
  ];
}

/** The export, unless it was given up or is ready. */
async function findWanted(db: Db, exportId: string) {
  const [row] = await db
    .select({ userId: exports.userId, kind: exports.kind, notebookId: exports.notebookId })
    .from(exports)
    .leftJoin(exportArchives, eq(exportArchives.exportId, exports.id))
    .where(and(eq(exports.id, exportId), isNull(exportArchives.exportId)));
  return row;
}

/** As with files: the row before the bytes, and both go when nothing names them. */
async function keepBytes(
  db: Db,
  store: JobServices['blobs'],
  { path, size, sha256 }: MadeArchive,
): Promise<void> {
  await db
    .insert(blobs)
    .values({ sha256, size, mediaType: ZIP })
    .onConflictDoUpdate({ target: blobs.sha256, set: { touchedAt: sql`now()` } });
  await store.put(blobKey(sha256), path, { size, mediaType: ZIP });
}

async function finish(tx: Tx, exportId: string, { sha256 }: MadeArchive): Promise<void> {
  const [row] = await tx
    .update(exports)
    .set({ expiresAt: sql`now() + ${LIMITS.exportHours} * interval '1 hour'` })
    .where(eq(exports.id, exportId))
    .returning({ userId: exports.userId, name: exports.name, expiresAt: exports.expiresAt });
  // Given up while it was made.
  if (!row) return;
  await tx.insert(exportArchives).values({ exportId, sha256 }).onConflictDoNothing();
  await notify(tx, {
    userIds: [row.userId],
    event: { kind: 'export_ready', data: { name: row.name } },
  });
  const data = { exportId, name: row.name, expiresAt: row.expiresAt.toISOString() };
  await emitWebhooks(tx, [row.userId], [{ type: 'export.finished', data }]);
}
