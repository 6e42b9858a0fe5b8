import { rm } from 'node:fs/promises';
import type { StoredFile } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { blobKey, type PreparedImage, type ReceivedFile, variantKey } from '@ainotebook/files';
import { and, count, eq, sql, sum } from 'drizzle-orm';
import { readMyPlan } from '../billing/entitlements.js';
import type { Services } from '../context.js';
import { AppError } from '../errors.js';
import { queueAvif } from './avif.jobs.js';
import { fileColumns, toStoredFile } from './file-rows.js';

const { blobs, blobVariants, files } = schema;

/** What came in, and what was made of it if it is a picture; `image` tells its size and hash then. */
export interface Upload extends ReceivedFile {
  image: PreparedImage | null;
}

type Owner = { userId: string };

/** Bytes and number of a person's files. */
export async function readUsage(
  db: Db | Tx,
  userId: string,
): Promise<{ usedBytes: number; fileCount: number }> {
  const [row] = await db
    .select({ usedBytes: sum(files.size).mapWith(Number), fileCount: count() })
    .from(files)
    .where(eq(files.userId, userId));
  return { usedBytes: row?.usedBytes ?? 0, fileCount: row?.fileCount ?? 0 };
}

/** Bytes that all files of a person may take: what everybody has, or more by a plan. 0: no uploads. */
export async function readQuota(
  { db, config }: { db: Db | Tx; config: Pick<Services['config'], 'fileQuotaBytes'> },
  { userId }: Owner,
): Promise<number> {
  if (config.fileQuotaBytes === 0) return 0;
  const { benefits } = await readMyPlan(db, userId);
  return Math.max(config.fileQuotaBytes, benefits.storageBytes ?? 0);
}

/**
 * Refuses what cannot fit, before it is sent or stored.
 * @param bytes of the upload; what is not known counts as one byte
 * @throws AppError quota_exceeded
 */
export async function requireRoom(
  services: { db: Db | Tx; config: Services['config'] },
  owner: Owner,
  bytes: number,
): Promise<void> {
  const { usedBytes } = await readUsage(services.db, owner.userId);
  if (usedBytes + Math.max(1, bytes) <= (await readQuota(services, owner))) return;
  throw new AppError('quota_exceeded', 'There is no room left for your files; remove some first');
}

/**
 * Keeps a received file as the person's, and removes it from where it was received. The same bytes
 * again are the file that is there.
 * The row of the bytes is written before the bytes, and that of the file after them: a crash at any
 * point leaves nothing that shows, and bytes that `collectBlobs` removes.
 * @throws AppError quota_exceeded; StorageFullError
 */
export async function storeUpload(
  services: Pick<Services, 'db' | 'config' | 'blobs' | 'nudgeJobs'>,
  owner: Owner,
  upload: Upload,
): Promise<{ file: StoredFile; isNew: boolean }> {
  try {
    const stored = await store(services, owner, upload);
    services.nudgeJobs();
    return stored;
  } finally {
    const made = upload.image?.variants.map(({ path }) => path) ?? [];
    for (const path of [upload.path, ...made]) await rm(path, { force: true });
  }
}

async function store(
  services: Pick<Services, 'db' | 'config' | 'blobs'>,
  owner: Owner,
  upload: Upload,
): Promise<{ file: StoredFile; isNew: boolean }> {
  const { db, blobs: kept } = services;
  const { mediaType, name, image } = upload;
  const { sha256, size } = image ?? upload;
  const known = await findFile(db, owner, sha256);
  if (!known) await requireRoom(services, owner, size);
  const picture = image && {
    width: image.width,
    height: image.height,
    placeholder: image.placeholder,
  };
  await db
    .insert(blobs)
    .values({ sha256, mediaType, size, ...picture })
    .onConflictDoUpdate({ target: blobs.sha256, set: { touchedAt: sql`now()`, ...picture } });
  for (const { width, format, size: bytes, path } of image?.variants ?? []) {
    await db
      .insert(blobVariants)
      .values({ sha256, width, format, size: bytes })
      .onConflictDoUpdate({
        target: [blobVariants.sha256, blobVariants.format, blobVariants.width],
        set: { size: bytes },
      });
    const info = { size: bytes, mediaType: `image/${format}` };
    await kept.put(variantKey(sha256, width, format), path, info);
  }
  await kept.put(blobKey(sha256), upload.path, { size, mediaType });
  if (known) return { file: toStoredFile(known), isNew: false };
  return db.transaction(async (tx) => {
    // Uploads of one person are counted one after the other: together they never exceed the quota.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`files ${owner.userId}`}, 0))`,
    );
    const present = await findFile(tx, owner, sha256);
    if (present) return { file: toStoredFile(present), isNew: false };
    await requireRoom({ ...services, db: tx }, owner, size);
    const [row] = await tx
      .insert(files)
      .values({ userId: owner.userId, sha256, mediaType, size, name })
      .returning(fileColumns);
    if (!row) throw new Error('the insert of a file returned no row');
    if (image?.variants.length) await queueAvif(tx, sha256);
    return { file: toStoredFile(row), isNew: true };
  });
}

async function findFile(db: Db | Tx, { userId }: Owner, sha256: string) {
  const [row] = await db
    .select(fileColumns)
    .from(files)
    .where(and(eq(files.userId, userId), eq(files.sha256, sha256)));
  return row;
}
