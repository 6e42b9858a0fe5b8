import { useSyncExternalStore } from 'react';

const KEY = 'last-opened';

/** The note a person had open last on this device. */
export interface LastOpened {
  userId: string;
  articleId: string;
  /** Milliseconds since 1970. */
  at: number;
}

function load(): LastOpened | null {
  try {
    const value: Partial<Record<keyof LastOpened, unknown>> = JSON.parse(
      localStorage.getItem(KEY) ?? '{}',
    );
    const { userId, articleId, at } = value;
    if (typeof userId !== 'string' || typeof articleId !== 'string') return null;
    return { userId, articleId, at: typeof at === 'number' ? at : 0 };
  } catch {
    // Blocked storage or somebody else's value.
    return null;
  }
}

let current = load();
const listeners = new Set<() => void>();

function keep(next: LastOpened | null): void {
  current = next;
  try {
    if (next) localStorage.setItem(KEY, JSON.stringify(next));
    else localStorage.removeItem(KEY);
  } catch {
    // Blocked storage: it lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export const lastOpened = {
  set: (userId: string, articleId: string): void => keep({ userId, articleId, at: Date.now() }),
  /** Whoever comes next must not see what it was. */
  forget: (): void => keep(null),
};

export const useLastOpened = (userId: string): LastOpened | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (current?.userId === userId ? current : null),
  );
