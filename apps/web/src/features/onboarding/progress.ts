import { useSyncExternalStore } from 'react';

const KEY = 'onboarding';
export const STEPS = 3;

/** How far a new person has come. It begins with registering and is gone once done or skipped. */
export interface Onboarding {
  userId: string;
  /** From 1 to `STEPS`. */
  step: number;
  /** The note made in the second step. */
  noteId: string | null;
}

function parse(stored: string | null): Onboarding | null {
  if (!stored) return null;
  try {
    const value: Partial<Record<keyof Onboarding, unknown>> = JSON.parse(stored);
    const { userId, step, noteId } = value;
    if (typeof userId !== 'string' || typeof step !== 'number') return null;
    return {
      userId,
      step: Math.min(STEPS, Math.max(1, Math.trunc(step))),
      noteId: typeof noteId === 'string' ? noteId : null,
    };
  } catch {
    return null;
  }
}

function load(): Onboarding | null {
  try {
    return parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

let current = load();
const listeners = new Set<() => void>();

function keep(next: Onboarding | null): void {
  current = next;
  try {
    if (next) localStorage.setItem(KEY, JSON.stringify(next));
    else localStorage.removeItem(KEY);
  } catch {
    // Blocked storage: it lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/**
 * Kept on this device: the account has no field for it. Nobody is shown it twice, because only
 * registering begins it, on the device where that happened.
 */
export const onboarding = {
  begin: (userId: string): void => keep({ userId, step: 1, noteId: null }),
  of: (userId: string): Onboarding | null => (current?.userId === userId ? current : null),
  advance(change: Partial<Pick<Onboarding, 'step' | 'noteId'>>): void {
    if (current) keep({ ...current, ...change });
  },
  finish: (): void => keep(null),
};

export const useOnboarding = (userId: string): Onboarding | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => onboarding.of(userId),
  );
