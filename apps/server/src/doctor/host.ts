import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { type BlobStore, StorageMisconfiguredError } from '@ainotebook/files';
import type pg from 'pg';
import { listBackups } from '../backup/manifest.js';
import { openBackupStore, storeName } from '../backup/open-store.js';
import { isInContainer, type Settings } from '../env.js';
import { type Finding, findingsOf, reasonOf } from './finding.js';

const GB = 1e9;
const LOW_BYTES = 2 * GB;
const EMPTY_BYTES = 0.3 * GB;
const SKEW_WARN_MS = 2_000;
const SKEW_FAIL_MS = 30_000;
/** A nightly backup and two hours. */
const BACKUP_AGE_MS = 26 * 3_600_000;

/** What is not an error of the settings, and yet worth a word. */
export function checkSettings({ warnings, isProduction, env, appUrl }: Settings): Finding[] {
  const { found, ok, warn } = findingsOf('settings');
  for (const line of warnings) warn(line);
  if (!isProduction)
    warn('NODE_ENV is not production: checks are lax.', 'Set NODE_ENV=production.');
  if (isProduction && appUrl.startsWith('http:')) {
    warn(
      'People reach it without TLS.',
      'Put nginx with a certificate before it: nginx/README.md.',
    );
  }
  if (isProduction && appUrl.startsWith('https:') && !env.TRUST_PROXY) {
    warn(
      'TRUST_PROXY is not set: behind a proxy all visitors count as one, and links of the proxy as http.',
      'Set TRUST_PROXY=loopback where nginx is on this machine.',
    );
  }
  if (existsSync('.env') && (statSync('.env').mode & 0o077) !== 0) {
    warn('Others on this machine may read .env.', 'Run: chmod 600 .env');
  }
  if (found.length === 0) ok('Every variable is fine.');
  return found;
}

/** Free space where something is written. */
export async function checkDisk(settings: Settings): Promise<Finding[]> {
  const { found, ok, warn, fail } = findingsOf('disk');
  const { DATA_DIR, UPLOAD_DIR, LOG_DIR, BACKUP_DIR } = settings.env;
  const folders = [DATA_DIR, UPLOAD_DIR ?? path.join(DATA_DIR, 'uploads'), LOG_DIR, BACKUP_DIR];
  const seen = new Set<string>();
  for (const folder of folders) {
    const existing = nearest(path.resolve(folder));
    const disk = await statfs(existing);
    const free = disk.bavail * disk.bsize;
    const name = `${statSync(existing).dev}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const says = `${(free / GB).toFixed(1)} GB are free at ${existing}.`;
    const isFull = disk.files > 0 && disk.ffree / disk.files < 0.02;
    if (free < EMPTY_BYTES) fail(says, 'Make room, or move the folder.');
    else if (free < LOW_BYTES) warn(says, 'Make room soon.');
    else if (isFull) warn(`${existing} has hardly any inodes left.`, 'Remove small files.');
    else ok(says);
  }
  return found;
}

const nearest = (folder: string): string =>
  existsSync(folder) ? folder : nearest(path.dirname(folder));

/** Whether files and logs can be written. */
export async function checkFiles(settings: Settings, blobs: BlobStore): Promise<Finding[]> {
  const { found, ok, warn, fail } = findingsOf('files');
  try {
    await blobs.check();
    ok('Files can be kept.');
  } catch (error) {
    const isSetting = error instanceof StorageMisconfiguredError;
    fail(reasonOf(error), isSetting ? undefined : 'Is the store of files running?');
  }
  const { LOG_DIR } = settings.env;
  if (settings.isProduction && !isInContainer()) {
    try {
      accessSync(nearest(path.resolve(LOG_DIR)), constants.W_OK);
    } catch {
      warn(`Logs cannot be written to ${LOG_DIR} and go to the console.`, 'See LOG_DIR.');
    }
  }
  return found;
}

/** Tokens, cookies and payments hang on the time. */
export async function checkClock(client: pg.Client): Promise<Finding[]> {
  const { found, ok, warn, fail } = findingsOf('clock');
  const askedAt = Date.now();
  const { rows } = await client.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  const middle = (askedAt + Date.now()) / 2;
  const skewMs = Math.abs((rows[0]?.now ?? 0) - middle);
  const says = `This machine and the database differ by ${(skewMs / 1000).toFixed(1)} s.`;
  const mend = 'Let both follow a time server: timedatectl set-ntp true.';
  if (skewMs > SKEW_FAIL_MS) fail(says, mend);
  else if (skewMs > SKEW_WARN_MS) warn(says, mend);
  else ok(says);
  return found;
}

/** Whether there is something to go back to. */
export async function checkBackup(settings: Settings): Promise<Finding[]> {
  const { found, ok, warn, fail } = findingsOf('backup');
  const mend = 'Run ainotebook backup each night: ops/README.md.';
  try {
    const { good, damaged } = await listBackups(await openBackupStore(settings));
    for (const name of damaged) warn(`${name} cannot be read.`, 'Remove that backup.');
    const [newest] = good;
    if (!newest) {
      warn(`There is no backup in ${storeName(settings)}.`, mend);
      return found;
    }
    const ageMs = Date.now() - Date.parse(newest.madeAt);
    const says = `The newest backup, ${newest.name}, is ${Math.round(ageMs / 3_600_000)} hours old.`;
    if (ageMs > BACKUP_AGE_MS) warn(says, mend);
    else ok(says);
    const missing = newest.uploads?.missing.length ?? 0;
    if (missing > 0) warn(`${missing} files were lost before it was made.`, 'See UPLOAD_DIR.');
  } catch (error) {
    if (settings.isProduction) fail(reasonOf(error), mend);
    else warn(reasonOf(error), mend);
  }
  return found;
}
