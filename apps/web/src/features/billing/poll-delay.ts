import type { Order } from '@ainotebook/contract';

const FIRST_MS = 3000;
const LAST_MS = 15_000;
/** So often at the first pace: a minute, in which most people have paid. */
const STEADY = 20;

/**
 * Milliseconds until an order is asked for again, having been asked for `asked` times: every 3 s at
 * first, then less and less often, and slowly where the last answer did not come. False: no more.
 */
export function pollDelay(
  status: Order['status'] | undefined,
  { asked, hasFailed }: { asked: number; hasFailed: boolean },
): number | false {
  if (status !== undefined && status !== 'pending' && status !== 'refunding') return false;
  if (hasFailed || status === 'refunding') return LAST_MS;
  return Math.min(LAST_MS, Math.round(FIRST_MS * 1.1 ** Math.max(0, asked - STEADY)));
}

/** `4:05` of whole seconds. */
export const clockText = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
