import { randomBytes } from 'node:crypto';
import { type Db, migrationState, schema } from '@ainotebook/db';
import {
  beginNewEpoch,
  compareFingerprints,
  countServers,
  dbOver,
  findContents,
  IncompleteDumpError,
  RestoreDiffersError,
  readFingerprint,
  restoreDump,
} from '@ainotebook/db/dump';
import type { BlobStore, ListingStore } from '@ainotebook/files';
import { holdOutgoing } from '@ainotebook/jobs';
import pg from 'pg';
import type { Settings } from '../env.js';
import { UsageError } from '../failure.js';
import { withDatabaseUrl } from '../postgres.js';
import { connect } from './connect.js';
import { inScratchFolder, restoreDataFolder } from './data-copy.js';
import { DamagedBackupError } from './errors.js';
import { serverVersion } from './make-backup.js';
import { type Manifest, majorOf } from './manifest.js';
import { checkStored, openSql } from './open-backup.js';
import { bringFiles, checkFiles } from './uploads.js';

/** A backup and what reads it. */
export interface OpenBackup {
  store: ListingStore;
  manifest: Manifest;
  identity: string | null;
  onProgress: (line: string) => void;
}

const filesProgress = (onProgress: (line: string) => void) => (done: number, total: number) =>
  onProgress(`files ${done} of ${total}`);

/**
 * Replaces the database by a backup: all of it or nothing. Afterwards nothing that was cached counts any
 * more, and jobs that somebody outside would notice wait for `ainotebook jobs release`.
 * @param options.blobs null when the files are left out
 * @returns how many files were brought back
 * @throws UsageError, DamagedBackupError
 */
export async function restoreBackup(
  url: string,
  backup: OpenBackup,
  options: { blobs: BlobStore | null; isForced: boolean },
): Promise<{ files: number }> {
  const { store, manifest, onProgress } = backup;
  onProgress('checking');
  await checkStored(store, manifest);
  const client = await connect(url);
  try {
    await requireFree(client, manifest, options.isForced);
    let files = 0;
    onProgress('restoring');
    await load(client, backup, async (db) => {
      await requireKnownRelease(client);
      files = await finishRestore(db, backup, options.blobs);
    });
    return { files };
  } finally {
    await client.end();
  }
}

/** Files, a new epoch, and nothing that goes out. @returns how many files were brought back */
async function finishRestore(db: Db, backup: OpenBackup, blobs: BlobStore | null): Promise<number> {
  const { manifest, onProgress } = backup;
  let files = 0;
  if (blobs) {
    const target = { blobs, mediaTypes: await mediaTypesOf(db) };
    files = await bringFiles({ ...backup, onProgress: filesProgress(onProgress) }, target);
  }
  await beginNewEpoch(db);
  await holdOutgoing(db, `restored from ${manifest.name}`);
  return files;
}

/**
 * Puts a copy of the embedded PostgreSQL's folder in its place, in the way of `restoreBackup`.
 * @returns also where the former database is, if there was one
 */
export async function restoreCopy(
  settings: Settings,
  backup: OpenBackup,
  options: { blobs: BlobStore | null; isForced: boolean },
): Promise<{ files: number; former: string | null }> {
  const { store, manifest, onProgress } = backup;
  onProgress('checking');
  await checkStored(store, manifest);
  let files = 0;
  onProgress('restoring');
  const former = await restoreDataFolder(settings, backup, {
    isForced: options.isForced,
    work: async (client) => {
      await compareWith(client, manifest);
      await requireKnownRelease(client);
      files = await finishRestore(dbOver(client), backup, options.blobs);
    },
  });
  return { files, former };
}

async function compareWith(client: pg.Client, { name, fingerprint }: Manifest): Promise<void> {
  await client.query('begin read only');
  const lines = compareFingerprints(fingerprint, await readFingerprint(client));
  await client.query('commit');
  if (lines.length > 0) throw new DamagedBackupError(name, lines);
}

/**
 * Restores a backup into a database of its own beside the given one, compares it, and removes it again.
 * Every uploaded file is read.
 * @param options.url another server to make the scratch database on
 * @throws UsageError, DamagedBackupError
 */
