import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { asStorageError } from './disk-store.js';
import { intoFile } from './into-file.js';
import { type MediaType, SNIFFED_BYTES, safeFileName, sniffMediaType } from './media-types.js';
import { UploadError } from './upload-error.js';

/** Bytes that have come in whole: hashed, and on this machine under `path`. */
export interface ReceivedBytes {
  path: string;
  /** As it was given. */
  name: string;
  /** Bytes. */
  size: number;
  /** Of the bytes, hex. */
  sha256: string;
}

/** A file of a kind that is allowed, with a name that is safe. */
export interface ReceivedFile extends ReceivedBytes {
  mediaType: MediaType;
}

export interface ReceiveOptions {
  tempFolder: string;
  /** Bytes of the file; one more is too large. */
  maxBytes: number;
  /** Ends the upload when fewer than `bytes` came in `windowMs`. */
  slowest?: { bytes: number; windowMs: number };
}

export interface BodyOptions extends Pick<ReceiveOptions, 'tempFolder' | 'slowest'> {
  /** How many there are. */
  bytes: number;
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
async function write(stream: Readable | AsyncIterable<Buffer>, file: string): Promise<Written> {
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

/** Tells the type of what has come in. @throws UploadError type_not_allowed */
async function checked({ start, ...bytes }: Whole): Promise<ReceivedFile> {
  const mediaType = await sniffMediaType(start);
  if (mediaType) return { ...bytes, name: safeFileName(bytes.name, mediaType), mediaType };
  await rm(bytes.path, { force: true });
  throw new UploadError('type_not_allowed');
}

/**
 * Reads the one file of a multipart request into a temporary file. Whatever goes wrong, that file is
 * gone when this throws; the request is left open, so that it can be answered.
 * @throws UploadError, StorageFullError
 */
export async function receiveUpload(
  req: IncomingMessage,
  options: ReceiveOptions,
): Promise<ReceivedFile> {
  return checked(await receiveForm(req, options));
}

/** As `receiveUpload`, of any kind: for what is read and never sent to anybody. @throws UploadError, StorageFullError */
export async function receiveAnyFile(
  req: IncomingMessage,
  options: ReceiveOptions,
): Promise<ReceivedBytes> {
  const { path: file, name, size, sha256 } = await receiveForm(req, options);
  return { path: file, name, size, sha256 };
}

/**
 * Keeps bytes from elsewhere as a temporary file; nothing is left of it when this throws.
 * @throws UploadError empty, type_not_allowed; StorageFullError; what the stream throws
 */
export async function receiveStream(
  stream: AsyncIterable<Buffer>,
  { tempFolder, name }: { tempFolder: string; name: string },
): Promise<ReceivedFile> {
  return checked(await receiveBytes(stream, { tempFolder, name }));
}

/** As `receiveStream`, of any kind. @throws UploadError empty; StorageFullError; what the stream throws */
export async function receiveAnyStream(
  stream: AsyncIterable<Buffer>,
  options: { tempFolder: string; name: string },
): Promise<ReceivedBytes> {
  const { path: file, name, size, sha256 } = await receiveBytes(stream, options);
  return { path: file, name, size, sha256 };
}

/**
 * Reads the body of a request, of any kind and of exactly `bytes` bytes, into a temporary file. Whatever goes wrong, that
 * file is gone when this throws; the request is left open, so that it can be answered.
 * @throws UploadError too_large, incomplete, too_slow, gone; StorageFullError
 */
export async function receiveBody(
  req: IncomingMessage,
  { tempFolder, bytes, slowest = SLOWEST }: BodyOptions,
): Promise<ReceivedBytes> {
  const body = new PassThrough();
  const fail = (failure: UploadError['failure']) => body.destroy(new UploadError(failure));
  // Nobody may be reading when it fails.
  body.on('error', () => {});
  const leave = () => {
    if (!req.complete) fail('gone');
  };
  req.on('close', leave);
  // It may have left before anybody listened.
  if (req.closed) leave();
  const stopTimer = watchSpeed(req, slowest, () => fail('too_slow'));
  req.pipe(body);
  try {
    return await receiveAnyStream(exactly(body, bytes), { tempFolder, name: '' });
  } finally {
    stopTimer();
    req.off('close', leave);
    req.unpipe(body);
    body.destroy();
  }
}

async function* exactly(body: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const chunk of body) {
    seen += chunk.length;
    if (seen > bytes) throw new UploadError('too_large');
    yield chunk;
  }
  if (seen < bytes) throw new UploadError('incomplete');
}

type Whole = ReceivedBytes & { start: Buffer };

async function receiveBytes(
  stream: AsyncIterable<Buffer>,
  { tempFolder, name }: { tempFolder: string; name: string },
): Promise<Whole> {
  const file = path.join(tempFolder, `${randomUUID()}.part`);
  try {
    await mkdir(tempFolder, { recursive: true });
    const written = await write(stream, file);
    if (written.size === 0) throw new UploadError('empty');
    return { path: file, name, ...written };
  } catch (error) {
    await rm(file, { force: true });
    throw asStorageError(error);
  }
}

async function receiveForm(
  req: IncomingMessage,
  { tempFolder, maxBytes, slowest = SLOWEST }: ReceiveOptions,
): Promise<Whole> {
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
    const written = await writing;
    if (written.size === 0) throw new UploadError('empty');
    return { path: file, name, ...written };
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
