/** One entry of a tar made by hand; what is left out is as honest programs write it. */
export interface TarEntry {
  name: string;
  data?: string | Buffer;
  /** '0' a file (default), '2' a symbolic link, '5' a folder, 'x' more of the next entry. */
  type?: string;
  linkName?: string;
  /** What the header claims. */
  claimedSize?: number;
  claimedChecksum?: number;
}

const BLOCK = 512;
/** 2024-05-06 07:08:10 UTC. */
const SECONDS = 1_714_979_290;
const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;

/** A tar of the entries, byte for byte as asked: also broken and hostile ones. */
export function makeTar(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const data = Buffer.from(entry.data ?? '');
    const head = Buffer.alloc(BLOCK);
    head.write(entry.name, 0, 100);
    head.write(octal(0o644, 8), 100);
    head.write(octal(entry.claimedSize ?? data.length, 12), 124);
    head.write(octal(SECONDS, 12), 136);
    head.write(' '.repeat(8), 148);
    head.write(entry.type ?? '0', 156);
    head.write(entry.linkName ?? '', 157, 100);
    head.write('ustar\x0000', 257);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(octal(entry.claimedChecksum ?? sum, 7), 148);
    const padding = Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK);
    parts.push(head, data, padding);
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
