import { useSyncExternalStore } from 'react';

/**
 * A value of this device: in localStorage, or where that is blocked as long as the page lasts. Null is not kept.
 * @param parse makes it of any stored value; an older app, a newer one or somebody else may have written that
 */
export function deviceValue<T>(key: string, parse: (stored: unknown) => T) {
  function load(): T {
    try {
      return parse(JSON.parse(localStorage.getItem(key) ?? 'null'));
    } catch {
      return parse(null);
    }
  }

  let current = load();
  const listeners = new Set<() => void>();
  const get = (): T => current;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  function change(next: T): void {
    current = next;
    for (const listener of listeners) listener();
  }

  return {
    get,
    /** Keeps it, and tells whoever shows it. */
    set(next: T): void {
      try {
        if (next === null) localStorage.removeItem(key);
        else localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Blocked storage.
      }
      change(next);
    },
    /** Takes what another tab has kept. */
    reload: (): void => change(load()),
    use: (): T => useSyncExternalStore(subscribe, get),
  };
}

/** The parts of a stored value, none of which can be trusted. */
export const partsOf = (stored: unknown): Partial<Record<string, unknown>> =>
  typeof stored === 'object' && stored !== null ? { ...stored } : {};
