import { pipeline } from 'node:stream/promises';
import { AppError } from '@ainotebook/api';
import type { BlobStore } from '@ainotebook/files';
import type { Request, Response } from 'express';
import type { Logger } from '../logger.js';
import { readRange } from './byte-range.js';
import { orUnavailable } from './uploads.js';

interface StoredBytes {
  key: string;
  size: number;
  /** Sets the headers that tell what the bytes are; not called before an error. */
  announce: () => void;
}

/**
 * Answers with stored bytes: whole, the one range that is asked for, or "you have them".
 * @throws AppError unavailable, and not_found where the bytes are missing
 */
export async function sendBlob(
  { req, res, blobs, log }: { req: Request; res: Response; blobs: BlobStore; log: Logger },
  { key, size, announce }: StoredBytes,
): Promise<void> {
  const etag = `"${key.slice(3)}"`;
  const isHeld = req.headers['if-none-match']?.includes(etag);
  const range = isHeld ? null : readRange(req, { size, etag });
  const isBodyWanted = !isHeld && range !== 'unsatisfiable' && req.method !== 'HEAD';
  const body = isBodyWanted
    ? await blobs.open(key, range ?? undefined).catch((error: unknown) => {
        throw orUnavailable(error);
      })
    : null;
  if (isBodyWanted && !body) {
    log.error('The bytes of a file are missing', { key });
    throw new AppError('not_found', 'Not found');
  }
  announce();
  res.setHeader('ETag', etag);
  res.setHeader('Accept-Ranges', 'bytes');
  if (isHeld) return void res.status(304).end();
  if (range === 'unsatisfiable') {
    res.setHeader('Content-Range', `bytes */${size}`);
    return void res.status(416).end();
  }
  if (range) {
    res.status(206);
    res.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  }
  res.setHeader('Content-Length', range ? range.end - range.start + 1 : size);
  if (!body) return void res.end();
  await delivered(req, res, pipeline(body, res));
}

/** A reader who leaves is no failure of ours. */
export async function delivered(
  req: Request,
  res: Response,
  sending: Promise<void>,
): Promise<void> {
  await sending.catch((error: unknown) => {
    if (!req.destroyed && !res.destroyed) throw error;
  });
}
