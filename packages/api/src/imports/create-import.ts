import { rm } from 'node:fs/promises';
import { type ImportSession, LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { blobKey, type ReceivedBytes } from '@ainotebook/files';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Services } from '../context.js';
import { AppError } from '../errors.js';
import { collectNow } from '../files/collect-blobs.js';
import { lockUser } from '../users/lock-user.js';
import { queueImport, readImport } from './import-jobs.js';
import { readSession } from './import-rows.js';

const { blobs, importSessions, importSources } = schema;

const NAME_LENGTH = 200;

/** The name a source came with, as it is shown: no path, one line. */
export function shownName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  return (
    last
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
      .trim()
      .slice(0, NAME_LENGTH) || 'file'
  );
}

type Bounds = { db: Db | Tx; config: Pick<Services['config'], 'maxImportBytes'> };

/**
 * Refuses more sources than a person can look at, or more bytes of them than one person may have lying here.
 * Files are counted apart: a source goes when its notes are made.
 * @param bytes of the source; 0 where nobody knows yet
 * @throws AppError limit_reached
 */
export async function requireRoomForImport(
  { db, config }: Bounds,
  userId: string,
  bytes: number,
): Promise<void> {
  const { rows } = await db.execute<{ open: number; held: number }>(sql`
    select count(*) filter (where i.status not in ('done', 'failed', 'undone'))::int as open,
      coalesce(sum(coalesce(s.size, case when i.status = 'receiving' then i.upload_size end)), 0)::float8 as held
    from import_sessions i left join import_sources s on s.session_id = i.id
    where i.user_id = ${userId}`);
  const { open = 0, held = 0 } = rows[0] ?? {};
  const room = LIMITS.importSourcesHeld * config.maxImportBytes;
  if (open < LIMITS.importsOpenPerUser && held + bytes <= room) return;
  throw new AppError('limit_reached', 'Finish or remove other imports first');
}

/** Adds a session under the lock of its user, so that several at once keep to the limit. */
export async function insertSession(
  { db: tx, config }: Bounds & { db: Tx },
  session: typeof importSessions.$inferInsert,
  bytes: number,
): Promise<string> {
  const id = session.id ?? v7();
  await lockUser(tx, session.userId);
  await requireRoomForImport({ db: tx, config }, session.userId, bytes);
  await tx.insert(importSessions).values({ ...session, id });
  return id;
}

/** Keeps bytes of a source in the store, their row first; a crash leaves what `collectBlobs` removes. */
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
  services: Pick<Services, 'db' | 'config' | 'blobs' | 'nudgeJobs'>,
  { userId }: { userId: string },
  received: ReceivedBytes,
): Promise<ImportSession> {
  const { sha256, size } = received;
  try {
    await requireRoomForImport(services, userId, size);
    await keepSource(services, received);
  } finally {
    await rm(received.path, { force: true });
  }
  const made = services.db.transaction(async (tx) => {
    const sourceName = shownName(received.name);
    const row = { userId, status: 'reading' as const, sourceName, isAddress: false };
    const id = await insertSession({ ...services, db: tx }, row, size);
    await tx.insert(importSources).values({ sessionId: id, sha256, size });
    await queueImport(tx, readImport, id);
    return readSession(tx, userId, id);
  });
  const session = await made.catch(async (error: unknown) => {
    // Refused, it would lie here for an hour.
    await collectNow(services, [sha256]);
    throw error;
  });
  services.nudgeJobs();
  return session;
}
