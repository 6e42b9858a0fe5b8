import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SourceError } from '@ainotebook/convert/places';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { type BlobStore, blobKey } from '@ainotebook/files';
import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { JobServices } from '../jobs.js';

const { importChunks, importSources } = schema;

/** A source whose bytes are kept. */
export type SourceRow = typeof importSources.$inferSelect;

export async function findSource(db: Db, sessionId: string): Promise<SourceRow | null> {
  const [row] = await db.select().from(importSources).where(eq(importSources.sessionId, sessionId));
  return row ?? null;
}

/**
 * The bytes of a source as a file of this machine: where they are kept, or a copy beside the uploads,
 * which is used again while it is there and swept away later. @throws SourceError source_missing
 */
export async function localSource(
  { blobs }: Pick<JobServices, 'blobs'>,
  { sha256, size }: SourceRow,
): Promise<string> {
  const key = blobKey(sha256);
  const kept = await blobs.localFile(key);
  if (kept !== null) return kept;
  return copyOf(blobs, key, size);
}

async function copyOf(blobs: BlobStore, key: string, size: number): Promise<string> {
  const file = path.join(blobs.tempFolder, `${key.slice(3)}.source`);
  const found = await stat(file).catch(() => null);
  if (found?.size === size) return file;
  const body = await blobs.open(key);
  if (!body) throw new SourceError('source_missing');
  await mkdir(blobs.tempFolder, { recursive: true });
  const part = `${file}.${v7()}`;
  await pipeline(body, createWriteStream(part, { mode: 0o600 }));
  // Whole or not at all: another run may read it.
  await rename(part, file);
  return file;
}

/** Gives up the bytes of a session. @returns hashes of what it held, for `collectNow` once that is committed */
export async function releaseBytes(tx: Tx, sessionId: string): Promise<string[]> {
  const held = [importSources, importChunks] as const;
  const hashes: string[] = [];
  for (const table of held) {
    const rows = await tx
      .delete(table)
      .where(eq(table.sessionId, sessionId))
      .returning({ sha256: table.sha256 });
    hashes.push(...rows.map(({ sha256 }) => sha256));
  }
  return [...new Set(hashes)];
}
