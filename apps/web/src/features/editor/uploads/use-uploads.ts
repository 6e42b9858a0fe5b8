import type { StoredFile } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useEffect, useMemo, useReducer, useRef } from 'react';
import { useApp } from '../../../app-context.js';
import { toast } from '../../../ui/toast.js';
import type { UploadRefused } from './upload-file.js';
import type { UploadQueue } from './upload-queue.js';

/** A file on its way into the note, or in it. */
export interface Upload {
  key: number;
  file: File;
  state:
    | { kind: 'sending'; share: number }
    /** `sentBytes`: of the smaller picture that was sent in its place. */
    | { kind: 'done'; stored: StoredFile; sentBytes: number | null }
    /** `maxBytes`: how large it may be, where that is why and is known. */
    | { kind: 'failed'; code: UploadRefused['code']; maxBytes: number | null };
}

export type Change =
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

interface Uploads {
  all: readonly Upload[];
  add: (files: readonly File[]) => void;
  retry: (upload: Upload) => void;
  /** Ends it if it is on its way, and forgets it. */
  remove: (upload: Upload) => void;
}

/** Sends files, a few at a time, until whoever shows them goes. `onDone` is called for each that arrived. */
export function useUploads(onDone: (stored: StoredFile) => void): Uploads {
  const { session, api } = useApp();
  const [all, change] = useReducer(reduce, []);
  const done = useRef(onDone);
  done.current = onDone;
  const sender = useMemo(() => {
    let queue: Promise<UploadQueue> | null = null;
    let isOver = false;
    /** What sends is fetched with the first file. */
    const withQueue = (use: (queue: UploadQueue) => void) => {
      queue ??= import('./upload-queue.js').then(({ createQueue }) =>
        createQueue({ session, api }, change, (stored) => done.current(stored)),
      );
      queue.then(
        (made) => !isOver && use(made),
        () => {
          queue = null;
          toast.error(m.upload_offline());
        },
      );
    };
    return {
      add: (files: readonly File[]) => withQueue(({ add }) => add(files)),
      retry: (upload: Upload) => withQueue(({ retry }) => retry(upload)),
      remove: (upload: Upload) => withQueue(({ remove }) => remove(upload)),
      begin: () => {
        isOver = false;
        return () => {
          isOver = true;
          void queue?.then(({ end }) => end());
        };
      },
    };
  }, [session, api]);
  useEffect(() => sender.begin(), [sender]);
  const { add, retry, remove } = sender;
  return { all, add, retry, remove };
}
