import type { ImportSession, ImportUpload } from '@ainotebook/contract';
import type { App } from '../../app-context.js';
import { errorInfo } from '../../lib/errors.js';
import { sendBody, UploadRefused } from '../editor/uploads/upload-file.js';

/** What is smaller is sent in one request: two parts of it would be as much work. */
export const IN_PARTS_BYTES = 8 * 1024 ** 2;

/** A part of 4 MiB over 15 KB/s; what takes longer hangs. */
const PART_TIMEOUT_MS = 5 * 60_000;
const ANSWER_MS = 20_000;
const LONGEST_WAIT_MS = 30_000;
/** What may go well the next time. */
const PASSING = new Set(['network', 'unavailable', 'timeout', 'rate_limited', 'upload_incomplete']);

/** The file on this device is not what it was when it was chosen. */
export class FileChanged extends Error {
  override name = 'FileChanged';
}

interface PartsOptions {
  /** Bytes that have gone, those of the part under way too. */
  onProgress: (bytes: number) => void;
  /** Whether the server is being waited for. */
  onWaiting: (isWaiting: boolean) => void;
  signal: AbortSignal;
}

/**
 * Sends what the server does not have of a file, part by part. A lost network is waited out, however long; then the
 * server is asked what has come.
 * @throws UploadRefused, FileChanged, an AbortError
 */
export async function sendInParts(
  { session, api }: Pick<App, 'session' | 'api'>,
  { id, file }: { id: string; file: File },
  { onProgress, onWaiting, signal }: PartsOptions,
): Promise<void> {
  const ask = () => api.imports.get.query({ id }, { signal: AbortSignal.timeout(ANSWER_MS) });
  for (let failures = 0, known: ImportUpload | null = null; ; ) {
    try {
      const upload: ImportUpload | null = known ?? (await ask()).upload;
      signal.throwIfAborted();
      onWaiting(false);
      onProgress(upload?.received ?? file.size);
      if (!upload || upload.received === upload.size) return;
      const { received }: ImportUpload = upload;
      const part = await partOf(file, received, upload.chunkBytes);
      const answer: ImportSession = await sendBody<ImportSession>(
        session,
        {
          method: 'PATCH',
          path: `/api/imports/${id}/source`,
          headers: { 'upload-offset': String(received) },
          body: part,
          timeoutMs: PART_TIMEOUT_MS,
        },
        { signal, onProgress: (share) => onProgress(received + share * part.byteLength) },
      );
      known = answer.upload;
      failures = 0;
    } catch (error) {
      if (signal.aborted || error instanceof FileChanged) throw error;
      const { code } = error instanceof UploadRefused ? error : errorInfo(error);
      // An answer was lost, or another tab was first.
      const isAhead = code === 'conflict' && failures < 3;
      if (!isAhead && !PASSING.has(code)) throw new UploadRefused(code);
      known = null;
      failures += 1;
      if (isAhead) continue;
      onWaiting(true);
      await untilTried(Math.min(500 * 2 ** failures, LONGEST_WAIT_MS), signal);
    }
  }
}

/** Read before it is sent: a request that cannot read its body says only that it failed. */
async function partOf(file: File, start: number, bytes: number): Promise<ArrayBuffer> {
  try {
    return await file.slice(start, start + bytes).arrayBuffer();
  } catch (error) {
    throw new FileChanged('The file cannot be read any more', { cause: error });
  }
}

/** Until it is time, or the browser has a network again. */
function untilTried(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void) => () => {
      clearTimeout(timer);
      window.removeEventListener('online', onOnline);
      signal.removeEventListener('abort', onAbort);
      then();
    };
    const onOnline = end(resolve);
    const onAbort = end(() => reject(signal.reason));
    const timer = setTimeout(onOnline, ms);
    window.addEventListener('online', onOnline);
    signal.addEventListener('abort', onAbort);
  });
}
