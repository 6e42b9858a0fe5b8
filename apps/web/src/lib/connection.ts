import { useSyncExternalStore } from 'react';

let isAway = false;
const listeners = new Set<() => void>();

/** Whether the server answered lately: nobody knows it better than the last call did. */
export const connection = {
  isAway: (): boolean => isAway,
  set(next: boolean): void {
    if (next === isAway) return;
    isAway = next;
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
};

export const useIsAway = (): boolean =>
  useSyncExternalStore(connection.subscribe, connection.isAway);
