import { availableParallelism } from 'node:os';
import { UsageError } from '../failure.js';

const MAX_WORKERS = 64;

/** Reads `--workers`: a whole number, or `max` for one process a core. @throws UsageError */
export function readWorkers(value: string): number {
  if (value === 'max') return Math.min(MAX_WORKERS, availableParallelism());
  const count = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > MAX_WORKERS) {
    throw new UsageError(`--workers takes a number from 1 to ${MAX_WORKERS}, or "max".`);
  }
  return count;
}
