import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ArchiveWriter, createArchiveWriter } from '@ainotebook/convert/write';
import { type Tx, withStatementTimeout } from '@ainotebook/db';
import { type BlobStore, blobKey } from '@ainotebook/files';
import type { JobRun } from '@ainotebook/jobs';
import { sql } from 'drizzle-orm';
import { readAccountDocuments } from './account-documents.js';
import { readAccountLines } from './account-lines.js';
import { type ExportScope, planExport, readNotes } from './export-plan.js';

/** Of a library with tens of thousands of notes. */
const STATEMENT_MS = 60_000;

/** An archive on this machine. */
export interface MadeArchive {
  path: string;
  /** Bytes. */
  size: number;
  sha256: string;
}

/**
 * Writes the archive of one moment: notes that change meanwhile are in it as they were. Whoever calls
 * removes the file; when this throws there is none.
 */
export async function makeArchive(
  run: Pick<JobRun, 'db' | 'signal' | 'report'>,
  blobs: BlobStore,
  scope: ExportScope,
): Promise<MadeArchive> {
  const { tempFolder } = blobs;
  await mkdir(tempFolder, { recursive: true });
  const file = path.join(tempFolder, `${randomUUID()}.part`);
  const measured = measure();
  const stored = pipeline(measured.stream, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  // Heard of by what writes to it.
  stored.catch(() => undefined);
  try {
    await writeArchive(run, { blobs, scope, output: measured.stream });
    await stored;
    return { path: file, ...measured.result() };
  } catch (error) {
    measured.stream.destroy();
    await stored.catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
}

async function writeArchive(
  run: Pick<JobRun, 'db' | 'signal' | 'report'>,
  { blobs, scope, output }: { blobs: BlobStore; scope: ExportScope; output: Transform },
): Promise<void> {
  const { userId, kind } = scope;
  const { writer, plan, progress } = await run.db.transaction(
    (tx) =>
      withStatementTimeout(tx, STATEMENT_MS, () => writeNotes(tx, run, { blobs, scope, output })),
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
  try {
    // Bytes outlive their file by an hour, so they need no snapshot.
    for (const file of plan.files) {
      run.signal.throwIfAborted();
      await writer.addFile(file, () => blobs.open(blobKey(file.sha256)));
      progress.done += 1;
      await run.report(progress);
    }
    if (kind === 'account') await writeAccount(run, writer, userId);
    await writer.finish();
  } finally {
    await writer.close();
  }
}

/** What the server keeps besides notes and files. */
async function writeAccount(
  { db, signal }: Pick<JobRun, 'db' | 'signal'>,
  writer: ArchiveWriter,
  userId: string,
): Promise<void> {
  for (const { path: name, value } of await readAccountDocuments(db, userId))
    await writer.addDocument(name, value);
  for (const { path: name, rows } of readAccountLines(db, userId)) {
    signal.throwIfAborted();
    await writer.addLines(name, rows);
  }
}

async function writeNotes(
  tx: Tx,
  run: Pick<JobRun, 'signal' | 'report'>,
  { blobs, scope, output }: { blobs: BlobStore; scope: ExportScope; output: Transform },
) {
  // A slow disk keeps the transaction waiting.
  await tx.execute(sql`set local idle_in_transaction_session_timeout = '120s'`);
  const plan = await planExport(tx, scope);
  const progress = { done: 0, total: plan.noteCount + plan.files.length };
  const writer = await createArchiveWriter({
    output,
    tempFolder: blobs.tempFolder,
    scope: scope.kind === 'notebook' ? 'notebook' : 'everything',
    exportedAt: new Date(),
    notebooks: plan.notebooks,
    files: plan.files,
  });
  try {
    for (const ids of plan.batches) {
      run.signal.throwIfAborted();
      for (const note of await readNotes(tx, scope.userId, ids)) await writer.addNote(note);
      progress.done += ids.length;
      await run.report(progress);
    }
  } catch (error) {
    await writer.close();
    throw error;
  }
  return { writer, plan, progress };
}

/** Counts and hashes what passes. */
function measure() {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      size += chunk.length;
      callback(null, chunk);
    },
  });
  return { stream, result: () => ({ size, sha256: hash.digest('hex') }) };
}
