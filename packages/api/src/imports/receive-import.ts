import { rm } from 'node:fs/promises';
import type { ImportSession, ReceiveImportInput } from '@ainotebook/contract';
import { SourceError } from '@ainotebook/convert/places';
import { schema } from '@ainotebook/db';
import { type BlobStore, blobKey, type ReceivedBytes, receiveAnyStream } from '@ainotebook/files';
import type { JobRun } from '@ainotebook/jobs';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { AuthedContext, Services } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { collectNow } from '../files/collect-blobs.js';
import { insertSession, keepSource, shownName } from './create-import.js';
import { queueImport, readImport } from './import-jobs.js';
import { lockSession, ownSession, readSession, type SessionRow } from './import-rows.js';

const { importChunks, importSessions, importSources } = schema;

/** The part that came is not the one that is missing. */
export class WrongOffset extends AppError {
  /** @param offset bytes that are here: where the part that is missing begins */
  constructor(readonly offset: number) {
    super('conflict', `The part that is missing begins at byte ${offset}`);
  }
}

/** Makes an import of a file that will come in parts. @throws AppError too_large, limit_reached */
export function receiveImport(
  { db, config, auth }: Pick<AuthedContext, 'db' | 'config' | 'auth'>,
  { name, size }: ReceiveImportInput,
): Promise<ImportSession> {
  const { maxImportBytes } = config;
  if (size > maxImportBytes)
    throw new AppError('too_large', `The file is too large; at most ${maxImportBytes} bytes`);
  const { userId } = auth;
  return db.transaction(async (tx) => {
    const common = { userId, sourceName: shownName(name), isAddress: false, uploadSize: size };
    const row = { ...common, status: 'receiving' as const };
    const id = await insertSession({ db: tx, config }, row, size);
    return readSession(tx, userId, id);
  });
}

/**
 * The part of a person's file that is missing.
 * @param start where the part begins that is being sent
 * @throws AppError not_found, WrongOffset, conflict (no file is coming, or all of it is here)
 */
export async function findGap(
  { db }: Pick<Services, 'db'>,
  { userId, id }: { userId: string; id: string },
  start: number,
): Promise<{ start: number; bytes: number }> {
  const { upload } = await readSession(db, userId, id);
  if (!upload) throw new AppError('conflict', 'This import takes no more of a file');
  const { size, received, chunkBytes } = upload;
  if (start !== received || received === size) throw new WrongOffset(received);
  return { start, bytes: Math.min(chunkBytes, size - received) };
}

/**
 * Keeps a part, and removes it from where it was received. Of several that are sent for the same place one is kept;
 * after the last a job makes the file whole and reads it.
 * @throws AppError not_found, WrongOffset; StorageFullError
 */
export async function keepChunk(
  services: Pick<Services, 'db' | 'blobs' | 'nudgeJobs'>,
  { userId, id }: { userId: string; id: string },
  { start, received }: { start: number; received: ReceivedBytes },
): Promise<ImportSession> {
  try {
    await keepSource(services, received);
  } finally {
    await rm(received.path, { force: true });
  }
  const { sha256, size } = received;
  const session = await services.db.transaction(async (tx) => {
    const [row] = await tx
      .update(importSessions)
      .set({ uploadReceived: sql`${importSessions.uploadReceived} + ${size}` })
      .where(
        and(
          ownSession(userId, id),
          eq(importSessions.status, 'receiving'),
          eq(importSessions.uploadReceived, start),
        ),
      )
      .returning({ isWhole: sql<boolean>`${importSessions.uploadReceived} = upload_size` });
    // Another request was first, or the import is gone.
    if (!row) return null;
    await tx.insert(importChunks).values({ sessionId: id, start, sha256 });
    if (row.isWhole) await queueImport(tx, readImport, id);
    return readSession(tx, userId, id);
  });
  services.nudgeJobs();
  if (session) return session;
  await collectNow(services, [sha256]);
  await findGap(services, { userId, id }, start);
  throw notFound('Import');
}

async function* bytesOf(
  blobs: BlobStore,
  chunks: readonly { sha256: string }[],
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for (const { sha256 } of chunks) {
    signal.throwIfAborted();
    const body = await blobs.open(blobKey(sha256));
    if (!body) throw new SourceError('source_missing');
    yield* body as AsyncIterable<Buffer>;
  }
}

/**
 * Makes the parts of a session one source, which is kept in their place; nothing to do while some are missing.
 * Another run may do the same: the one that ends first is believed. @throws SourceError
 */
export async function joinChunks(
  { blobs }: Pick<Services, 'blobs'>,
  run: JobRun,
  session: SessionRow,
): Promise<void> {
  if (session.uploadReceived !== session.uploadSize) return;
  const chunks = await run.db
    .select({ sha256: importChunks.sha256 })
    .from(importChunks)
    .where(eq(importChunks.sessionId, session.id))
    .orderBy(asc(importChunks.start));
  // Another run was first.
  if (chunks.length === 0) return;
  const { tempFolder } = blobs;
  const name = session.sourceName;
  const whole = await receiveAnyStream(bytesOf(blobs, chunks, run.signal), { tempFolder, name });
  try {
    if (whole.size !== session.uploadSize) throw new SourceError('source_missing');
    await keepSource({ db: run.db, blobs }, whole);
  } finally {
    await rm(whole.path, { force: true });
  }
  const { sha256, size } = whole;
  await run.db.transaction(async (tx) => {
    if (!(await lockSession(tx, session.id, 'receiving'))) return;
    const sessionId = session.id;
    await tx.insert(importSources).values({ sessionId, sha256, size }).onConflictDoNothing();
    await tx.delete(importChunks).where(eq(importChunks.sessionId, sessionId));
    await tx
      .update(importSessions)
      .set({ status: 'reading' })
      .where(eq(importSessions.id, sessionId));
  });
  // In the whole they are kept once more.
  const parts = chunks.map((chunk) => chunk.sha256);
  await collectNow({ db: run.db, blobs }, [...new Set([...parts, sha256])]);
}
