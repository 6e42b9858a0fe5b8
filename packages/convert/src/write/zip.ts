import { once } from 'node:events';
import { Readable, Transform, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32, createDeflateRaw, deflateRaw, deflateRawSync } from 'node:zlib';

const deflate = promisify<Buffer, Buffer>(deflateRaw);

const UTF8_NAME = 0x0800;
/** Size and CRC follow the data. */
const HAS_DESCRIPTOR = 0x0008;
const DEFLATED = 8;
/** 2.0, and 4.5 where a number needs 64 bits. */
const VERSION = 20;
const VERSION_64 = 45;
/** Made on Unix: a plain file, rw-r--r--. */
const MADE_BY = (3 << 8) | VERSION_64;
const MODE = (0o100644 << 16) >>> 0;
const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;

/** Bytes that are packed sooner than another thread has them. */
const SMALL = 16_384;

/** A zip that is written entry by entry, in the order of the calls. */
export interface ZipWriter {
  /** Resolves when the entry is written. @throws RangeError from 4 GiB on */
  add(path: string, source: Buffer | Readable, date: Date): Promise<void>;
  /** Writes the table of contents and ends the output. */
  finish(): Promise<void>;
}

interface Sizes {
  crc: number;
  packed: number;
  size: number;
}

/** Numbers one after the other, little-endian: each with its bytes. */
function pack(...fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

/** Two bytes of time and two of date, in UTC, every other second, from 1980 to 2107. */
function dosTime(date: Date): number {
  const year = date.getUTCFullYear();
  if (year < 1980) return (1 << 21) | (1 << 16);
  if (year > 2107) return dosTime(new Date('2107-12-31T23:59:58Z'));
  const day = ((year - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 0x10000 + time;
}

/**
 * Writes a zip to a stream; equal calls write equal bytes. Of an entry that is written no more than
 * its line in the table of contents is kept.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function createZipWriter(output: Writable): ZipWriter {
  const directory = createPages();
  let offset = 0;
  let count = 0;
  const end = finished(output);
  // A failure of the output fails the next write.
  end.catch(() => undefined);

  async function write(bytes: Buffer): Promise<void> {
    offset += bytes.length;
    if (output.errored) throw output.errored;
    if (!output.write(bytes)) await Promise.race([once(output, 'drain'), end]);
  }

  const head = (flags: number, time: number, { crc, packed, size }: Sizes, name: Buffer) =>
    [
      [2, VERSION],
      [2, flags],
      [2, DEFLATED],
      [4, time],
      [4, crc],
      [4, packed],
      [4, size],
      [2, name.length],
    ] as const;

  async function addBuffer(name: Buffer, bytes: Buffer, time: number): Promise<Sizes> {
    const packed = bytes.length > SMALL ? await deflate(bytes) : deflateRawSync(bytes);
    const sizes = { crc: crc32(bytes), packed: packed.length, size: bytes.length };
    await write(
      Buffer.concat([pack([4, 0x04034b50], ...head(UTF8_NAME, time, sizes, name), [2, 0]), name]),
    );
    await write(packed);
    return sizes;
  }

  async function addStream(name: Buffer, source: Readable, time: number): Promise<Sizes> {
    const flags = UTF8_NAME | HAS_DESCRIPTOR;
    const sizes = { crc: 0, packed: 0, size: 0 };
    await write(
      Buffer.concat([pack([4, 0x04034b50], ...head(flags, time, sizes, name), [2, 0]), name]),
    );
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, callback) {
        sizes.crc = crc32(chunk, sizes.crc);
        sizes.size += chunk.length;
        const isTooLarge = sizes.size > MAX_32 - 0x100000;
        callback(
          isTooLarge ? new RangeError('An entry of a zip holds at most 4 GiB') : null,
          chunk,
        );
      },
    });
    await pipeline(source, measure, createDeflateRaw(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        sizes.packed += chunk.length;
        await write(chunk);
      }
    });
    await write(pack([4, 0x08074b50], [4, sizes.crc], [4, sizes.packed], [4, sizes.size]));
    return sizes;
  }

  return {
    add: async (path, source, date) => {
      const [name, time, start] = [Buffer.from(path), dosTime(date), offset];
      const isStream = source instanceof Readable;
      const sizes = isStream
        ? await addStream(name, source, time)
        : await addBuffer(name, source, time);
      const isFar = start >= MAX_32;
      const extra = isFar ? pack([2, 1], [2, 8], [8, start]) : Buffer.alloc(0);
      const fields = head(isStream ? UTF8_NAME | HAS_DESCRIPTOR : UTF8_NAME, time, sizes, name);
      const rest = pack(
        [2, extra.length],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, MODE],
        [4, isFar ? MAX_32 : start],
      );
      directory.add(
        Buffer.concat([pack([4, 0x02014b50], [2, MADE_BY], ...fields), rest, name, extra]),
      );
      count += 1;
    },
    finish: async () => {
      const start = offset;
      for (const page of directory.all()) await write(page);
      const size = offset - start;
      if (count >= MAX_16 || start >= MAX_32 || size >= MAX_32) {
        const at = offset;
        const versions = [
          [2, VERSION_64],
          [2, VERSION_64],
        ] as const;
        const numbers = [
          [4, 0],
          [4, 0],
          [8, count],
          [8, count],
          [8, size],
          [8, start],
        ] as const;
        await write(pack([4, 0x06064b50], [8, 44], ...versions, ...numbers));
        await write(pack([4, 0x07064b50], [4, 0], [8, at], [4, 1]));
      }
      const shown = Math.min(count, MAX_16);
      await write(
        pack(
          [4, 0x06054b50],
          [4, 0],
          [2, shown],
          [2, shown],
          [4, Math.min(size, MAX_32)],
          [4, Math.min(start, MAX_32)],
          [2, 0],
        ),
      );
      output.end();
      await end;
    },
  };
}

const PAGE = 65_536;

/** Bytes that grow. Small buffers would each keep alive the slab that they were cut from. */
function createPages() {
  const pages: Buffer[] = [];
  let page = Buffer.alloc(0);
  let used = 0;
  return {
    add(bytes: Buffer): void {
      if (used + bytes.length > page.length) {
        pages.push(page.subarray(0, used));
        page = Buffer.alloc(Math.max(PAGE, bytes.length));
        used = 0;
      }
      used += bytes.copy(page, used);
    },
    all: () => [...pages, page.subarray(0, used)],
  };
}
