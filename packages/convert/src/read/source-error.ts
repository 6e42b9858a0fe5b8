import type { ImportFailure, ImportRejection } from '@ainotebook/contract';

/** A source that cannot be read at all. */
export class SourceError extends Error {
  override name = 'SourceError';
  constructor(
    readonly code: ImportFailure,
    options?: ErrorOptions,
  ) {
    super(`The source cannot be read: ${code}`, options);
  }
}

/** One item that is not taken; the others are read. */
export class ItemError extends Error {
  override name = 'ItemError';
  constructor(
    readonly code: ImportRejection,
    options?: ErrorOptions,
  ) {
    super(`The item is not taken: ${code}`, options);
  }
}
