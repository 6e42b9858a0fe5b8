import type { AppError } from '@ainotebook/api';
import type { Logger } from '../logger.js';

/** Writes down once that a call of a procedure failed, at the level it deserves. */
export function logRefusal(
  log: Logger,
  error: AppError,
  about: { status: number } & Record<string, string | number | undefined>,
): void {
  const meta = { code: error.code, ...about };
  // The pool and the health check speak of an absent database; a stack a call would bury the rest.
  if (error.code === 'unavailable') log.warn('Call refused', { ...meta, reason: error.message });
  else if (about.status >= 500) log.error('Call failed', { ...meta, err: error.cause ?? error });
  else if (about.status === 429) log.warn('Call refused', meta);
  else log.info('Call refused', { ...meta, reason: error.message });
}
