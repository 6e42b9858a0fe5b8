import type { CacheClass } from './cache-class.js';
import type { Clock } from './clock.js';
import type { ChangeFeed } from './feed.js';
import type { SharedStore } from './shared-store.js';

/** Parts of the protocol that a test may take out, to see that its checker notices. */
export type Ablation = 'proof' | 'floors' | 'poison';

/** What a cache is made of. Only tests give more than the first four. */
export interface CacheParts {
  classes: readonly CacheClass<unknown>[];
  feed: ChangeFeed;
  maxLoads: number;
  store?: SharedStore | undefined;
  maxEntries?: number | undefined;
  maxBytes?: number | undefined;
  maxValueBytes?: number | undefined;
  loadWaitMs?: number | undefined;
  clock?: Clock;
  random?: () => number;
  floorMs?: number;
  maxFloors?: number;
  without?: Ablation;
}
