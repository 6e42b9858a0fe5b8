import type { BlobStore } from '@ainotebook/files';
import { backUpDataFolder } from '../backup/data-copy.js';
import { readBackupKey } from '../backup/key.js';
import { backUpDatabase } from '../backup/make-backup.js';
import { openBackupStore, storeName } from '../backup/open-store.js';
import { pruneBackups } from '../backup/retention.js';
import type { Settings } from '../env.js';
import { UsageError } from '../failure.js';
import { reporting, sizeText } from './report.js';

export interface BackupOptions {
  format?: string;
  files?: boolean;
  json?: boolean;
}

/** `ainotebook backup`: a dump and the uploaded files, whole or not at all, and old ones removed. */
export async function backupCommand(
  settings: Settings,
  makeBlobStore: (settings: Settings) => BlobStore,
  { format = 'plain', files = true, json }: BackupOptions,
): Promise<void> {
  await reporting(
    { json },
    async ({ progress, say }) => {
      if (format !== 'plain' && format !== 'custom') {
        throw new UsageError('--format is plain or custom.');
      }
      const { databaseUrl, env } = settings;
      const key = env.BACKUP_KEY ? await readBackupKey(env.BACKUP_KEY) : null;
      const store = await openBackupStore(settings);
      const blobs = files ? makeBlobStore(settings) : null;
      const parts = { store, blobs, key, onProgress: progress };
      const made =
        databaseUrl === null
          ? await backUpDataFolder(settings, parts)
          : await backUpDatabase(databaseUrl, parts, format);
      const removed = await pruneBackups(store, { keepDays: env.BACKUP_KEEP_DAYS });
      const missing = made.uploads?.missing ?? [];
      for (const one of missing.slice(0, 5)) say(`The file ${one} was lost before this backup.`);
      return {
        name: made.name,
        file: made.dump.file,
        bytes: made.dump.bytes,
        sha256: made.dump.sha256,
        files: made.uploads?.count ?? 0,
        missing: missing.length,
        isEncrypted: made.recipient !== null,
        removed,
      };
    },
    (made) => [
      `${made.file} (${sizeText(made.bytes)}${made.isEncrypted ? ', encrypted' : ''}) and ${made.files} files are in ${storeName(settings)}.`,
      ...(made.missing > 0 ? [`${made.missing} files were lost before this backup.`] : []),
      ...(made.removed.length > 0 ? [`Removed: ${made.removed.join(', ')}`] : []),
    ],
  );
}
