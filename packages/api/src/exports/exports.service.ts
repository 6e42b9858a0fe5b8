import { type CreateExportInput, type Export, LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { blobKey } from '@ainotebook/files';
import { cancelJob, enqueue, type JobState, readJobs } from '@ainotebook/jobs';
import { and, desc, eq, gt, lt, ne, type SQL, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { priorityFor } from '../billing/job-priority.js';
import type { Auth, AuthedContext, Services } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { makeExport } from './export-jobs.js';

const { blobs, exportArchives, exports, notebooks } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

/** How long an export may wait and be made before it counts as lost. */
const UNFINISHED_HOURS = 72;

const columns = {
  id: exports.id,
  kind: exports.kind,
  name: exports.name,
  jobId: exports.jobId,
  size: blobs.size,
  createdAt: exports.createdAt,
  expiresAt: exports.expiresAt,
};

/** The caller's exports. What the server keeps of a person is closed to API keys, and so are archives with it. */
const ownExports = ({ userId, key }: Pick<Auth, 'userId' | 'key'>): SQL | undefined =>
  and(eq(exports.userId, userId), key ? ne(exports.kind, 'account') : undefined);

async function readExports(db: Db | Tx, auth: Pick<Auth, 'userId' | 'key'>): Promise<Export[]> {
  const { userId } = auth;
  const rows = await db
    .select(columns)
    .from(exports)
    .leftJoin(exportArchives, eq(exportArchives.exportId, exports.id))
    .leftJoin(blobs, eq(blobs.sha256, exportArchives.sha256))
    .where(and(ownExports(auth), gt(exports.expiresAt, sql`now()`)))
    .orderBy(desc(exports.id))
    .limit(LIMITS.exportsPerUser);
  const unfinished = rows.filter(({ size }) => size === null).map(({ jobId }) => jobId);
  const jobs = unfinished.length > 0 ? await readJobs(db, { ids: unfinished, userId }) : [];
  const jobOf = new Map(jobs.map((job) => [job.id, job]));
  return rows.map(({ jobId, ...row }) => ({
    ...row,
    name: `${row.name}.zip`,
    ...stateOf(row.size, jobOf.get(jobId)),
    url: row.size === null ? null : `/api/exports/${row.id}`,
  }));
}

function stateOf(
  size: number | null,
  job: JobState | undefined,
): Pick<Export, 'status' | 'progress'> {
  if (size !== null) return { status: 'ready', progress: null };
  switch (job?.status) {
    case 'waiting':
    case 'running':
      return { status: job.status, progress: job.progress };
    case 'done':
      // It has ended since the archive was looked for: the next look finds that.
      return { status: 'running', progress: job.progress };
    default:
      return { status: 'failed', progress: null };
  }
}

/**
 * Has an archive made. What the caller had beyond the number that is kept goes, the oldest first.
 * @throws AppError not_found (the notebook), limit_reached (another one is being made), forbidden (the account, by key)
 */
export async function createExport(
  ctx: Caller & Pick<AuthedContext, 'config' | 'nudgeJobs'>,
  input: CreateExportInput,
): Promise<Export> {
  const { userId, key } = ctx.auth;
  if (key && input.kind === 'account') {
    throw new AppError('forbidden', 'No API key exports the account');
  }
  // Also what is closed to the caller takes a place.
  const owner = { userId };
  const made = await ctx.db.transaction(async (tx) => {
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`exports ${userId}`}, 0))`,
    );
    const notebookId = input.kind === 'notebook' ? input.notebookId : null;
    const name = notebookId ? await notebookName(tx, userId, notebookId) : ctx.config.appName;
    const present = await readExports(tx, owner);
    if (present.some(({ status }) => status === 'waiting' || status === 'running')) {
      throw new AppError('limit_reached', 'Another export is being made; wait until it is ready');
    }
    for (const { id } of present.slice(LIMITS.exportsPerUser - 1)) {
      await tx.delete(exports).where(eq(exports.id, id));
    }
    const id = v7();
    const priority = await priorityFor(tx, userId, 5);
    const options = { ownerId: userId, priority };
    const jobId = await enqueue(tx, makeExport, { exportId: id, userId }, options);
    if (jobId === null) throw new Error('an export without a key was not queued');
    await tx.insert(exports).values({
      id,
      userId,
      kind: input.kind,
      notebookId,
      name: `${name} ${new Date().toISOString().slice(0, 10)}`,
      jobId,
      expiresAt: sql`now() + ${UNFINISHED_HOURS} * interval '1 hour'`,
    });
    const [row] = await readExports(tx, owner);
    if (!row) throw new Error('the insert of an export left no row');
    return row;
  });
  ctx.nudgeJobs();
  return made;
}

async function notebookName(tx: Db | Tx, userId: string, id: string): Promise<string> {
  const [row] = await tx
    .select({ name: notebooks.name })
    .from(notebooks)
    .where(and(eq(notebooks.id, id), eq(notebooks.userId, userId)))
    .for('key share');
  if (!row) throw notFound('Notebook');
  return row.name;
}

/** The caller's exports that have not expired, newest first. */
export async function listExports({ db, auth }: Caller): Promise<{ items: Export[] }> {
  return { items: await readExports(db, auth) };
}

/** Removes an export of the caller, and ends its making. @throws AppError not_found */
export async function removeExport({ db, auth }: Caller, { id }: { id: string }): Promise<void> {
  const { userId } = auth;
  const [gone] = await db
    .delete(exports)
    .where(and(eq(exports.id, id), ownExports(auth)))
    .returning({ jobId: exports.jobId });
  if (!gone) throw notFound('Export');
  await cancelJob(db, { id: gone.jobId, userId });
}

/** Removes the exports whose time is over; their bytes follow. @returns how many */
export async function pruneExports(db: Db): Promise<number> {
  const { rowCount } = await db.delete(exports).where(lt(exports.expiresAt, sql`now()`));
  return rowCount ?? 0;
}

/** An archive that its owner may load. */
export interface OpenedExport {
  name: string;
  /** Bytes. */
  size: number;
  /** Name in the store. */
  key: string;
}

/** The archive of an export, for its owner alone. */
export async function openExport(
  { db }: Pick<Services, 'db'>,
  auth: Pick<Auth, 'userId' | 'key'>,
  id: string,
): Promise<OpenedExport | null> {
  const [row] = await db
    .select({ name: exports.name, size: blobs.size, sha256: blobs.sha256 })
    .from(exports)
    .innerJoin(exportArchives, eq(exportArchives.exportId, exports.id))
    .innerJoin(blobs, eq(blobs.sha256, exportArchives.sha256))
    .where(and(eq(exports.id, id), ownExports(auth), gt(exports.expiresAt, sql`now()`)));
  return row ? { name: `${row.name}.zip`, size: row.size, key: blobKey(row.sha256) } : null;
}
