export { type DeadLetter, listDeadLetters, retryDeadLetter } from './dead-letters.js';
export { createDispatcher, type Dispatcher, type DispatcherOptions } from './dispatcher.js';
export { type EnqueueOptions, enqueue, type JobPriority } from './enqueue.js';
export { type EnqueueItem, enqueueMany, enqueuePart } from './enqueue-many.js';
export type { JobEvent } from './events.js';
export {
  defineJob,
  handleJob,
  type Job,
  type JobHandler,
  type JobRun,
  type JobSettings,
  PayloadError,
} from './job.js';
export { pruneJobs } from './prune.js';
export { ClaimLostError, DispatcherStoppedError, LeaseExpiredError } from './run.js';
