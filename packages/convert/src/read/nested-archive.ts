import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImportRejection } from '@ainotebook/contract';
import {
  ARCHIVE_LIMITS,
  type Archive,
  type ArchiveEntry,
  isBomb,
  isUnsafePath,
} from './archive.js';
import { HIDDEN, holdsNotes, sharedFolder } from './contents.js';
import { openArchive } from './open-archive.js';
import { ItemError, SourceError } from './source-error.js';

/** Archives in one that are opened; each is a file that has to be unpacked first. */
const MAX_OPENED = 50;

const ZIP = /\.zip$/i;
/** Opened where they are all there is: elsewhere they are what somebody attached to a note. */
const LONE = /\.(?:jex|lakebook|tar|tgz|tar\.gz|docx|epub)$/i;
/** Of one export that was cut into several, as Notion does it. */
const PART = /\bpart-?\d+\.zip$/i;

/** An archive that is opened, and where what is in it stands among everything. */
interface Inner {
  /** The entry that it is. */
  entry: ArchiveEntry;
  archive: Archive;
  /** Before the paths in it. */
  folder: string;
}

/**
 * Opens an archive, and those that lie at its top and hold notes, as if all were one. What lies deeper stays a file.
 * The limits hold for all of it together.
 * @param folder of this machine, where archives are unpacked to; whoever owns it clears it, and they are unpacked anew
 * @throws SourceError damaged, too_many_files, too_large, archive_bomb
 */
export async function openNested(file: string, folder: string): Promise<Archive> {
  const outer = await openArchive(file);
  const opened: Archive[] = [outer];
  const close = () => {
    for (const archive of opened) archive.close();
  };
  try {
    const visible = [...outer.entries.values()].filter((entry) => !HIDDEN.test(entry.path));
    const isLone = visible.length === 1;
    const rejected = [...outer.rejected];
    const inner: Inner[] = [];
    const isOpened = ({ path }: ArchiveEntry) => ZIP.test(path) || (isLone && LONE.test(path));
    for (const entry of atTop(visible).filter(isOpened).slice(0, MAX_OPENED)) {
      try {
        const archive = await openArchive(await unpack(outer, entry, { file, folder }));
        opened.push(archive);
        const isPart = isLone || PART.test(entry.path);
        if (!isPart && !holdsNotes(archive)) continue;
        inner.push({ entry, archive, folder: isLone ? '' : folderFor(entry.path, isPart) });
      } catch (error) {
        if (isLone || !(error instanceof ItemError || error instanceof SourceError)) throw error;
        rejected.push({ path: entry.path, reason: asRejection(error.code) });
      }
    }
    const isWhole = inner.length === 0 && rejected.length === outer.rejected.length;
    return { ...(isWhole ? outer : merge({ outer, inner, rejected, isLone })), close };
  } catch (error) {
    close();
    throw error instanceof ItemError ? new SourceError('damaged', { cause: error }) : error;
  }
}

function asRejection(code: SourceError['code'] | ItemError['code']): ImportRejection {
  if (code === 'damaged' || code === 'archive_bomb' || code === 'encrypted') return code;
  return code === 'too_large' || code === 'too_many_files' ? 'too_large' : 'nested_archive';
}

function atTop(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  const top = sharedFolder(entries.map((entry) => entry.path));
  return entries.filter((entry) => !entry.path.slice(top.length).includes('/'));
}

/** Parts belong together as they were; anything else comes under its own name. */
function folderFor(entryPath: string, isPart: boolean): string {
  const around = entryPath.slice(0, entryPath.lastIndexOf('/') + 1);
  return isPart ? around : `${entryPath.replace(ZIP, '')}/`;
}

/** An entry as a file of this machine: the one of an earlier call where that is still there. */
async function unpack(
  outer: Archive,
  entry: ArchiveEntry,
  { file, folder }: { file: string; folder: string },
): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  const source = JSON.stringify([file, size, mtimeMs, entry.path]);
  const name = createHash('sha256').update(source).digest('hex');
  const target = path.join(folder, `${name}.nested`);
  const found = await stat(target).catch(() => null);
  if (found?.size === entry.size) {
    // Still in use, to whoever clears the folder.
    await utimes(target, new Date(), new Date()).catch(() => undefined);
    return target;
  }
  await mkdir(folder, { recursive: true });
  const part = `${target}.${randomUUID()}`;
  try {
    const out = createWriteStream(part, { flags: 'wx', mode: 0o600 });
    await pipeline(outer.stream(entry.path, entry.size), out);
    // Whole or not at all: another run may read it.
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return target;
}

interface Parts {
  outer: Archive;
  inner: readonly Inner[];
  rejected: { path: string; reason: ImportRejection }[];
  /** Whether the one inner is all there is. */
  isLone: boolean;
}

function merge({ outer, inner, rejected, isLone }: Parts): Omit<Archive, 'close'> {
  // What programs keep beside the one archive is nothing to it.
  const entries = new Map<string, ArchiveEntry>(isLone ? [] : outer.entries);
  const places = new Map<string, { archive: Archive; path: string }>();
  for (const { entry } of inner) entries.delete(entry.path);
  for (const { path } of rejected) entries.delete(path);
  for (const path of entries.keys()) places.set(path, { archive: outer, path });
  for (const { entry, archive, folder } of inner) {
    for (const found of archive.entries.values()) {
      const plain = `${folder}${found.path}`;
      // Parts of one export each have a table of contents.
      const path = entries.has(plain) ? `${entry.path.replace(ZIP, '')}/${found.path}` : plain;
      const packed = found.packed * (entry.packed / Math.max(1, entry.size));
      const isBad = isUnsafePath(path) || entries.has(path);
      if (isBad || isBomb(found.size, packed)) {
        rejected.push({ path, reason: isBad ? 'unsafe_path' : 'archive_bomb' });
        continue;
      }
      entries.set(path, { ...found, path, packed });
      places.set(path, { archive, path: found.path });
    }
    for (const one of archive.rejected) rejected.push({ ...one, path: `${folder}${one.path}` });
  }
  requireBounds(entries);
  const placeOf = (path: string) => {
    const place = places.get(path);
    if (!place) throw new ItemError('gone');
    return place;
  };
  return {
    file: (isLone && inner[0]?.archive.file) || outer.file,
    entries,
    rejected,
    read: async (path, maxBytes) => {
      const place = placeOf(path);
      return place.archive.read(place.path, maxBytes);
    },
    async *stream(path, maxBytes) {
      const place = placeOf(path);
      yield* place.archive.stream(place.path, maxBytes);
    },
  };
}

/** @throws SourceError too_many_files, too_large */
function requireBounds(entries: ReadonlyMap<string, ArchiveEntry>): void {
  if (entries.size > ARCHIVE_LIMITS.entries) throw new SourceError('too_many_files');
  let total = 0;
  for (const { size } of entries.values()) total += size;
  if (total > ARCHIVE_LIMITS.totalBytes) throw new SourceError('too_large');
}
