import type { GivenFile } from './given-files.js';

const UTF8_NAME = 0x0800;
const VERSION = 20;
const SLICE_BYTES = 4 * 1024 ** 2;

/**
 * Files as one zip, as they are: what is large in them is packed already. Their bytes stay on the disk until they are sent.
 * @throws an AbortError, a DOMException for a file that cannot be read
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function packFiles(
  name: string,
  files: readonly GivenFile[],
  signal: AbortSignal,
): Promise<File> {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let offset = 0;
  let directorySize = 0;
  for (const { path, file } of files) {
    const sum = await crcOf(file, signal);
    const title = new TextEncoder().encode(path.normalize('NFC'));
    const fields = [
      [2, VERSION],
      [2, UTF8_NAME],
      [2, 0],
      [4, dosTime(new Date(file.lastModified))],
      [4, sum],
      [4, file.size],
      [4, file.size],
      [2, title.length],
      [2, 0],
    ] as const;
    const head = pack([4, 0x04034b50], ...fields);
    const line = pack(
      [4, 0x02014b50],
      [2, VERSION],
      ...fields,
      [4, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    );
    parts.push(head, title, file);
    directory.push(line, title);
    offset += head.length + title.length + file.size;
    directorySize += line.length + title.length;
  }
  const { length } = files;
  const end = [
    [4, 0],
    [2, length],
    [2, length],
    [4, directorySize],
    [4, offset],
    [2, 0],
  ] as const;
  const all = [...parts, ...directory, pack([4, 0x06054b50], ...end)];
  return new File(all, name, { type: 'application/zip' });
}

/** Numbers one after the other, little-endian: each with its bytes. */
function pack(...fields: readonly (readonly [bytes: 2 | 4, value: number])[]) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

/** Two bytes of time and two of date, in UTC, every other second, from 1980 on. */
function dosTime(date: Date): number {
  const year = Math.max(0, date.getUTCFullYear() - 1980);
  const day = (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 0x10000 + time;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

async function crcOf(file: File, signal: AbortSignal): Promise<number> {
  let sum = 0xffffffff;
  for (let start = 0; start < file.size; start += SLICE_BYTES) {
    signal.throwIfAborted();
    const bytes = new Uint8Array(await file.slice(start, start + SLICE_BYTES).arrayBuffer());
    for (const byte of bytes) sum = (CRC_TABLE[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
