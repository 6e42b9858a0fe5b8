import { rm } from 'node:fs/promises';
import { type ImportSession, LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { blobKey, type ReceivedBytes } from '@ainotebook/files';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Services } from '../context.js';
import { AppError } from '../errors.js';
import { lockUser } from '../users/lock-user.js';
import { queueImport, readImport } from './import-jobs.js';
import { readSession } from './import-rows.js';

const { blobs, importSessions, importSources } = schema;

const NAME_LENGTH = 200;

/** The name a source came with, as it is shown: no path, one line. */
function shownName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  return (
    last
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
      .trim()
      .slice(0, NAME_LENGTH) || 'file'
  );
}

/** Refuses more sources than a person can look at. @throws AppError limit_reached */
export async function requireRoomForImport(db: Db | Tx, userId: string): Promise<void> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int from import_sessions
    where user_id = ${userId} and status not in ('done', 'failed', 'undone')`);
  if ((rows[0]?.count ?? 0) < LIMITS.importsOpenPerUser) return;
  throw new AppError('limit_reached', 'Finish or remove other imports first');
}

/** Adds a session under the lock of its user, so that several at once keep to the limit. */
export async function insertSession(
  tx: Tx,
  session: typeof importSessions.$inferInsert,
): Promise<string> {
  const id = session.id ?? v7();
  await lockUser(tx, session.userId);
  await requireRoomForImport(tx, session.userId);
  await tx.insert(importSessions).values({ ...session, id });
  return id;
}

/** Keeps the bytes of a source in the store, their row first; a crash leaves what `collectBlobs` removes. */
export async function keepSource(
  { db, blobs: kept }: Pick<Services, 'db' | 'blobs'>,
  { sha256, size, path }: ReceivedBytes,
): Promise<void> {
  const mediaType = 'application/octet-stream';
  await db
    .insert(blobs)
    .values({ sha256, mediaType, size })
    .onConflictDoUpdate({ target: blobs.sha256, set: { touchedAt: sql`now()` } });
  await kept.put(blobKey(sha256), path, { size, mediaType });
}

/**
 * Makes an import of an uploaded file, and removes it from where it was received.
 * @throws AppError limit_reached; StorageFullError
 */
export async function createFileImport(
  services: Pick<Services, 'db' | 'blobs' | 'nudgeJobs'>,
  { userId }: { userId: string },
  received: ReceivedBytes,
): Promise<ImportSession> {
  try {
    await keepSource(services, received);
  } finally {
    await rm(received.path, { force: true });
  }
  const { sha256, size } = received;
  const session = await services.db.transaction(async (tx) => {
    const id = await insertSession(tx, {
      userId,
      status: 'reading',
      sourceName: shownName(received.name),
      isAddress: false,
    });
    await tx.insert(importSources).values({ sessionId: id, sha256, size });
    await queueImport(tx, readImport, id);
    return readSession(tx, userId, id);
  });
  services.nudgeJobs();
  return session;
}
