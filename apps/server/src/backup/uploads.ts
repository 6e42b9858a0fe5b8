import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type BlobStore, blobKey, type ListingStore, variantKey } from '@ainotebook/files';
import pLimit from 'p-limit';
import type pg from 'pg';
import { v7 } from 'uuid';
import type { BackupKey } from './key.js';
import type { Manifest } from './manifest.js';
import { seal, sumOf, unseal } from './seal.js';

/** Files under way at the same time. */
const AT_ONCE = 8;

/** A file of the blob store, as the database names it. */
export interface NamedFile {
  key: string;
  /** Known of what is named by it. */
  sha256: string | null;
}

type Progress = (done: number, total: number) => void;

/** What the database says is in the blob store, in the snapshot of the client's transaction. */
export async function listNamedFiles(client: pg.Client): Promise<NamedFile[]> {
  const { rows } = await client.query<{ sha256: string; width: number | null; format: string }>(`
    select sha256, null as width, '' as format from public.blobs where refs > 0
    union all
    select v.sha256, v.width, v.format from public.blob_variants v
    join public.blobs b using (sha256) where b.refs > 0
    order by 1, 2, 3`);
  return rows.map(({ sha256, width, format }) =>
    width === null
      ? { key: blobKey(sha256), sha256 }
      : { key: variantKey(sha256, width, format), sha256: null },
  );
}

/**
 * Where a file lies among backups: once, however many backups name it. Files of another key have another
 * folder, so that a new key means new copies.
 */
export function placeOf(key: string, recipient: string | null): string {
  return recipient === null ? `files/${key}` : `files-${recipient.slice(-8)}/${key}.age`;
}

/**
 * Copies what is not copied yet.
 * @param known hashes of files that earlier backups have, by key
 * @returns the hash of each file by key, and what the blob store does not have whole
 */
export async function copyFiles(options: {
  named: NamedFile[];
  known: Map<string, string>;
  blobs: BlobStore;
  store: ListingStore;
  key: BackupKey | null;
  onProgress: Progress;
}): Promise<{ hashes: Map<string, string>; missing: string[]; copied: number }> {
  const { named, known, blobs, store, key, onProgress } = options;
  const recipient = key?.recipient ?? null;
  const present = new Set<string>();
  for await (const one of store.list('files')) present.add(one.key);
  const hashes = new Map<string, string>();
  const missing: string[] = [];
  let copied = 0;
  let done = 0;
  await pLimit(AT_ONCE).map(named, async (file) => {
    const place = placeOf(file.key, recipient);
    const hash = known.get(file.key);
    if (hash !== undefined && present.has(place)) hashes.set(file.key, hash);
    else {
      const found = await copyFile({ file, place, blobs, store, key });
      if (found === null) missing.push(file.key);
      else {
        hashes.set(file.key, found);
        copied += 1;
      }
    }
    done += 1;
    onProgress(done, named.length);
  });
  return { hashes, missing: missing.sort(), copied };
}

/** @returns its hash; null when the blob store does not have it, or not whole */
async function copyFile(options: {
  file: NamedFile;
  place: string;
  blobs: BlobStore;
  store: ListingStore;
  key: BackupKey | null;
}): Promise<string | null> {
  const { file, place, blobs, store, key } = options;
  const body = await blobs.open(file.key);
  if (!body) return null;
  const draft = path.join(store.tempFolder, `${v7()}.part`);
  const { plain, stored } = await seal(body, draft, { isZipped: false, key });
  if (file.sha256 !== null && file.sha256 !== plain.sha256) {
    await rm(draft);
    return null;
  }
  // What is there already is of a backup that did not end, or damaged.
  await store.remove(place);
  await store.put(place, draft, { size: stored.bytes, mediaType: 'application/octet-stream' });
  return plain.sha256;
}

/** The list as `sha256sum --check` reads it, sorted. */
export function listText(hashes: Map<string, string>): Readable {
  const lines = [...hashes].sort(([a], [b]) => (a < b ? -1 : 1));
  return Readable.from(
    lines.map(([key, hash]) => Buffer.from(`${hash}  ${key}\n`)),
    { objectMode: false },
  );
}

/** Hashes by key of the files of a backup. @throws Error when the list is not there or not whole */
export async function readList(
  store: ListingStore,
  { uploads }: Manifest,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  if (!uploads) return hashes;
  const stored = await store.open(uploads.file);
  if (!stored) throw new Error(`${uploads.file} is missing`);
  const lines = createInterface({ input: stored.pipe(createGunzip()), crlfDelay: 0 });
  for await (const line of lines) {
    const [, hash, key] = /^([\da-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    if (!hash || !key) throw new Error(`${uploads.file} cannot be read`);
    hashes.set(key, hash);
  }
  if (hashes.size !== uploads.count) throw new Error(`${uploads.file} is not whole`);
  return hashes;
}

/** The bytes of a file of a backup; null when it is not there. */
async function openFile(
  store: ListingStore,
  { key, recipient, identity }: { key: string; recipient: string | null; identity: string | null },
): Promise<Readable | null> {
  const stored = await store.open(placeOf(key, recipient));
  return stored && unseal(stored, { isZipped: false, identity });
}

interface Reading {
  store: ListingStore;
  manifest: Manifest;
  identity: string | null;
  onProgress: Progress;
}

/** Reads every file of a backup. @returns what is not as it was, a line each */
export async function checkFiles(reading: Reading): Promise<string[]> {
  const hashes = await readList(reading.store, reading.manifest);
  const lines: string[] = [];
  let done = 0;
  await pLimit(AT_ONCE).map(hashes, async ([key, hash]) => {
    const problem = await problemOf(reading, key, hash);
    if (problem !== null) lines.push(`the file ${key} ${problem}`);
    done += 1;
    reading.onProgress(done, hashes.size);
  });
  return lines.sort();
}

async function problemOf(reading: Reading, key: string, hash: string): Promise<string | null> {
  const { store, identity, manifest } = reading;
  try {
    const body = await openFile(store, { key, recipient: manifest.recipient, identity });
    if (!body) return 'is missing';
    return (await sumOf(body)).sha256 === hash ? null : 'has other contents';
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Brings the files of a backup to the blob store; what is there already stays.
 * @returns how many were brought
 * @throws Error for one that is not as it was
 */
export async function bringFiles(
  { store, manifest, identity, onProgress }: Reading,
  { blobs, mediaTypes }: { blobs: BlobStore; mediaTypes: Map<string, string> },
): Promise<number> {
  const hashes = await readList(store, manifest);
  let brought = 0;
  let done = 0;
  await pLimit(AT_ONCE).map(hashes, async ([key, hash]) => {
    const existing = await blobs.open(key);
    existing?.destroy();
    if (!existing) {
      const body = await openFile(store, { key, recipient: manifest.recipient, identity });
      if (!body) throw new Error(`the file ${key} is missing`);
      const draft = path.join(blobs.tempFolder, `${v7()}.part`);
      const { plain } = await seal(body, draft, { isZipped: false, key: null });
      if (plain.sha256 !== hash) throw new Error(`the file ${key} has other contents`);
      const mediaType = mediaTypeOf(key, mediaTypes);
      await blobs.put(key, draft, { size: plain.bytes, mediaType });
      brought += 1;
    }
    done += 1;
    onProgress(done, hashes.size);
  });
  return brought;
}

function mediaTypeOf(key: string, types: Map<string, string>): string {
  const [, sha256 = '', , format] = /^..\/([\da-f]{64})(\.\d+\.(\w+))?$/.exec(key) ?? [];
  return format ? `image/${format}` : (types.get(sha256) ?? 'application/octet-stream');
}
