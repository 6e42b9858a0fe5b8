import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32, inflateRawSync } from 'node:zlib';
import type { ImportRejection } from '@ainotebook/contract';
import { Entry, fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import {
  ARCHIVE_LIMITS,
  type Archive,
  type ArchiveEntry,
  entryPath,
  isBomb,
  isUnsafePath,
  shownPath,
} from './archive.js';
import { ItemError, SourceError } from './source-error.js';
import { openWindowReader, type WindowReader } from './window-reader.js';

/** Packed and unpacked bytes of an entry that is read at once: streams for it would take longer than it. */
const SMALL = 65_536;
const SMALL_UNPACKED = 262_144;

const UNICODE_PATH = 0x7075;
const IS_UTF8 = 0x800;

/** The name of an entry; programs on Chinese Windows write it in their own code page and say nothing. */
function nameOf(entry: Entry): string {
  const raw = entry.fileNameRaw;
  // After a version and the checksum of the plain name.
  const unicode = entry.extraFields.find(({ id }) => id === UNICODE_PATH)?.data.subarray(5);
  const isUtf8 = (entry.generalPurposeBitFlag & IS_UTF8) !== 0;
  if (isUtf8 || unicode) return new TextDecoder().decode(isUtf8 ? raw : unicode);
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(raw);
    } catch {
      // The next one.
    }
  }
  return raw.toString('latin1');
}

const UNIX_SYSTEMS = [3, 19];
const FILE_KIND = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

/** Why an entry must not be unpacked. */
function problemOf(entry: Entry, path: string): ImportRejection | null {
  if (isUnsafePath(path)) return 'unsafe_path';
  if (UNIX_SYSTEMS.includes(entry.versionMadeBy >> 8)) {
    const kind = (entry.externalFileAttributes >>> 16) & FILE_KIND;
    if (kind !== 0 && kind !== REGULAR && kind !== FOLDER) return 'link';
  }
  if (entry.isEncrypted()) return 'encrypted';
  if (!entry.canDecodeFileData()) return 'unsupported';
  return isBomb(entry.uncompressedSize, entry.compressedSize) ? 'archive_bomb' : null;
}

interface Listing {
  entries: Map<string, ArchiveEntry>;
  raw: Map<string, Entry>;
  rejected: { path: string; reason: ImportRejection }[];
}

async function list(zip: ZipFile, fileSize: number): Promise<Listing> {
  if (zip.entryCount > ARCHIVE_LIMITS.entries) throw new SourceError('too_many_files');
  const listing: Listing = { entries: new Map(), raw: new Map(), rejected: [] };
  let unpacked = 0;
  let packed = 0;
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    count += 1;
    unpacked += entry.uncompressedSize;
    packed += entry.compressedSize;
    if (count > ARCHIVE_LIMITS.entries) throw new SourceError('too_many_files');
    if (unpacked > ARCHIVE_LIMITS.totalBytes) throw new SourceError('too_large');
    // Entries that share bytes are how a small archive unpacks to a huge one.
    if (packed > fileSize) throw new SourceError('archive_bomb');
    const path = entryPath(nameOf(entry));
    if (path === '' || path.endsWith('/')) continue;
    const reason = listing.raw.has(path) ? 'unsafe_path' : problemOf(entry, path);
    if (reason !== null) {
      listing.rejected.push({ path: shownPath(path), reason });
      continue;
    }
    const modifiedAt = entry.getLastModDate({ timezone: 'UTC' });
    listing.raw.set(path, slim(entry));
    listing.entries.set(path, {
      path,
      size: entry.uncompressedSize,
      packed: entry.compressedSize,
      modifiedAt: Number.isNaN(modifiedAt.getTime()) ? null : modifiedAt,
    });
  }
  return listing;
}

/** What unpacking needs of an entry: an archive of ours has a hundred thousand, and each would keep its buffers. */
function slim(entry: Entry): Entry {
  const { crc32: sum, compressedSize, uncompressedSize, compressionMethod } = entry;
  const { generalPurposeBitFlag, relativeOffsetOfLocalHeader } = entry;
  const kept = { compressedSize, uncompressedSize, compressionMethod, generalPurposeBitFlag };
  return Object.assign(new Entry(), kept, { crc32: sum, relativeOffsetOfLocalHeader });
}

/** Opens a zip and reads its list. @throws SourceError damaged, too_many_files, too_large, archive_bomb */
export async function openZip(file: string): Promise<Archive> {
  const { size } = await stat(file);
  const reader = await openWindowReader(file);
  let zip: ZipFile | undefined;
  try {
    const options = { autoClose: false, decodeStrings: false };
    zip = await fromRandomAccessReaderPromise(reader, size, options);
    return { file, ...archiveOf(zip, reader, await list(zip, size)) };
  } catch (error) {
    if (zip) zip.close();
    else reader.close(() => undefined);
    throw error instanceof SourceError ? error : new SourceError('damaged', { cause: error });
  }
}

function archiveOf(
  zip: ZipFile,
  reader: WindowReader,
  { entries, raw, rejected }: Listing,
): Omit<Archive, 'file'> {
  /** The bytes of an entry that may be held, and held packed. @throws ItemError damaged */
  async function readSmall(entry: Entry): Promise<Buffer> {
    try {
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      const packed = await reader.bytesAt(fileDataStart, entry.compressedSize);
      const maxOutputLength = Math.max(1, entry.uncompressedSize);
      const bytes =
        entry.compressionMethod === 0 ? packed : inflateRawSync(packed, { maxOutputLength });
      if (bytes.length === entry.uncompressedSize && crc32(bytes) === entry.crc32) return bytes;
    } catch (error) {
      throw new ItemError('damaged', { cause: error });
    }
    throw new ItemError('damaged');
  }

  async function* stream(path: string, maxBytes: number): AsyncGenerator<Buffer> {
    const entry = raw.get(path);
    if (!entry) throw new ItemError('gone');
    if (entry.uncompressedSize > maxBytes) throw new ItemError('too_large');
    let body: Readable | undefined;
    try {
      body = await zip.openReadStreamPromise(entry);
      let read = 0;
      let sum = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        read += chunk.length;
        // yauzl ends what is longer than declared; this is the second lock.
        if (read > maxBytes) throw new ItemError('too_large');
        sum = crc32(chunk, sum);
        yield chunk;
      }
      if (sum !== entry.crc32) throw new ItemError('damaged');
    } catch (error) {
      throw error instanceof ItemError ? error : new ItemError('damaged', { cause: error });
    } finally {
      body?.destroy();
    }
  }
  return {
    entries,
    rejected,
    stream,
    read: async (path, maxBytes) => {
      const entry = raw.get(path);
      const isSmall =
        entry && entry.compressedSize <= SMALL && entry.uncompressedSize <= SMALL_UNPACKED;
      if (isSmall && entry.uncompressedSize <= maxBytes) return readSmall(entry);
      const chunks: Buffer[] = [];
      for await (const chunk of stream(path, maxBytes)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    close: () => zip.close(),
  };
}
