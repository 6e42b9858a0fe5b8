import type { JobEvent } from '@ainotebook/jobs';
import type { Logger } from './logger.js';

/**
 * One line for what a job did, at the level it deserves.
 * @param problem which of database and queue is away, in words
 */
export function logJobEvent(log: Logger, event: JobEvent, problem: string | null): void {
  switch (event.type) {
    case 'done':
      log.debug('Job done', event);
      return;
    case 'cancelled':
    case 'released':
    case 'dropped':
      log.info('Job given back', event);
      return;
    case 'retry':
      log.warn('Job failed and will be repeated', event);
      return;
    case 'unsettled':
      log.warn('The outcome of a job could not be written; it will be repeated', event);
      return;
    case 'unclaimed':
      log.warn('Jobs that the queue brings cannot be claimed; it brings them again', event);
      return;
    case 'dead':
      log.error('Job failed for good', event);
      return;
    case 'poll-failed':
      log.error('Jobs wait', { ...event, problem });
      return;
    case 'poll-recovered':
      log.info('Jobs are done again', event);
      return;
    default:
      event satisfies never;
  }
}
