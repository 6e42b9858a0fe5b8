import { useEffect, useRef, useSyncExternalStore } from 'react';

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

/** Runs `retry` when the server is back. */
export function useOnReturn(retry: () => void): void {
  const isNowAway = useIsAway();
  const wasAway = useRef(isNowAway);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a return is a reason
  useEffect(() => {
    if (wasAway.current && !isNowAway) retry();
    wasAway.current = isNowAway;
  }, [isNowAway]);
}
