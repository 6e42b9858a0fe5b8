import { AppError } from '@ainotebook/api';
import type { AppErrorCode } from '@ainotebook/contract';
import {
  StorageFullError,
  StorageUnavailableError,
  UploadError,
  type UploadFailure,
} from '@ainotebook/files';
import type { Request, Response } from 'express';
import type { Logger } from '../logger.js';
import { requestIdOf } from './request-id.js';

const FAILURES: Record<Exclude<UploadFailure, 'gone'>, [AppErrorCode, string]> = {
  not_multipart: ['unsupported_media_type', 'Send the file as multipart/form-data'],
  malformed: ['bad_input', 'The form cannot be read'],
  no_file: ['bad_input', 'The form holds no file'],
  several_files: ['one_file_only', 'Send one file at a time'],
  empty: ['file_empty', 'The file is empty'],
  too_large: ['too_large', 'The file is too large'],
  type_not_allowed: [
    'file_type_not_allowed',
    'Only PNG, JPEG, WebP, GIF, AVIF and PDF files are taken',
  ],
  incomplete: ['upload_incomplete', 'The file did not arrive whole; send it again'],
  too_slow: ['timeout', 'The file came too slowly; send it again'],
};

/** What is said while the store does not serve; other errors as they are. */
export function orUnavailable(error: unknown): unknown {
  if (!(error instanceof StorageUnavailableError)) return error;
  return new AppError('unavailable', 'Files cannot be reached right now; try again shortly', {
    retryAfterMs: 5000,
    cause: error,
  });
}

/** What went wrong with an upload, in the words of the wire; null when nobody is there to hear it. */
function toUploadAnswer(error: unknown, maxBytes: number): AppError | null | undefined {
  if (error instanceof StorageFullError) {
    return new AppError('storage_full', 'The server has no room left', { cause: error });
  }
  if (!(error instanceof UploadError)) return undefined;
  if (error.failure === 'gone') return null;
  const [code, message] = FAILURES[error.failure];
  const detail = code === 'too_large' ? `; at most ${maxBytes} bytes` : '';
  return new AppError(code, `${message}${detail}`, { cause: error });
}

/** Takes an upload, and says what went wrong with it in the words of the wire. @throws AppError */
export async function answerUpload(
  { req, res, log, maxBytes }: { req: Request; res: Response; log: Logger; maxBytes: number },
  take: () => Promise<void>,
): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  try {
    await take();
  } catch (error) {
    // What is still on its way is not worth reading: the connection ends with the answer.
    if (!req.complete) res.setHeader('Connection', 'close');
    const answer = toUploadAnswer(error, maxBytes);
    if (answer === null) {
      log.info('An upload was given up by its sender', { requestId: requestIdOf(res) });
      res.destroy();
      return;
    }
    throw answer ?? orUnavailable(error);
  }
}
