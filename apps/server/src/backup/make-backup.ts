import path from 'node:path';
import { Readable } from 'node:stream';
import { type Fingerprint, readFingerprint } from '@ainotebook/db/dump';
import type { BlobStore, ListingStore } from '@ainotebook/files';
import type pg from 'pg';
import { v7 } from 'uuid';
import { UsageError } from '../failure.js';
import { version } from '../version.js';
import { connect } from './connect.js';
import type { BackupKey } from './key.js';
import { listBackups, type Manifest, type StoredFile, stampOf } from './manifest.js';
import { dumpDatabase, requireTool } from './pg-tools.js';
import { seal, sumOf } from './seal.js';
import { copyFiles, listNamedFiles, listText, type NamedFile, readList } from './uploads.js';

/** Where backups go and what they are made of. */
export interface BackupParts {
  store: ListingStore;
  /** Null when uploaded files are left out. */
  blobs: BlobStore | null;
  key: BackupKey | null;
  onProgress: (line: string) => void;
}

/** What a backup is made of, whatever it was read with. */
export interface Contents {
  kind: Manifest['kind'];
  format: Manifest['format'];
  postgres: string;
  fingerprint: Fingerprint;
  files: NamedFile[];
  /** The bytes to keep, asked for once. */
  read: () => Readable;
}

// Any constant will do; it keeps two backups of one database from running at once.
const ADVISORY_LOCK = 4_201_979;

/**
 * Backs up a running database: a dump, its counts and checksums, and the list of uploaded files, all of one
 * moment.
 * @throws UsageError
 */
export async function backUpDatabase(
  url: string,
  parts: BackupParts,
  format: 'plain' | 'custom',
): Promise<Manifest> {
  const client = await connect(url);
  try {
    await lock(client);
    const postgres = await serverVersion(client);
    await requireTool('pg_dump', postgres);
    await client.query('begin isolation level repeatable read read only');
    const { rows } = await client.query<{ id: string }>('select pg_export_snapshot() as id');
    const snapshot = rows[0]?.id ?? '';
    parts.onProgress('counting');
    const files = parts.blobs ? await listNamedFiles(client) : [];
    const fingerprint = await readFingerprint(client);
    const read = () => dumpDatabase(url, { snapshot, format });
    const made = await keep(parts, { kind: 'db', format, postgres, fingerprint, files, read });
    await client.query('commit');
    await noteBackup(client, made);
    return made;
  } finally {
    await client.end();
  }
}

/** For the metric that an alarm watches; the servers may not see where backups are. */
async function noteBackup(client: pg.Client, { name, madeAt }: Manifest): Promise<void> {
  await client.query(
    `insert into public.site_settings (key, value) values ('last_backup', $1)
     on conflict (key) do update set value = excluded.value, updated_at = now()`,
    [JSON.stringify({ name, madeAt })],
  );
}

async function lock(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
    ADVISORY_LOCK,
  ]);
  if (!rows[0]?.got) throw new UsageError('Another backup of this database is under way.');
}

/** Such as `15.10`. */
export async function serverVersion(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    "select split_part(current_setting('server_version'), ' ', 1) as version",
  );
  return rows[0]?.version ?? '';
}

const SUFFIX = { plain: 'sql.gz', custom: 'dump', tar: 'tar.gz' } as const;

/**
 * Writes a backup, its manifest last, so that it is there whole or not at all. What is written is read
 * back before it counts.
 */
export async function keep(parts: BackupParts, contents: Contents): Promise<Manifest> {
  const { store, blobs, key } = parts;
  const { kind, format, postgres, fingerprint, files, read } = contents;
  const { good } = await listBackups(store);
  const at = new Date();
  const name = `${kind}_${stampOf(at)}`;
  if (good.some((one) => one.name === name)) throw new UsageError(`${name} exists already.`);
  const recipient = key?.recipient ?? null;

  parts.onProgress('dumping');
  const ending = key ? `${SUFFIX[format]}.age` : SUFFIX[format];
  const isZipped = format !== 'custom';
  const dump = await storeFile(store, `${name}.${ending}`, read(), { isZipped, key });
  await storeFile(store, `${dump.file}.sha256`, textOf(`${dump.sha256}  ${dump.file}\n`));

  let uploads: Manifest['uploads'] = null;
  if (blobs) {
    const known = await knownHashes(store, good, recipient);
    const onProgress = (done: number, total: number) =>
      parts.onProgress(`files ${done} of ${total}`);
    const copied = await copyFiles({ named: files, known, blobs, store, key, onProgress });
    const file = `uploads_${stampOf(at)}.txt.gz`;
    const wrapping = { isZipped: true, key: null };
    const list = await storeFile(store, file, listText(copied.hashes), wrapping);
    uploads = { ...list, count: copied.hashes.size, missing: copied.missing };
  }

  const manifest: Manifest = {
    version: 1,
    name,
    kind,
    madeAt: at.toISOString(),
    release: version,
    postgres,
    format,
    recipient,
    dump,
    uploads,
    fingerprint,
  };
  await storeFile(store, `${name}.json`, textOf(`${JSON.stringify(manifest, null, 1)}\n`));
  return manifest;
}

const textOf = (text: string) => Readable.from([Buffer.from(text)], { objectMode: false });

/** Stores one file and reads it back. */
async function storeFile(
  store: ListingStore,
  file: string,
  body: Readable,
  wrapping: { isZipped: boolean; key: BackupKey | null } = { isZipped: false, key: null },
): Promise<StoredFile> {
  const draft = path.join(store.tempFolder, `${v7()}.part`);
  const { stored } = await seal(body, draft, wrapping);
  await store.put(file, draft, { size: stored.bytes, mediaType: 'application/octet-stream' });
  const kept = await store.open(file);
  if (kept && (await sumOf(kept)).sha256 === stored.sha256) return { file, ...stored };
  await store.remove(file);
  throw new UsageError(`${file} does not read back as it was written: is the disk failing?`);
}

/** Hashes of files that the newest backup under the same key has: what it names is there. */
async function knownHashes(
  store: ListingStore,
  good: Manifest[],
  recipient: string | null,
): Promise<Map<string, string>> {
  const last = good.find((one) => one.uploads !== null && one.recipient === recipient);
  if (!last) return new Map();
  // A list that cannot be read only means that all is copied anew.
  return readList(store, last).catch(() => new Map<string, string>());
}
