import cluster from 'node:cluster';
import { setInterval } from 'node:timers';
import { z } from 'zod';

/** What a worker process tells the primary; `ready` is also what PM2's `wait_ready` listens to. */
export const workerMessage = z.union([
  z.literal('ready'),
  z.literal('alive'),
  z.object({ type: z.literal('replace-me'), reason: z.string() }),
  z.object({ type: z.literal('read-metrics'), id: z.number() }),
]);
export type WorkerMessage = z.infer<typeof workerMessage>;

/** Metrics of all worker processes, for the one that was asked. */
export const metricsMessage = z.object({
  type: z.literal('metrics'),
  id: z.number(),
  text: z.string().nullable(),
});

const ALIVE_MS = 1000;

/** Whether a supervisor (our primary, or PM2) started this process and takes its port's connections. */
export const isSupervised = cluster.isWorker;

/** Tells the supervisor, if there is one. */
export function tellSupervisor(message: WorkerMessage): void {
  // A supervisor that has gone needs no message.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Takes requests from now on, and shows every second that the event loop turns. */
export function reportReady(): void {
  if (!isSupervised) return;
  tellSupervisor('ready');
  setInterval(() => tellSupervisor('alive'), ALIVE_MS).unref();
}
