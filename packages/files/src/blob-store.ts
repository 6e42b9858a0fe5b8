import type { Readable } from 'node:stream';

/** Bytes of a blob from `start` to `end`, both counted from 0 and included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Where the bytes of files are kept, under names made of their hashes. What is kept never changes. */
export interface BlobStore {
  /** A folder of this machine for files that are still being received. */
  readonly tempFolder: string;
  /**
   * Keeps the bytes of a local file, which is gone then; nothing to do when they are kept already.
   * @throws StorageFullError, StorageUnavailableError
   */
  put(key: string, file: string, info: { size: number; mediaType: string }): Promise<void>;
  /** Null when nothing is kept under `key`. @throws StorageUnavailableError */
  open(key: string, range?: ByteRange): Promise<Readable | null>;
  /** Where the bytes are on this machine; null where they are elsewhere, or nowhere. Only to be read. */
  localFile(key: string): Promise<string | null>;
  /** Nothing to remove is no error. @throws StorageUnavailableError */
  remove(key: string): Promise<void>;
  /**
   * Makes sure that something can be kept.
   * @throws StorageMisconfiguredError with a line for the operator; StorageUnavailableError when it cannot be told now
   */
  check(): Promise<void>;
  /** Removes what uploads left behind that ended more than `olderThanMs` ago. @returns how many files */
  sweepTemp(olderThanMs: number): Promise<number>;
}

/** A store that can say what it holds. */
export interface ListingStore extends BlobStore {
  /** Everything whose name begins with `prefix`, in no order. @throws StorageUnavailableError */
  list(prefix: string): AsyncIterable<{ key: string; size: number }>;
}

/** The disk, or the bucket, takes no more. */
export class StorageFullError extends Error {
  override name = 'StorageFullError';
}

/** The store does not answer, or does not do what it is asked. Nothing is half kept; it may be tried again. */
export class StorageUnavailableError extends Error {
  override name = 'StorageUnavailableError';
}

/** Nothing can be kept until the operator changes a setting; the message says which. */
export class StorageMisconfiguredError extends Error {
  override name = 'StorageMisconfiguredError';
}

/** The name of a blob in the store: two hex digits as a folder, so that no folder grows too large. */
export function blobKey(sha256: string): string {
  return `${sha256.slice(0, 2)}/${sha256}`;
}

/** The name of a picture in another width or format: `480`, `webp`. */
export function variantKey(sha256: string, width: number, format: string): string {
  return `${blobKey(sha256)}.${width}.${format}`;
}
