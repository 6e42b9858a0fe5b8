import type { ImportSession } from './generated/types.js';
import { sendBytes, waitAfter } from './send-bytes.js';
import type { Call, TransportOptions } from './transport.js';
import { sleep } from './waits.js';

/** Per-upload options. */
export interface ImportUploadOptions {
  /** Its name, which the import shows. */
  name?: string | undefined;
  /** The import that waits for this very file: one that `imports.receive` made, in this run of the program or before. */
  importId?: string | undefined;
  /** Told of the bytes that the server has, and of all. */
  onProgress?: ((receivedBytes: number, totalBytes: number) => void) | undefined;
  /** Ends the upload with an AbortError; what the server has of it stays, until `imports.remove`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds the sending of one part may take; 5 minutes when absent. */
  timeoutMs?: number | undefined;
  /** Repetitions in a row that bring nothing; 30 when absent, which is three minutes without a network. */
  maxRetries?: number | undefined;
}

export type ImportUpload = (
  source: Blob | Uint8Array,
  options?: ImportUploadOptions,
) => Promise<ImportSession>;

const PART_TIMEOUT_MS = 5 * 60_000;

/** Sends a file in parts. After whatever went wrong the server is asked what it has, and is sent the rest. */
export function createImportUpload(options: TransportOptions, call: Call): ImportUpload {
  return async (source, request = {}) => {
    const { signal, timeoutMs = PART_TIMEOUT_MS, maxRetries = 30, onProgress } = request;
    const file = source instanceof Blob ? source : new Blob([source as BlobPart]);
    const { size } = file;
    // The answers of procedures are not checked anywhere in this package.
    const ask = (type: 'query' | 'mutation', path: string, input: object) =>
      call({ type, path }, input, { signal }) as Promise<ImportSession>;
    const name = request.name ?? (Object(source).name || 'file');
    const id = request.importId ?? (await ask('mutation', 'imports.receive', { name, size })).id;
    for (let failures = 0, known: Waiting | null = null; ; ) {
      try {
        const session: Waiting = known ?? (await ask('query', 'imports.get', { id }));
        const upload = session.upload;
        if (upload && upload.size !== size)
          throw new TypeError(`The import waits for a file of ${upload.size} bytes`);
        onProgress?.(upload?.received ?? size, size);
        if (!upload || upload.received === size) return await ask('query', 'imports.get', { id });
        const { received, chunkBytes } = upload;
        const body = file.slice(received, received + chunkBytes);
        known = (await sendBytes(options, {
          procedure: 'imports.upload',
          method: 'PATCH',
          path: `/api/imports/${id}/source`,
          open: () => ({ headers: { 'upload-offset': String(received) }, body }),
          isRepeatable: true,
          timeoutMs,
          signal,
        })) as unknown as Waiting;
        failures = 0;
      } catch (error) {
        // An answer was lost, and the part is here.
        const isAhead = Object(error).code === 'conflict';
        const waitMs = isAhead ? 0 : waitAfter(error, failures);
        if (waitMs === null || failures >= maxRetries) throw error;
        await sleep(waitMs, signal);
        failures += 1;
        known = null;
      }
    }
  };
}

type Waiting = Pick<ImportSession, 'upload'>;
