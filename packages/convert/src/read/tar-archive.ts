import { readFile, stat } from 'node:fs/promises';
import { gunzip } from 'node:zlib';
import type { ImportRejection } from '@ainotebook/contract';
import {
  ARCHIVE_LIMITS,
  type Archive,
  type ArchiveEntry,
  entryPath,
  isUnsafePath,
  shownPath,
} from './archive.js';
import { ItemError, SourceError } from './source-error.js';
import { openWindowReader } from './window-reader.js';

const BLOCK = 512;
const CHUNK = 65_536;
/** Of one header that says more of the next entry. */
const MAX_EXTENDED = 65_536;
/** Packed and unpacked bytes of a tar that is packed as a whole: it is unpacked into memory. */
const MAX_PACKED = 50 * 1024 ** 2;
const MAX_UNPACKED = 128 * 1024 ** 2;

/** Whether a file that begins with these bytes is a tar, or may be one that is packed. */
export const isTar = (start: Uint8Array): boolean =>
  (start[0] === 0x1f && start[1] === 0x8b) ||
  Buffer.from(start.subarray(257, 262)).toString('latin1') === 'ustar';

/** Where the bytes of a tar are. */
interface Bytes {
  size: number;
  /** Rejects when the bytes end before. */
  at(position: number, length: number): Promise<Buffer>;
  close(): void;
}

async function bytesOf(file: string): Promise<Bytes> {
  const { size } = await stat(file);
  const reader = await openWindowReader(file);
  const close = () => reader.close(() => undefined);
  const [a, b] = size < 2 ? [] : await reader.bytesAt(0, 2);
  if (a !== 0x1f || b !== 0x8b)
    return { size, close, at: (position, length) => reader.bytesAt(position, length) };
  close();
  if (size > MAX_PACKED) throw new SourceError('too_large');
  return unpack(await readFile(file));
}

async function unpack(packed: Buffer): Promise<Bytes> {
  const whole = await new Promise<Buffer>((resolve, reject) => {
    gunzip(packed, { maxOutputLength: MAX_UNPACKED, chunkSize: 1024 ** 2 }, (error, bytes) => {
      if (!error) return resolve(bytes);
      const code =
        'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'damaged';
      reject(new SourceError(code, { cause: error }));
    });
  });
  return {
    size: whole.length,
    at: async (position, length) => {
      if (position + length > whole.length) throw new SourceError('damaged');
      return whole.subarray(position, position + length);
    },
    close: () => undefined,
  };
}

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

/** Octal digits, or with the highest bit set the number itself. */
function number(field: Buffer): number {
  const first = field[0] ?? 0;
  if (first & 0x80) {
    let value = first & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return value;
  }
  const digits = text(field).trim();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

interface Header {
  name: string;
  size: number;
  modifiedAt: Date | null;
  /** A letter or digit: '0' is a file. */
  type: string;
}

/** @returns null of an empty block, which ends a tar. @throws SourceError damaged */
function readHeader(block: Buffer): Header | null {
  if (block.every((byte) => byte === 0)) return null;
  let sum = 0;
  for (const [at, byte] of block.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte;
  if (sum !== number(block.subarray(148, 156))) throw new SourceError('damaged');
  const prefix = text(block.subarray(345, 500));
  const isPosix = block.subarray(257, 263).toString('latin1') === 'ustar\0';
  const name = text(block.subarray(0, 100));
  const seconds = number(block.subarray(136, 148));
  return {
    name: isPosix && prefix !== '' ? `${prefix}/${name}` : name,
    size: number(block.subarray(124, 136)),
    modifiedAt: seconds > 0 && seconds < 2 ** 33 ? new Date(seconds * 1000) : null,
    type: String.fromCharCode(block[156] ?? 0).replace('\0', '0'),
  };
}

/** Of `length key=value` lines, POSIX.1-2001, what matters here. */
function readExtended(bytes: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, space).toString('latin1'));
    if (space < 0 || !(length > 0)) break;
    const [key = '', value = ''] = splitOnce(
      new TextDecoder().decode(bytes.subarray(space + 1, at + length - 1)),
    );
    if (key === 'path') found.path = value;
    if (key === 'size') found.size = Number(value);
    at += length;
  }
  return found;
}

const splitOnce = (line: string): string[] => {
  const at = line.indexOf('=');
  return at < 0 ? [line] : [line.slice(0, at), line.slice(at + 1)];
};

interface Listing {
  entries: Map<string, ArchiveEntry>;
  offsets: Map<string, number>;
  rejected: { path: string; reason: ImportRejection }[];
}

const NO_FILE: Partial<Record<string, ImportRejection>> = { '1': 'link', '2': 'link' };

async function list(bytes: Bytes): Promise<Listing> {
  const listing: Listing = { entries: new Map(), offsets: new Map(), rejected: [] };
  let next: { path?: string; size?: number } = {};
  let count = 0;
  for (let at = 0; at + BLOCK <= bytes.size; ) {
    const header = readHeader(await bytes.at(at, BLOCK));
    if (!header) break;
    count += 1;
    if (count > ARCHIVE_LIMITS.entries) throw new SourceError('too_many_files');
    const start = at + BLOCK;
    const size = next.size ?? header.size;
    if (!(size >= 0) || start + size > bytes.size) throw new SourceError('damaged');
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (header.type === 'x' || header.type === 'L') {
      if (size > MAX_EXTENDED) throw new SourceError('damaged');
      const more = await bytes.at(start, size);
      next = { ...next, ...(header.type === 'x' ? readExtended(more) : { path: text(more) }) };
      continue;
    }
    const path = entryPath(next.path ?? header.name);
    next = {};
    if (header.type === 'g' || header.type === '5' || path === '' || path.endsWith('/')) continue;
    const isFile = header.type === '0' || header.type === '7';
    const reason = !isFile
      ? (NO_FILE[header.type] ?? 'unsupported')
      : isUnsafePath(path) || listing.entries.has(path)
        ? 'unsafe_path'
        : null;
    if (reason !== null) {
      listing.rejected.push({ path: shownPath(path), reason });
      continue;
    }
    listing.entries.set(path, { path, size, packed: size, modifiedAt: header.modifiedAt });
    listing.offsets.set(path, start);
  }
  if (count === 0) throw new SourceError('damaged');
  return listing;
}

/**
 * Opens a tar, also one that is packed as a whole with gzip, and reads its list.
 * @throws SourceError damaged, too_many_files, too_large
 */
export async function openTar(file: string): Promise<Archive> {
  const bytes = await bytesOf(file);
  try {
    return { file, ...archiveOf(bytes, await list(bytes)) };
  } catch (error) {
    bytes.close();
    throw error instanceof SourceError ? error : new SourceError('damaged', { cause: error });
  }
}

function archiveOf(bytes: Bytes, { entries, offsets, rejected }: Listing): Omit<Archive, 'file'> {
  async function* stream(path: string, maxBytes: number): AsyncGenerator<Buffer> {
    const size = entries.get(path)?.size;
    const start = offsets.get(path);
    if (size === undefined || start === undefined) throw new ItemError('gone');
    if (size > maxBytes) throw new ItemError('too_large');
    for (let at = 0; at < size; at += CHUNK) {
      try {
        yield await bytes.at(start + at, Math.min(CHUNK, size - at));
      } catch (error) {
        throw new ItemError('damaged', { cause: error });
      }
    }
  }
  return {
    entries,
    rejected,
    stream,
    read: async (path, maxBytes) => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream(path, maxBytes)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    close: () => bytes.close(),
  };
}
