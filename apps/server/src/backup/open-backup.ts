import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ListingStore } from '@ainotebook/files';
import { UsageError } from '../failure.js';
import { DamagedBackupError } from './errors.js';
import type { BackupKey } from './key.js';
import { listBackups, type Manifest, type StoredFile } from './manifest.js';
import { asPlainDump, requireTool } from './pg-tools.js';
import { sumOf, unseal } from './seal.js';

/** The backup of a name, or of one of its files; the newest for `latest`. @throws UsageError, DamagedBackupError */
export async function findBackup(store: ListingStore, wanted: string): Promise<Manifest> {
  const { good, damaged } = await listBackups(store);
  const name = /^(?:.*\/)?((?:db|data)_\d{8}_\d{6})(?:\.[\w.]+)?$/.exec(wanted)?.[1];
  const found = wanted === 'latest' ? good[0] : good.find((one) => one.name === name);
  if (found) return found;
  if (name !== undefined && damaged.includes(`${name}.json`)) {
    throw new DamagedBackupError(name, ['its manifest cannot be read']);
  }
  const newest = good.slice(0, 5).map((one) => one.name);
  throw new UsageError(
    newest.length === 0
      ? 'There is no backup here. (A dump without its .json beside it was never finished.)'
      : `There is no backup ${wanted}. The newest: ${newest.join(', ')}.`,
  );
}

/**
 * The half of the key that decrypts; null when the backup is not encrypted.
 * @throws UsageError when BACKUP_KEY does not open it
 */
export function identityFor({ name, recipient }: Manifest, key: BackupKey | null): string | null {
  if (recipient === null) return null;
  if (key?.recipient === recipient && key.identity !== null) return key.identity;
  throw new UsageError(
    `${name} is encrypted to ${recipient}: set BACKUP_KEY to its AGE-SECRET-KEY-1... first.`,
  );
}

/** Compares the stored files with the manifest. @throws DamagedBackupError */
export async function checkStored(store: ListingStore, manifest: Manifest): Promise<void> {
  const { name, dump, uploads } = manifest;
  const lines: string[] = [];
  for (const file of uploads ? [dump, uploads] : [dump]) {
    const problem = await problemOf(store, file);
    if (problem !== null) lines.push(`${file.file} ${problem}`);
  }
  const beside = await store.open(`${dump.file}.sha256`);
  if (!beside || !(await text(beside)).startsWith(dump.sha256)) {
    lines.push(`${dump.file}.sha256 does not say what the manifest says`);
  }
  if (lines.length > 0) throw new DamagedBackupError(name, lines);
}

async function problemOf(store: ListingStore, file: StoredFile): Promise<string | null> {
  const stored = await store.open(file.file);
  if (!stored) return 'is missing';
  const { bytes, sha256 } = await sumOf(stored);
  if (bytes !== file.bytes) return `has ${bytes} bytes instead of ${file.bytes}`;
  return sha256 === file.sha256 ? null : 'has other contents';
}

/** The bytes of the dump, decrypted. */
export async function openDump(
  store: ListingStore,
  manifest: Manifest,
  identity: string | null,
): Promise<Readable> {
  const stored = await store.open(manifest.dump.file);
  if (!stored) throw new DamagedBackupError(manifest.name, [`${manifest.dump.file} is missing`]);
  return unseal(stored, { isZipped: manifest.format !== 'custom', identity });
}

/** The dump as SQL. @throws UsageError where pg_restore is needed and not there */
export async function openSql(
  store: ListingStore,
  manifest: Manifest,
  identity: string | null,
): Promise<Readable> {
  if (manifest.format === 'plain') return openDump(store, manifest, identity);
  await requireTool('pg_restore', manifest.postgres);
  return asPlainDump(await openDump(store, manifest, identity));
}
