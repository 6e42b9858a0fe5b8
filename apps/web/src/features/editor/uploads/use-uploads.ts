import type { StoredFile } from '@ainotebook/contract';
import { useEffect, useReducer, useRef } from 'react';
import { useApp } from '../../../app-context.js';
import { UploadRefused, uploadFile } from './upload-file.js';

/** A file on its way into the note, or in it. */
export interface Upload {
  key: number;
  file: File;
  state:
    | { kind: 'sending'; share: number }
    | { kind: 'done'; stored: StoredFile }
    | { kind: 'failed'; code: UploadRefused['code'] };
}

type Change =
  | { type: 'added'; uploads: Upload[] }
  | { type: 'became'; key: number; state: Upload['state'] }
  | { type: 'gone'; key: number };

function reduce(uploads: readonly Upload[], change: Change): readonly Upload[] {
  switch (change.type) {
    case 'added':
      return [...uploads, ...change.uploads];
    case 'became':
      return uploads.map((one) => (one.key === change.key ? { ...one, state: change.state } : one));
    case 'gone':
      return uploads.filter(({ key }) => key !== change.key);
  }
}

/** Two at a time: many would only make each of them late. */
const AT_ONCE = 2;
let lastKey = 0;

/** Sends files, a few at a time, until whoever shows them goes. `onDone` is called for each that arrived. */
export function useUploads(onDone: (stored: StoredFile) => void) {
  const { session } = useApp();
  const [uploads, change] = useReducer(reduce, []);
  const running = useRef(new Map<number, AbortController>());
  const waiting = useRef<Upload[]>([]);
  const done = useRef(onDone);
  done.current = onDone;

  useEffect(() => {
    const controllers = running.current;
    return () => {
      waiting.current = [];
      for (const controller of controllers.values()) controller.abort();
    };
  }, []);

  async function run({ key, file }: Upload): Promise<void> {
    const controller = new AbortController();
    running.current.set(key, controller);
    try {
      const onProgress = (share: number) =>
        change({ type: 'became', key, state: { kind: 'sending', share } });
      const stored = await uploadFile(session, file, { onProgress, signal: controller.signal });
      done.current(stored);
      change({ type: 'became', key, state: { kind: 'done', stored } });
    } catch (error) {
      // Given up: its row has gone already.
      if (controller.signal.aborted) return;
      const code = error instanceof UploadRefused ? error.code : 'internal';
      change({ type: 'became', key, state: { kind: 'failed', code } });
    } finally {
      running.current.delete(key);
      next();
    }
  }

  function next(): void {
    while (running.current.size < AT_ONCE) {
      const upload = waiting.current.shift();
      if (!upload) return;
      void run(upload);
    }
  }

  return {
    uploads,
    add(files: readonly File[]): void {
      const added = files.map((file): Upload => {
        lastKey += 1;
        return { key: lastKey, file, state: { kind: 'sending', share: 0 } };
      });
      change({ type: 'added', uploads: added });
      waiting.current.push(...added);
      next();
    },
    retry(upload: Upload): void {
      change({ type: 'became', key: upload.key, state: { kind: 'sending', share: 0 } });
      waiting.current.push(upload);
      next();
    },
    /** Ends it if it is on its way, and forgets it. */
    remove({ key }: Upload): void {
      waiting.current = waiting.current.filter((one) => one.key !== key);
      running.current.get(key)?.abort();
      change({ type: 'gone', key });
    },
  };
}
