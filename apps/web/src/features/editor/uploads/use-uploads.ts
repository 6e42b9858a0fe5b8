import type { StoredFile } from '@ainotebook/contract';
import { useEffect, useMemo, useReducer, useRef } from 'react';
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

interface Uploads {
  all: readonly Upload[];
  add: (files: readonly File[]) => void;
  retry: (upload: Upload) => void;
  /** Ends it if it is on its way, and forgets it. */
  remove: (upload: Upload) => void;
}

/** Sends files, a few at a time, until whoever shows them goes. `onDone` is called for each that arrived. */
export function useUploads(onDone: (stored: StoredFile) => void): Uploads {
  const { session } = useApp();
  const [all, change] = useReducer(reduce, []);
  const done = useRef(onDone);
  done.current = onDone;
  const queue = useMemo(
    () => createQueue(session, change, (stored) => done.current(stored)),
    [session],
  );
  useEffect(() => queue.end, [queue]);
  const { add, retry, remove } = queue;
  return { all, add, retry, remove };
}

type Session = Parameters<typeof uploadFile>[0];

function createQueue(
  session: Session,
  change: (change: Change) => void,
  onDone: (stored: StoredFile) => void,
) {
  const running = new Map<number, AbortController>();
  let waiting: Upload[] = [];

  async function run({ key, file }: Upload): Promise<void> {
    const controller = new AbortController();
    running.set(key, controller);
    try {
      const onProgress = (share: number) =>
        change({ type: 'became', key, state: { kind: 'sending', share } });
      const stored = await uploadFile(session, file, { onProgress, signal: controller.signal });
      onDone(stored);
      change({ type: 'became', key, state: { kind: 'done', stored } });
    } catch (error) {
      // Given up: its row has gone already.
      if (controller.signal.aborted) return;
      const code = error instanceof UploadRefused ? error.code : 'internal';
      change({ type: 'became', key, state: { kind: 'failed', code } });
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
