import { deviceValue, partsOf } from '../../lib/device-value.js';

/** The note a person had open last on this device. */
export interface LastOpened {
  userId: string;
  articleId: string;
  /** Milliseconds since 1970. */
  at: number;
}

const kept = deviceValue('last-opened', (stored): LastOpened | null => {
  const { userId, articleId, at } = partsOf(stored);
  if (typeof userId !== 'string' || typeof articleId !== 'string') return null;
  return { userId, articleId, at: typeof at === 'number' ? at : 0 };
});

export const lastOpened = {
  set: (userId: string, articleId: string): void => kept.set({ userId, articleId, at: Date.now() }),
  /** Whoever comes next must not see what it was. */
  forget: (): void => kept.set(null),
};

export function useLastOpened(userId: string): LastOpened | null {
  const last = kept.use();
  return last?.userId === userId ? last : null;
}
