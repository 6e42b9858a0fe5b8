import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { asStorageError } from './disk-store.js';
import { intoFile } from './into-file.js';
import { type MediaType, SNIFFED_BYTES, safeFileName, sniffMediaType } from './media-types.js';
import { UploadError } from './upload-error.js';

/** A file that has come in whole: allowed, hashed, and on this machine under `path`. */
export interface ReceivedFile {
  path: string;
  name: string;
  mediaType: MediaType;
  /** Bytes. */
  size: number;
  /** Of the bytes, hex. */
  sha256: string;
}

export interface ReceiveOptions {
  tempFolder: string;
  /** Bytes of the file; one more is too large. */
  maxBytes: number;
  /** Ends the upload when fewer than `bytes` came in `windowMs`. */
  slowest?: { bytes: number; windowMs: number };
}

/** What a form with one file may need besides the file: its boundary and headers. */
const FORM_BYTES = 16_384;
const SLOWEST = { bytes: 8_192, windowMs: 30_000 };

interface Written {
  size: number;
  sha256: string;
  start: Buffer;
}

/** Writes a stream to `file`, counting and hashing on the way. */
async function write(stream: Readable, file: string): Promise<Written> {
  const hash = createHash('sha256');
  const starts: Buffer[] = [];
  let size = 0;
  const look = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      if (size < SNIFFED_BYTES) starts.push(chunk.subarray(0, SNIFFED_BYTES - size));
      size += chunk.length;
      yield chunk;
    }
  };
  await intoFile(file, (out) => pipeline(stream, look, out));
  return { size, sha256: hash.digest('hex'), start: Buffer.concat(starts) };
}

function openForm(req: IncomingMessage, maxBytes: number): busboy.Busboy {
  if (!/^multipart\/form-data\s*;/i.test(req.headers['content-type'] ?? '')) {
    throw new UploadError('not_multipart');
  }
  if (Number(req.headers['content-length'] ?? 0) > maxBytes + FORM_BYTES) {
    throw new UploadError('too_large');
  }
  try {
    return busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: {
        // busboy stops when it has read as many: a file of exactly `maxBytes` is allowed.
        fileSize: maxBytes + 1,
        files: 1,
        fields: 4,
        parts: 5,
        fieldSize: 1_024,
        fieldNameSize: 100,
        headerPairs: 20,
      },
    });
  } catch (error) {
    throw new UploadError('malformed', { cause: error });
  }
}

/**
 * Reads the one file of a multipart request into a temporary file. Whatever goes wrong, that file is
 * gone when this throws; the request is left open, so that it can be answered.
 * @throws UploadError, StorageFullError
 */
export async function receiveUpload(
  req: IncomingMessage,
  { tempFolder, maxBytes, slowest = SLOWEST }: ReceiveOptions,
): Promise<ReceivedFile> {
  const form = openForm(req, maxBytes);
  const file = path.join(tempFolder, `${randomUUID()}.part`);
  let name = '';
  let writing: Promise<Written> | undefined;
  let stopTimer = () => {};
  try {
    await mkdir(tempFolder, { recursive: true });
    await new Promise<void>((resolve, reject) => {
      const fail = (failure: UploadError['failure'], cause?: unknown) =>
        reject(new UploadError(failure, { cause }));
      form.on('file', (_field, stream, info) => {
        name = info.filename ?? '';
        stream.once('limit', () => fail('too_large'));
        writing = write(stream, file);
        writing.catch(reject);
      });
      form.on('filesLimit', () => fail('several_files'));
      form.on('partsLimit', () => fail('malformed'));
      form.on('fieldsLimit', () => fail('malformed'));
      form.on('error', (error) => fail('incomplete', error));
      form.on('close', resolve);
      const leave = () => {
        if (!req.complete) fail('gone');
      };
      req.on('close', leave);
      // It may have left before anybody listened.
      if (req.closed) leave();
      stopTimer = watchSpeed(req, slowest, () => fail('too_slow'));
      req.pipe(form);
    });
    if (!writing) throw new UploadError('no_file');
    const { size, sha256, start } = await writing;
    if (size === 0) throw new UploadError('empty');
    const mediaType = await sniffMediaType(start);
    if (!mediaType) throw new UploadError('type_not_allowed');
    return { path: file, name: safeFileName(name, mediaType), mediaType, size, sha256 };
  } catch (error) {
    req.unpipe(form);
    // Ends the stream of the file, and with it the writing; both say so, and neither is news.
    form.on('error', () => {});
    form.destroy();
    await writing?.catch(() => {});
    await rm(file, { force: true });
    throw asStorageError(error);
  } finally {
    stopTimer();
  }
}

/** Calls `onSlow` once when a window brought too little. @returns a function that ends the watch */
function watchSpeed(
  req: IncomingMessage,
  slowest: { bytes: number; windowMs: number },
  onSlow: () => void,
): () => void {
  let seen = req.socket.bytesRead;
  const timer = setInterval(() => {
    const now = req.socket.bytesRead;
    if (now - seen < slowest.bytes) onSlow();
    seen = now;
  }, slowest.windowMs);
  return () => clearInterval(timer);
}
