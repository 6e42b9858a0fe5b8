export type { Cache } from './cache.js';
export {
  type CacheClass,
  type CacheClassOptions,
  cacheClass,
  type Frozen,
  LONGEST_TTL_MS,
  type Loaded,
} from './cache-class.js';
export { type CacheOptions, createCache } from './create-cache.js';
export { CacheUnavailableError } from './errors.js';
export type { Change, ChangeFeed, ChangeListener } from './feed.js';
export { createIdFilter, type IdFilter, type IdFilterOptions } from './id-filter.js';
export { type CacheStats, type CacheTrace, type ClassCounts, traceCache } from './stats.js';
