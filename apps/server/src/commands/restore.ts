import type { BlobStore } from '@ainotebook/files';
import { readBackupKey } from '../backup/key.js';
import { findBackup, identityFor } from '../backup/open-backup.js';
import { openBackupStore } from '../backup/open-store.js';
import {
  type OpenBackup,
  restoreBackup,
  restoreCopy,
  verifyBackup,
} from '../backup/restore-backup.js';
import type { Settings } from '../env.js';
import { UsageError } from '../failure.js';
import { migrateDatabase, withDatabaseUrl } from '../postgres.js';
import { type Report, reporting } from './report.js';

interface Options {
  from?: string;
  files?: boolean;
  json?: boolean;
}

async function openBackup(
  settings: Settings,
  { name, from, report }: { name: string; from?: string | undefined; report: Report },
): Promise<OpenBackup> {
  const store = await openBackupStore(settings, from);
  const { BACKUP_KEY } = settings.env;
  const key = BACKUP_KEY ? await readBackupKey(BACKUP_KEY) : null;
  const manifest = await findBackup(store, name);
  return { store, manifest, identity: identityFor(manifest, key), onProgress: report.progress };
}

/** `ainotebook restore`: an empty database becomes what a backup holds. */
export async function restoreCommand(
  settings: Settings,
  makeBlobStore: (settings: Settings) => BlobStore,
  name: string,
  { from, files = true, force = false, json }: Options & { force?: boolean },
): Promise<void> {
  await reporting(
    { json },
    async (report) => {
      const backup = await openBackup(settings, { name, from, report });
      const blobs = files ? makeBlobStore(settings) : null;
      await blobs?.check();
      const { name: found, madeAt, kind } = backup.manifest;
      const options = { blobs, isForced: force };
      if (kind === 'data') {
        if (!settings.isEmbedded) {
          throw new UsageError(
            `${found} is a copy of an embedded PostgreSQL: restore it without DATABASE_URL.`,
          );
        }
        return { name: found, madeAt, ...(await restoreCopy(settings, backup, options)) };
      }
      return withDatabaseUrl(settings, report.say, async (url) => {
        const { files: brought } = await restoreBackup(url, backup, options);
        await migrateDatabase(url, report.say);
        return { name: found, madeAt, files: brought, former: null };
      });
    },
    ({ name: restored, madeAt, files: brought, former }) => [
      `The database is as it was at ${madeAt} (${restored}); ${brought} files were brought back.`,
      ...(former === null ? [] : [`What was there before is in ${former}.`]),
      'Mails, refunds, questions about payments and scheduled publications wait until you have looked: start the server, then run',
      '  ainotebook jobs release',
    ],
  );
}

/** `ainotebook verify-backup`: restores a backup into a scratch database and compares all of it. */
export async function verifyBackupCommand(
  settings: Settings,
  name: string,
  { from, files = true, scratch, json }: Options & { scratch?: string },
): Promise<void> {
  await reporting(
    { json },
    async (report) => {
      const backup = await openBackup(settings, { name, from, report });
      const where = { url: scratch ?? null, withFiles: files };
      const found = await verifyBackup(settings, backup, where);
      return { name: backup.manifest.name, ...found };
    },
    ({ name: verified, tables, rows, files: read }) => [
      `${verified} is good: ${rows} rows in ${tables} tables and ${read} files are what they were.`,
    ],
  );
}
