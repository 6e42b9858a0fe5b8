import type { FilesGetResult } from './generated/types.js';
import { sendBytes, waitAfter } from './send-bytes.js';
import type { TransportOptions } from './transport.js';
import { sleep } from './waits.js';

/** What can be uploaded. A Blob and bytes are sent again when an attempt fails; a stream is read once. */
export type UploadSource =
  | Blob
  | Uint8Array
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Per-upload options. */
export interface UploadOptions {
  /** Its name; its type is told from the bytes. */
  name?: string | undefined;
  /**
   * Told of the bytes that were handed to the network, and of all; null for a stream, whose length nobody knows.
   * Browsers tell the end alone.
   */
  onProgress?: ((sentBytes: number, totalBytes: number | null) => void) | undefined;
  /** Ends the upload with an AbortError; the server keeps nothing of it. */
  signal?: AbortSignal | undefined;
  /** Milliseconds one attempt may take; 15 minutes when absent. */
  timeoutMs?: number | undefined;
  /** Repetitions after the first attempt. */
  maxRetries?: number | undefined;
}

/** A file of the server; the same bytes uploaded again are the same file. */
export type UploadedFile = Omit<FilesGetResult, 'articleCount' | 'isPublished'>;

export type Upload = (source: UploadSource, options?: UploadOptions) => Promise<UploadedFile>;

const TIMEOUT_MS = 15 * 60_000;

/** Sends one file as a form. The same bytes twice are one file, so that a repetition does no harm. */
export function createUpload(options: TransportOptions): Upload {
  return async (source, request = {}) => {
    const { signal, timeoutMs = TIMEOUT_MS, maxRetries = options.maxRetries } = request;
    const isRepeatable = source instanceof Blob || source instanceof Uint8Array;
    let tellEnd = () => {};
    const open = () => {
      const form = formOf(source, request);
      tellEnd = form.tellEnd;
      const type = `multipart/form-data; boundary=${form.boundary}`;
      return { headers: { 'content-type': type }, body: form.body };
    };
    for (let retry = 0; ; retry += 1) {
      try {
        const answer = await sendBytes(options, {
          procedure: 'files.upload',
          method: 'POST',
          path: '/api/files',
          open,
          isRepeatable,
          timeoutMs,
          signal,
        });
        tellEnd();
        // As the type says, but for its date.
        return { ...answer, createdAt: new Date(String(answer.createdAt)) } as UploadedFile;
      } catch (error) {
        const waitMs = waitAfter(error, retry);
        if (!isRepeatable || waitMs === null || retry >= maxRetries) throw error;
        await sleep(waitMs, signal);
      }
    }
  };
}

/** Names in a header's quotes: what would end them is percent-encoded, as browsers do. */
const quoted = (name: string) =>
  name.replace(/["\r\n]/g, (char) => encodeURIComponent(char)).slice(0, 500);

/** By hand: FormData takes no stream, and tells no progress. */
function formOf(source: UploadSource, { name = 'file', onProgress }: UploadOptions) {
  const boundary = `ainotebook-${crypto.getRandomValues(new Uint32Array(4)).join('')}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(name)}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const isBlob = source instanceof Blob;
  const total = isBlob ? source.size : source instanceof Uint8Array ? source.length : null;
  const isWhole = isBlob || source instanceof Uint8Array;
  // A browser sends streams over HTTP/2 only, and some send none.
  if (isWhole && (!onProgress || typeof document !== 'undefined')) {
    const body = new Blob([head, source as BlobPart, tail]);
    return { boundary, body, tellEnd: () => onProgress?.(total ?? 0, total) };
  }
  const parts = multipart(head, isBlob ? source.stream() : source, tail, (sent) =>
    onProgress?.(sent, total),
  );
  return { boundary, body: streamOf(parts), tellEnd: () => undefined };
}

const CHUNK_BYTES = 65_536;

async function* multipart(
  head: string,
  source: Exclude<UploadSource, Blob>,
  tail: string,
  onSent: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(head);
  let sent = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : chunksOf(source)) {
    for (let from = 0; from < chunk.length; from += CHUNK_BYTES) {
      const part = chunk.subarray(from, from + CHUNK_BYTES);
      yield part;
      sent += part.length;
      onSent(sent);
    }
  }
  yield encoder.encode(tail);
}

/** The streams of older browsers cannot be iterated, though their type says so. */
async function* chunksOf(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!('getReader' in source)) {
    yield* source;
    return;
  }
  const reader = source.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

function streamOf(parts: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}
