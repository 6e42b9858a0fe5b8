import { createHash } from 'node:crypto';
import type { ImportFailure } from '@ainotebook/contract';
import {
  type PartLimits,
  type ReadItem,
  type ReadPart,
  type Source,
  SourceError,
} from '@ainotebook/convert/places';
import { schema, type Tx } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { archiveId } from '../exports/archive-ids.js';
import { collectNow } from '../files/collect-blobs.js';
import type { JobServices } from '../jobs.js';
import { fetchSource } from './fetch-source.js';
import { queueImport, readImport, SLICE_MS } from './import-jobs.js';
import { findSession, lockSession, markDuplicates, type SessionRow } from './import-rows.js';
import { joinChunks } from './receive-import.js';
import { findSource, localSource, releaseBytes } from './source-file.js';
import { findUnusedFiles, isFolder } from './unused-files.js';

const { importItems, importSessions } = schema;

/**
 * What a thread answers that read a part. `overrun`: it took too long or too much memory, and is gone, or met an error
 * that nobody foresaw, which has this name.
 */
export type Reading =
  | { kind: 'read'; part: ReadPart }
  | { kind: 'failed'; code: ImportFailure }
  | { kind: 'overrun'; error?: string };

/** Of one part. */
const ITEMS = 50;
const LENGTH = 2_000_000;
/** Where little is converted, and looking through the list for each part takes the time. A statement has 65,535 values, a row 20. */
const LISTED_ITEMS = 3_000;

type Services = Pick<
  JobServices,
  'blobs' | 'config' | 'egress' | 'prepareImage' | 'readSource' | 'nudgeJobs'
>;

/** One run of the job: parts until the slice is over, each kept before the next is read. */
export async function readSlice(services: Services, run: JobRun, sessionId: string): Promise<void> {
  try {
    let session = await findSession(run.db, sessionId);
    if (session?.status === 'receiving') {
      if (session.uploadSize === null) await fetchSource(services, run, session);
      else await joinChunks(services, run, session);
      session = await findSession(run.db, sessionId);
    }
    if (session?.status !== 'reading') return;
    await readParts(services, run, session);
  } catch (error) {
    if (!(error instanceof SourceError)) {
      // Removed meanwhile, and its source with it.
      if (!(await findSession(run.db, sessionId))) return;
      throw error;
    }
    const hashes = await run.db.transaction(async (tx) => {
      const session =
        (await lockSession(tx, sessionId, 'reading')) ??
        (await lockSession(tx, sessionId, 'receiving'));
      if (!session) return [];
      await endReading(tx, session.id, { status: 'failed', failure: error.code });
      // What cannot be read need not be kept.
      return releaseBytes(tx, session.id);
    });
    await collectNow({ db: run.db, blobs: services.blobs }, hashes);
  }
}

async function readParts(services: Services, run: JobRun, session: SessionRow): Promise<void> {
  const row = await findSource(run.db, session.id);
  if (!row) throw new SourceError('source_missing');
  const source: Source = {
    file: await localSource(services, row),
    folder: services.blobs.tempFolder,
    name: session.sourceName,
    ...(row.pageUrl === null ? {} : { page: { url: row.pageUrl, charset: row.charset } }),
  };
  const endsAt = performance.now() + SLICE_MS;
  let items = ITEMS;
  for (let at = session.readCount; ; ) {
    run.signal.throwIfAborted();
    const part: ReadPart = await readPart(services, source, { at, items });
    if (part.program === 'ainotebook' || part.program === 'joplin') items = LISTED_ITEMS;
    const isOver = performance.now() > endsAt;
    const kept = await keepPart(run, session, { at, part, isOver });
    if (isOver || typeof kept !== 'number') {
      if (kept === 'whole') await endFolder(services, run, { session, part });
      break;
    }
    at = kept;
  }
  services.nudgeJobs();
}

