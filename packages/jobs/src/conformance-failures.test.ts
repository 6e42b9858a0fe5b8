import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { retryDeadLetter } from './dead-letters.js';
import { describeDeliveries } from './delivery-support.js';
import { defineJob, handleJob, PayloadError, TryLaterError } from './job.js';
import { gate, jobsFixture, until } from './test-support.js';

const jobs = jobsFixture();
const payload = z.object({ n: z.number() });
const note = defineJob({ topic: 'note', payload, backoffMs: 20, leaseMs: 5_000 });

// What else they promise is in conformance.test.ts.
describeDeliveries(jobs, 'after a failure, the delivery', (deliver) => {
  const isDone = async (id: string) => (await jobs.row(id)).doneAt !== null;

  it('repeats a failed run after its back-off, with one effect in the end', async () => {
    const attempts: number[] = [];
    const { types } = deliver({
      handlers: [
        handleJob(note, async (run) => {
          attempts.push(run.attempt);
          if (run.attempt < 3) throw new Error('not yet');
          await run.once(async (tx) => {
            await tx.execute(sql`insert into effects values (${run.outboxId}, ${run.attempt})`);
          });
        }),
      ],
    });
    const id = await jobs.add(note, { n: 1 });
    await until(() => isDone(id));
    expect(attempts).toEqual([1, 2, 3]);
    await expect.poll(types).toEqual(['retry', 'retry', 'done']);
    expect(await jobs.effectCount()).toBe(1);
  });

  it('repeats a failed run at the time it asked for', async () => {
    const attempts: number[] = [];
    const { types } = deliver({
      handlers: [
        handleJob(note, async (run) => {
          attempts.push(run.attempt);
          if (run.attempt < 3) throw new TryLaterError('asked too often', 100);
        }),
      ],
    });
    const id = await jobs.add(note, { n: 1 });
    await until(() => isDone(id));
    expect(attempts).toEqual([1, 2, 3]);
    await expect.poll(types).toEqual(['retry', 'retry', 'done']);
  });

  it('puts poison aside after its attempts, and goes on with the others', async () => {
    const { events } = deliver({
      handlers: [
        handleJob(note, async (_, { n }) => {
          if (n === 13) throw new Error('poison');
        }),
      ],
    });
    const poison = await jobs.add(note, { n: 13 });
    const fine = await jobs.add(note, { n: 1 });
    await until(async () => (await jobs.row(poison)).failedAt !== null && (await isDone(fine)));
    expect(await jobs.letters()).toMatchObject([{ outboxId: poison, attempts: 3 }]);
    await expect.poll(() => events.filter((event) => event.type === 'dead')).toHaveLength(1);
  });

  it('runs a dead letter again that is retried, and again', async () => {
    let isBroken = true;
    const { delivery } = deliver({
      handlers: [
        handleJob({ ...note, attempts: 1 }, async () => {
          if (isBroken) throw new Error('no');
        }),
      ],
    });
    const id = await jobs.add(note, { n: 1 });
    const retried: string[] = [];
    const letter = async () => {
      await until(async () => (await jobs.letters()).some((one) => !retried.includes(one.id)));
      const [found] = await jobs.letters();
      return found?.id ?? '';
    };
    for (let again = 0; again < 2; again++) {
      const letterId = await letter();
      isBroken = again === 0;
      retried.push(letterId);
      expect(await retryDeadLetter(jobs.db(), letterId)).toBe(true);
      delivery.nudge();
    }
    await until(() => isDone(id));
  });

  it('does not repeat what cannot help', async () => {
    let runs = 0;
    deliver({
      handlers: [
        handleJob(note, async () => {
          runs += 1;
          throw new PayloadError('of another release');
        }),
      ],
    });
    const id = await jobs.add(note, { n: 1 });
    await until(async () => (await jobs.row(id)).failedAt !== null);
    expect(runs).toBe(1);
  });

  it('gives a run that outlives the shutdown to the next process', async () => {
    const started = gate();
    const held = handleJob(note, async (run) => {
      started.open();
      await new Promise((_, reject) => {
        run.signal.addEventListener('abort', () => reject(run.signal.reason));
      });
    });
    const first = deliver({ handlers: [held] });
    const id = await jobs.add(note, { n: 1 });
    await started.opened;
    await first.delivery.stop({ deadlineMs: 50 });
    expect(first.types()).toEqual(['released']);
    deliver({ handlers: [handleJob(note, async () => undefined)] });
    await until(() => isDone(id));
  });
});
