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

/**
 * Why an item is not taken, by what reading it threw: whatever it is, the others are read. An error that nobody
 * foresaw gives its name, which is for a log.
 * @throws SourceError, and what is the fault of this machine rather than of the item
 */
export function rejectionOf(error: unknown): { reason: ImportRejection; error?: string } {
  if (error instanceof ItemError) return { reason: error.code };
  if (error instanceof SourceError || isOfMachine(error)) throw error;
  // A stack or a string that would be larger than there is room for.
  const reason = error instanceof RangeError ? 'too_complex' : 'damaged';
  return { reason, error: error instanceof Error ? error.name : typeof error };
}

/** Whether an error comes from the system: a disk that is full, a file that is gone. */
export const isOfMachine = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && error.syscall !== undefined;
