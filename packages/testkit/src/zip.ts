import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a zip made by hand; what is left out is as honest programs write it. */
export interface ZipEntry {
  /** Bytes for names in other encodings. */
  name: string | Buffer;
  data?: string | Buffer;
  /** 0 stored, 8 deflated (default). */
  method?: number;
  /** General purpose bits; UTF-8 for names given as text. */
  flags?: number;
  /** Of Unix, with the kind of the file. */
  mode?: number;
  /** What the headers claim. */
  claimedSize?: number;
  claimedCrc?: number;
}

const UTF8 = 0x800;
/** 2024-05-06 07:08:10. */
const TIME = (7 << 11) | (8 << 5) | 5;
const DATE = ((2024 - 1980) << 9) | (5 << 5) | 6;

/** A zip of the entries, byte for byte as asked: also broken and hostile ones. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { method = 8, mode = 0o100644 } = entry;
    const name = Buffer.from(entry.name);
    const data = Buffer.from(entry.data ?? '');
    const packed = method === 8 ? deflateRawSync(data) : data;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.flags ?? (typeof entry.name === 'string' ? UTF8 : 0), 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(TIME, 6);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(entry.claimedCrc ?? crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.claimedSize ?? data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode * 0x10000, 6);
    tail.writeUInt32LE(offset, 10);
    // Made by Unix, so that the mode counts.
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]);
}
