import { randomUUID } from 'node:crypto';
import { describeWithRedis } from '@ainotebook/testkit';
import { afterEach, describe } from 'vitest';
import { createDispatcher, type JobDelivery } from './dispatcher.js';
import type { JobEvent } from './events.js';
import type { JobHandler } from './job.js';
import { createQueueDelivery } from './queue-delivery.js';
import type { QueueSettings } from './queues.js';
import type { jobsFixture } from './test-support.js';

interface Start {
  handlers: readonly JobHandler[];
  queues?: QueueSettings[];
}
type Make = (start: Start & { onEvent: (event: JobEvent) => void }) => JobDelivery;

/** Starts a delivery, which is stopped at the end of the test. */
type Deliver = (start: Start) => {
  delivery: JobDelivery;
  events: JobEvent[];
  types: () => string[];
};

/** The same tests for every delivery: what is promised, whatever carries it. */
export function describeDeliveries(
  jobs: ReturnType<typeof jobsFixture>,
  name: string,
  tests: (deliver: Deliver) => void,
): void {
  const withMake = (make: Make) => {
    const open: JobDelivery[] = [];
    afterEach(async () => {
      await Promise.all(open.splice(0).map((delivery) => delivery.stop({ deadlineMs: 2_000 })));
    });
    tests((start) => {
      const events: JobEvent[] = [];
      const delivery = make({ ...start, onEvent: (event) => events.push(event) });
      open.push(delivery);
      delivery.start();
      return { delivery, events, types: () => events.map((event) => event.type) };
    });
  };

  describe(`${name} in process`, () => {
    withMake((start) => createDispatcher({ db: jobs.db(), pollMs: 10, ...start }));
  });
  describeWithRedis(`${name} by BullMQ`, (redisUrl) => {
    withMake((start) =>
      createQueueDelivery({
        db: jobs.db(),
        redisUrl,
        hasWorkers: true,
        pollMs: 10,
        handoverMs: 500,
        prefix: randomUUID(),
        ...start,
      }),
    );
  });
}
