import { rm } from 'node:fs/promises';
import { AppError } from '@ainotebook/api';
import type { Reading } from '@ainotebook/api/jobs';
import type { PartLimits, Source } from '@ainotebook/convert/places';
import type { ImageResult, PreparedImage } from '@ainotebook/files';
import type { Logger } from '../logger.js';
import { TooMuchWork, type WorkPool } from './pool.js';

/** Pictures can wait for texts. */
const PICTURE = { weight: 60_000, timeoutMs: 60_000 };
/** Somebody waits for an answer; a page is left out before that takes long. */
const PAGE = { weight: 20_000, timeoutMs: 4_000 };
/** Sources wait for everything somebody looks at; a part takes seconds at most. */
const SOURCE = { weight: 70_000, timeoutMs: 20_000 };

/**
 * Checks a picture and makes the smaller ones in a thread; the file is gone when this throws.
 * @throws AppError file_damaged, image_too_large, unavailable
 */
export async function prepareImageIn(work: WorkPool, file: string): Promise<PreparedImage> {
  try {
    const result = await work.run<ImageResult>({ name: 'image', input: { file }, ...PICTURE });
    if (result.kind === 'prepared') return result.image;
    throw result.kind === 'damaged'
      ? new AppError('file_damaged', 'The picture cannot be read')
      : new AppError('image_too_large', 'The picture has too many pixels; at most 40 million');
  } catch (error) {
    await rm(file, { force: true });
    if (!(error instanceof TooMuchWork)) throw error;
    throw new AppError('unavailable', 'The server is busy; try again shortly', {
      retryAfterMs: 2000,
    });
  }
}

/** The article of a page of the web, read in a thread: it is what a stranger wrote. */
export function readPageIn(
  work: WorkPool,
  page: { bytes: Uint8Array; url: string; charset: string | null },
): Promise<string> {
  return work.run<string>({ name: 'page', input: page, ...PAGE });
}

/** A thread that was ended: by the clock, or because it asked for too much memory. */
function isOverrun(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return error.name === 'AbortError' || code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** Reads a part of a source in a thread, which a hostile one can end without harm to anything else. */
export async function readSourceIn(
  { work, log }: { work: WorkPool; log: Pick<Logger, 'warn'> },
  source: Source,
  limits: PartLimits,
): Promise<Reading> {
  try {
    const reading = await work.run<Reading>({
      name: 'source',
      input: { source, limits },
      ...SOURCE,
    });
    for (const error of unforeseen(reading))
      log.warn('Something of an import could not be read', { error });
    return reading;
  } catch (error) {
    if (isOverrun(error)) return { kind: 'overrun' };
    throw error;
  }
}

/** Names of the errors that a reader did not expect: they are worth a look, and hold nothing of anybody's notes. */
function unforeseen(reading: Reading): Set<string> {
  const names =
    reading.kind === 'read'
      ? reading.part.items.map((item) => (item.kind === 'rejected' ? item.error : undefined))
      : [reading.kind === 'overrun' ? reading.error : undefined];
  return new Set(names.filter((name) => name !== undefined));
}
