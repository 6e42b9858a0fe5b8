import type { StoredFile } from '@ainotebook/contract';
import type { App } from '../../../app-context.js';
import { shrinkPicture } from './shrink-picture.js';
import { UploadRefused, uploadFile } from './upload-file.js';
import type { Change, Upload } from './use-uploads.js';

/** Two at a time: many would only make each of them late. */
const AT_ONCE = 2;
/** What is smaller is sent without asking how large a file may be. */
const SMALL_BYTES = 1_000_000;
const ANSWER_MS = 5_000;
let lastKey = 0;

type Server = Pick<App, 'session' | 'api'>;

export type UploadQueue = ReturnType<typeof createQueue>;

/** Sends files, a few at a time. A photo that is too large for the server is made smaller first. */
export function createQueue(
  { session, api }: Server,
  change: (change: Change) => void,
  onDone: (stored: StoredFile) => void,
) {
  const running = new Map<number, AbortController>();
  let waiting: Upload[] = [];
  let limit: number | null = null;

  /** Bytes that a file may have; null when the server does not say. */
  async function readLimit(): Promise<number | null> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    limit ??= await api.files.usage.query(undefined, { signal }).then(
      ({ maxFileBytes }) => maxFileBytes,
      () => null,
    );
    return limit;
  }

  /** The file, or a smaller picture in its place. @throws UploadRefused too_large */
  async function fitting(file: File): Promise<File> {
    const most = file.size > SMALL_BYTES ? await readLimit() : null;
    if (most === null || file.size <= most) return file;
    const smaller = await shrinkPicture(file, most);
    if (!smaller) throw new UploadRefused('too_large');
    return smaller;
  }

  async function run({ key, file }: Upload): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    running.set(key, controller);
    try {
      const onProgress = (share: number) =>
        change({ type: 'became', key, state: { kind: 'sending', share } });
      const sent = await fitting(file);
      signal.throwIfAborted();
      const stored = await uploadFile(session, sent, { onProgress, signal });
      onDone(stored);
      const sentBytes = sent === file ? null : sent.size;
      change({ type: 'became', key, state: { kind: 'done', stored, sentBytes } });
    } catch (error) {
      // Given up: its row has gone already.
      if (signal.aborted) return;
      const code = error instanceof UploadRefused ? error.code : 'internal';
      const maxBytes = code === 'too_large' ? await readLimit() : null;
      change({ type: 'became', key, state: { kind: 'failed', code, maxBytes } });
    } finally {
      running.delete(key);
      next();
    }
  }

  function next(): void {
    while (running.size < AT_ONCE) {
      const upload = waiting.shift();
      if (!upload) return;
      void run(upload);
    }
  }

  return {
    add(files: readonly File[]): void {
      const added = files.map((file): Upload => {
        lastKey += 1;
        return { key: lastKey, file, state: { kind: 'sending', share: 0 } };
      });
      change({ type: 'added', uploads: added });
      waiting.push(...added);
      next();
    },
    retry(upload: Upload): void {
      change({ type: 'became', key: upload.key, state: { kind: 'sending', share: 0 } });
      waiting.push(upload);
      next();
    },
    remove({ key }: Upload): void {
      waiting = waiting.filter((one) => one.key !== key);
      running.get(key)?.abort();
      change({ type: 'gone', key });
    },
    end(): void {
      waiting = [];
      for (const controller of running.values()) controller.abort();
    },
  };
}
