import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Fingerprint, readFingerprint } from '@ainotebook/db/dump';
import {
  findEmbeddedPostgres,
  hasData,
  startEmbeddedPostgres,
  withStoppedData,
} from '@ainotebook/db/embedded';
import type pg from 'pg';
import type { Settings } from '../env.js';
import { UsageError } from '../failure.js';
import { postgresFolder } from '../postgres.js';
import { connect } from './connect.js';
import { type BackupParts, keep, serverVersion } from './make-backup.js';
import type { Manifest } from './manifest.js';
import { openDump } from './open-backup.js';
import type { OpenBackup } from './restore-backup.js';
import { outputOf } from './run-tool.js';
import { listNamedFiles, type NamedFile } from './uploads.js';

/** What of DATA_DIR is copied besides the database. */
const SECRETS = 'secrets.json';

/**
 * Backs up the embedded PostgreSQL, which must be stopped, by a copy of its folder. It is started for a
 * moment to be counted.
 * @throws UsageError, EmbeddedPostgresError
 */
export async function backUpDataFolder(settings: Settings, parts: BackupParts): Promise<Manifest> {
  const dataDir = postgresFolder(settings);
  requireStopped(dataDir);
  if (!existsSync(dataDir) || !hasData({ dataDir })) {
    throw new UsageError(`There is no database in ${dataDir} yet.`);
  }
  parts.onProgress('counting');
  const counted = await withServerOn(dataDir, (client) => countAll(client, parts.blobs !== null));
  return withStoppedData({ dataDir }, (folder) =>
    keep(parts, {
      kind: 'data',
      format: 'tar',
      ...counted,
      read: () => Readable.from(outputOf('tar', packing(folder, settings.env.DATA_DIR), {})),
    }),
  );
}

function packing(folder: string, dataRoot: string): string[] {
  const args = ['--create', '--file=-', '--numeric-owner', '-C', folder, 'cluster', 'password'];
  if (existsSync(path.join(dataRoot, SECRETS))) args.push('-C', path.resolve(dataRoot), SECRETS);
  return args;
}

interface Counted {
  postgres: string;
  fingerprint: Fingerprint;
  files: NamedFile[];
}

async function countAll(client: pg.Client, withFiles: boolean): Promise<Counted> {
  await client.query('begin isolation level repeatable read read only');
  const files = withFiles ? await listNamedFiles(client) : [];
  const fingerprint = await readFingerprint(client);
  await client.query('commit');
  return { postgres: await serverVersion(client), fingerprint, files };
}

function requireStopped(dataDir: string): void {
  if (!findEmbeddedPostgres({ dataDir })) return;
  throw new UsageError(
    'The server is running: stop it first. (While it runs, each person can export all their notes in the app.)',
  );
}

async function withServerOn<T>(
  dataDir: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  try {
    const client = await connect(server.url);
    return await work(client).finally(() => client.end());
  } finally {
    await server.stop();
  }
}

/** Unpacks a copy into a scratch folder, starts PostgreSQL on it, and removes it again. */
export async function inScratchFolder(
  backup: OpenBackup,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'ainotebook-verify-'));
  // PostgreSQL may run as another account, which must be able to pass.
  chmodSync(scratch, 0o711);
  try {
    await unpack(backup, path.join(scratch, 'postgres'));
    await withServerOn(path.join(scratch, 'postgres'), work);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Puts a copy in the place of the embedded PostgreSQL's folder; what was there is kept beside it.
 * @param work runs on the unpacked database before it takes its place; what it throws leaves all as it was
 * @returns where the former database is now, if there was one
 */
export async function restoreDataFolder(
  settings: Settings,
  backup: OpenBackup,
  { isForced, work }: { isForced: boolean; work: (client: pg.Client) => Promise<void> },
): Promise<string | null> {
  const dataDir = postgresFolder(settings);
  requireStopped(dataDir);
  const isTaken = existsSync(dataDir) && hasData({ dataDir });
  if (isTaken && !isForced) {
    throw new UsageError(
      `There is a database in ${dataDir}: repeat with --force to put it aside and this one in its place.`,
    );
  }
  const suffix = randomBytes(4).toString('hex');
  const incoming = `${dataDir}.incoming-${suffix}`;
  try {
    await unpack(backup, incoming);
    await withServerOn(incoming, work);
  } catch (error) {
    rmSync(incoming, { recursive: true, force: true });
    throw error;
  }
  const secrets = path.join(incoming, SECRETS);
  const ownSecrets = path.resolve(settings.env.DATA_DIR, SECRETS);
  if (existsSync(secrets) && !existsSync(ownSecrets)) renameSync(secrets, ownSecrets);
  rmSync(secrets, { force: true });
  const former = existsSync(dataDir) ? `${dataDir}.before-${suffix}` : null;
  if (former) renameSync(dataDir, former);
  renameSync(incoming, dataDir);
  return isTaken ? former : null;
}

async function unpack({ store, manifest, identity }: OpenBackup, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  const packed = await openDump(store, manifest, identity);
  const args = ['--extract', '--file=-', '--numeric-owner', '-p', '-C', folder];
  await finished(Readable.from(outputOf('tar', args, {}, packed)).resume());
}
