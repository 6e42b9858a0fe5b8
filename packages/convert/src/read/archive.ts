import type { ImportRejection } from '@ainotebook/contract';

/** What an archive may hold, so that reading it ends. */
export const ARCHIVE_LIMITS = {
  entries: 250_000,
  /** Bytes of all entries unpacked. */
  totalBytes: 4 * 1024 ** 3,
  /** Unpacked to packed bytes of one entry, once it is larger than `ratioFrom`. */
  ratio: 100,
  ratioFrom: 1024 ** 2,
  pathLength: 1_000,
};

/** A file in an archive. */
export interface ArchiveEntry {
  /** With `/` between folders, NFC. */
  path: string;
  /** Bytes, as the archive says. */
  size: number;
  /** Bytes that it takes in the archive. */
  packed: number;
  modifiedAt: Date | null;
}

/** An opened archive: its list is read and judged, nothing is unpacked. */
export interface Archive {
  /** The file that it is; of an archive that was all that another held, the unpacked one. */
  file: string;
  /** In the order of the archive; folders are none. */
  entries: ReadonlyMap<string, ArchiveEntry>;
  /** Entries that are not safe or cannot be read. */
  rejected: readonly { path: string; reason: ImportRejection }[];
  /**
   * Unpacks one entry into memory.
   * @throws ItemError too_large (more than `maxBytes`), damaged, gone (no such entry)
   */
  read(path: string, maxBytes: number): Promise<Buffer>;
  /** Unpacks one entry chunk by chunk; sizes and checksum are verified by the end. @throws ItemError */
  stream(path: string, maxBytes: number): AsyncIterable<Buffer>;
  close(): void;
}

/** Whether an entry unpacks to far more than it takes. */
export const isBomb = (size: number, packed: number): boolean =>
  size > ARCHIVE_LIMITS.ratioFrom && size > ARCHIVE_LIMITS.ratio * packed;

/** The path of an entry as it is known here. */
export const entryPath = (name: string): string =>
  name
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
    .normalize('NFC');

/** A path as a report may show it. */
export const shownPath = (path: string): string => path.toWellFormed().replaceAll('\0', '');

/** Whether a path leads out of the archive, or is none. */
export function isUnsafePath(path: string): boolean {
  return (
    path.length > ARCHIVE_LIMITS.pathLength ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    /^\/|^[a-z]:|[\u0000-\u001f]/i.test(path) ||
    path.split('/').includes('..')
  );
}