export async function verifyBackup(
  settings: Settings,
  backup: OpenBackup,
  { url, withFiles }: { url: string | null; withFiles: boolean },
): Promise<{ tables: number; rows: number; files: number }> {
  const { store, manifest, onProgress } = backup;
  onProgress('checking');
  await checkStored(store, manifest);
  onProgress('restoring into a scratch database');
  if (manifest.kind === 'data') {
    await inScratchFolder(backup, (client) => compareWith(client, manifest));
  } else {
    const scratch = (work: (on: string) => Promise<void>) =>
      url === null ? withDatabaseUrl(settings, () => undefined, work) : work(url);
    await scratch((on) =>
      inScratchDatabase(on, async (client) => {
        await requireServer(client, manifest);
        await load(client, backup);
      }),
    );
  }
  if (withFiles) {
    const lines = await checkFiles({ ...backup, onProgress: filesProgress(onProgress) });
    if (lines.length > 0) throw new DamagedBackupError(manifest.name, lines);
  }
  const tables = Object.values(manifest.fingerprint.tables);
  return {
    tables: tables.length,
    rows: tables.reduce((sum, table) => sum + table.rows, 0),
    files: withFiles ? (manifest.uploads?.count ?? 0) : 0,
  };
}

async function load(
  client: pg.Client,
  { store, manifest, identity }: OpenBackup,
  before?: (db: Db) => Promise<void>,
): Promise<void> {
  const source = await openSql(store, manifest, identity);
  try {
    await restoreDump(client, {
      source,
      expected: manifest.fingerprint,
      ...(before ? { before } : {}),
    });
  } catch (error) {
    if (error instanceof RestoreDiffersError) {
      throw new DamagedBackupError(manifest.name, error.lines);
    }
    if (error instanceof IncompleteDumpError) {
      throw new DamagedBackupError(manifest.name, [error.message]);
    }
    if (error instanceof pg.DatabaseError) {
      throw new UsageError(`PostgreSQL refuses ${manifest.name}: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    source.destroy();
  }
}

async function requireFree(client: pg.Client, manifest: Manifest, isForced: boolean) {
  await requireServer(client, manifest);
  const servers = await countServers(client);
  if (servers > 0) {
    throw new UsageError(
      `Servers or workers use this database (${servers} connections): stop them first.`,
    );
  }
  const contents = await findContents(client);
  if (contents !== null && !isForced) {
    throw new UsageError(
      `The database holds ${contents}: repeat with --force to replace all of it.`,
    );
  }
}

async function requireServer(client: pg.Client, { name, postgres }: Manifest) {
  const here = await serverVersion(client);
  if (majorOf(here) < majorOf(postgres)) {
    throw new UsageError(
      `${name} is of PostgreSQL ${postgres}, this server is ${here}: it needs ${majorOf(postgres)} or newer.`,
    );
  }
}

async function requireKnownRelease(client: pg.Client): Promise<void> {
  if ((await migrationState(client)).isNewer) {
    throw new UsageError('The backup was made by a newer release: restore it with that one.');
  }
}

async function mediaTypesOf(db: Db): Promise<Map<string, string>> {
  const { sha256, mediaType } = schema.blobs;
  const rows = await db.select({ sha256, mediaType }).from(schema.blobs);
  return new Map(rows.map((row) => [row.sha256, row.mediaType]));
}

async function inScratchDatabase(
  url: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const name = `ainotebook_verify_${randomBytes(6).toString('hex')}`;
  const maintenance = await connect(url);
  try {
    await createDatabase(maintenance, name);
    try {
      const scratch = new URL(url);
      scratch.pathname = `/${name}`;
      const client = await connect(scratch.href);
      await work(client).finally(() => client.end());
    } finally {
      await maintenance.query(`drop database ${name} with (force)`);
    }
  } finally {
    await maintenance.end();
  }
}

async function createDatabase(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`create database ${name} template template0 encoding 'UTF8'`);
  } catch (error) {
    const isForbidden = error instanceof pg.DatabaseError && error.code === '42501';
    if (!isForbidden) throw error;
    throw new UsageError(
      'A backup is verified in a scratch database, and this account may not make one: ALTER ROLE ... CREATEDB, or name another server with --scratch.',
      { cause: error },
    );
  }
}
