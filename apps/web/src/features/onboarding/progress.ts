import { deviceValue, partsOf } from '../../lib/device-value.js';

export const STEPS = 3;

/** How far a new person has come. It begins with registering and is gone once done or skipped. */
export interface Onboarding {
  userId: string;
  /** From 1 to `STEPS`. */
  step: number;
  /** The note made in the second step. */
  noteId: string | null;
}

const kept = deviceValue('onboarding', (stored): Onboarding | null => {
  const { userId, step, noteId } = partsOf(stored);
  if (typeof userId !== 'string' || typeof step !== 'number') return null;
  return {
    userId,
    step: Math.min(STEPS, Math.max(1, Math.trunc(step))),
    noteId: typeof noteId === 'string' ? noteId : null,
  };
});

const ofPerson = (found: Onboarding | null, userId: string): Onboarding | null =>
  found?.userId === userId ? found : null;

/**
 * Kept on this device: the account has no field for it. Nobody is shown it twice, because only
 * registering begins it, on the device where that happened.
 */
export const onboarding = {
  begin: (userId: string): void => kept.set({ userId, step: 1, noteId: null }),
  of: (userId: string): Onboarding | null => ofPerson(kept.get(), userId),
  advance(change: Partial<Pick<Onboarding, 'step' | 'noteId'>>): void {
    const current = kept.get();
    if (current) kept.set({ ...current, ...change });
  },
  finish: (): void => kept.set(null),
};

export const useOnboarding = (userId: string): Onboarding | null => ofPerson(kept.use(), userId);
