export {
  type DeadLetter,
  discardDeadLetter,
  listDeadLetters,
  retryDeadLetter,
} from './dead-letters.js';
export {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  type JobDelivery,
} from './dispatcher.js';
export { type EnqueueOptions, enqueue, type JobPriority } from './enqueue.js';
export { type EnqueueItem, enqueueMany, enqueuePart } from './enqueue-many.js';
export type { JobEvent } from './events.js';
export { countOutgoing, holdOutgoing, readHold, releaseOutgoing } from './hold.js';
export {
  defineJob,
  handleJob,
  type Job,
  JobCancelledError,
  type JobHandler,
  type JobProgress,
  type JobRun,
  type JobSettings,
  PayloadError,
  TryLaterError,
  UnrecoverableError,
} from './job.js';
export {
  cancelJob,
  countJobs,
  type JobState,
  listJobs,
  listRunning,
  type RunningJob,
  readJob,
  readJobs,
} from './progress.js';
export { pruneJobs } from './prune.js';
export {
  createQueueDelivery,
  type JobQueue,
  type QueueDeliveryOptions,
  workerOptions,
} from './queue-delivery.js';
export { EvictingQueueError, type QueueMemory, watchMemory } from './queue-redis.js';
export type { QueueSettings } from './queues.js';
export { ClaimLostError, DispatcherStoppedError, LeaseExpiredError } from './run.js';
export { createScheduler, type Schedule, type Scheduler } from './scheduler.js';