/** All notes of a folder are read: the files that none of them shows come last, and the preview is ready. */
async function endFolder(
  services: Services,
  run: JobRun,
  { session, part }: { session: SessionRow; part: ReadPart },
): Promise<void> {
  const paths = await findUnusedFiles(services, run, { session, program: part.program });
  await run.db.transaction(async (tx) => {
    const current = await lockSession(tx, session.id, 'reading');
    if (current?.readCount !== part.total) return;
    const rows = paths.map((path, i) =>
      toRow(session, part.total + i, { kind: 'rejected', path, reason: 'unused' }),
    );
    if (rows.length > 0) await tx.insert(importItems).values(rows);
    const count = part.total + rows.length;
    await markDuplicates(tx, session.id);
    await endReading(tx, session.id, { status: 'ready', readCount: count, totalCount: count });
  });
}

/**
 * A part from a thread. Where one item ends the thread, that item is found by reading singly, and is
 * rejected by its name.
 */
async function readPart(
  services: Services,
  source: Source,
  { at, items }: { at: number; items: number },
): Promise<ReadPart> {
  const tries: PartLimits[] = [
    { at, items, length: LENGTH },
    { at, items: 1, length: LENGTH },
    { at, items: 1, length: LENGTH, isSkipped: true },
  ];
  for (const limits of tries) {
    const reading = await services.readSource(source, limits);
    if (reading.kind === 'read') return reading.part;
    if (reading.kind === 'failed') throw new SourceError(reading.code);
  }
  throw new SourceError('too_complex');
}

/**
 * Writes a part, unless another run has.
 * @returns where to go on; `whole` when all notes of a folder are read; null when there is nothing more to do
 */
async function keepPart(
  run: JobRun,
  session: SessionRow,
  { at, part, isOver }: { at: number; part: ReadPart; isOver: boolean },
): Promise<number | 'whole' | null> {
  return run.db.transaction(async (tx) => {
    const current = await lockSession(tx, session.id, 'reading');
    if (!current || current.readCount !== at) return null;
    const rows = part.items.map((item, i) => toRow(session, at + i, item));
    if (rows.length > 0) await tx.insert(importItems).values(rows).onConflictDoNothing();
    const readCount = at + part.items.length;
    const known = { readCount, totalCount: part.total, program: part.program };
    if (part.next === null && !isFolder(part.program)) {
      await markDuplicates(tx, session.id);
      await endReading(tx, session.id, { ...known, status: 'ready' });
      return null;
    }
    await tx.update(importSessions).set(known).where(eq(importSessions.id, session.id));
    if (isOver) await queueImport(tx, readImport, session.id);
    return part.next ?? (isOver ? null : 'whole');
  });
}

async function endReading(
  tx: Tx,
  id: string,
  changes: Partial<typeof importSessions.$inferInsert>,
): Promise<void> {
  await tx.update(importSessions).set(changes).where(eq(importSessions.id, id));
}

/** Of what the item is, so that the same one is known again whichever archive it comes in. */
function hashOf({
  title,
  notebooks,
  markdown,
  archived,
}: Extract<ReadItem, { kind: 'note' }>): string {
  // In an archive of ours two notes may be alike, and are two.
  const whole = JSON.stringify([title, notebooks, markdown, ...(archived ? [archived.id] : [])]);
  return createHash('sha256').update(whole).digest('hex');
}

function toRow(
  session: SessionRow,
  position: number,
  item: ReadItem,
): typeof importItems.$inferInsert {
  const common = {
    id: v7(),
    sessionId: session.id,
    userId: session.userId,
    position,
    path: item.path.slice(0, 1_000).toWellFormed().replaceAll('\0', ''),
  };
  if (item.kind === 'rejected') {
    const { reason } = item;
    const empty = { notebooks: [], tags: [], links: [], warnings: [] };
    return { ...common, ...empty, title: '', result: 'rejected', reason };
  }
  const { title, markdown, notebooks, tags, links, warnings, createdAt, updatedAt } = item;
  const { ai, archived } = item;
  return {
    ...common,
    title,
    content: markdown,
    notebooks,
    tags,
    links,
    warnings,
    notedAt: createdAt,
    changedAt: updatedAt,
    aiDeclared: ai,
    sourceHash: hashOf(item),
    ...(archived && {
      noteId: archiveId(session.userId, archived.id),
      isPinned: archived.isPinned,
      isArchived: archived.isArchived,
    }),
    result: 'pending',
  };
}
