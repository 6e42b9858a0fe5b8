import type { JobEvent } from '@ainotebook/jobs';
import type { Logger } from './logger.js';

/** One line for what a job did, at the level it deserves. */
export function logJobEvent(log: Logger, event: JobEvent): void {
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
    case 'dead':
      log.error('Job failed for good', event);
      return;
    case 'poll-failed':
      log.error('Jobs cannot be read from the database', event);
      return;
    case 'poll-recovered':
      log.info('Jobs can be read again', event);
      return;
    default:
      event satisfies never;
  }
}
