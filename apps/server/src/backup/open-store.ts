import {
  createDiskStore,
  createS3Store,
  type ListingStore,
  StorageMisconfiguredError,
} from '@ainotebook/files';
import { readS3, type Settings } from '../env.js';
import { UsageError } from '../failure.js';

/** What broken backups left behind goes after a day. */
const LEFTOVER_MS = 86_400_000;

/**
 * Where backups are kept: BACKUP_BUCKET, else BACKUP_DIR.
 * @param folder another folder to read from
 * @throws UsageError when nothing can be kept there
 */
export async function openBackupStore({ env }: Settings, folder?: string): Promise<ListingStore> {
  if (folder !== undefined) return createDiskStore(folder);
  const s3 = readS3(env);
  const store =
    env.BACKUP_BUCKET && s3
      ? createS3Store({ ...s3, bucket: env.BACKUP_BUCKET, folder: env.BACKUP_DIR })
      : createDiskStore(env.BACKUP_DIR);
  try {
    await store.check();
  } catch (error) {
    if (!(error instanceof StorageMisconfiguredError)) throw error;
    const { cause } = error;
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new UsageError(
      env.BACKUP_BUCKET
        ? `Backups cannot be kept in the bucket ${env.BACKUP_BUCKET}${code}: see BACKUP_BUCKET, and BACKUP_DIR, where they are written first.`
        : `Backups cannot be kept in ${env.BACKUP_DIR}${code}: see BACKUP_DIR.`,
      { cause: error },
    );
  }
  await store.sweepTemp(LEFTOVER_MS);
  return store;
}

/** The folder or bucket, for people. */
export const storeName = ({ env }: Settings): string =>
  env.BACKUP_BUCKET ? `the bucket ${env.BACKUP_BUCKET}` : env.BACKUP_DIR;
