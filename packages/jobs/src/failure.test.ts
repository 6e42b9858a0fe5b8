import { schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDispatcher } from './dispatcher.js';
import type { JobEvent } from './events.js';
import {
  defineJob,
  handleJob,
  type JobHandler,
  type JobRun,
  TryLaterError,
  UnrecoverableError,
} from './job.js';
import { ClaimLostError, LeaseExpiredError } from './run.js';
import { backoffFor, delayOf } from './settle.js';
import { gate, jobsFixture, until } from './test-support.js';

const jobs = jobsFixture();
const grant = defineJob({ topic: 'grant', payload: z.object({ order: z.string() }), leaseMs: 150 });
const order = { order: 'o-1' };

function dispatch(handlers: readonly JobHandler[]) {
  const events: JobEvent[] = [];
  const dispatcher = createDispatcher({
    db: jobs.db(),
    handlers,
    onEvent: (event) => events.push(event),
  });
  return { dispatcher, events, types: () => events.map((event) => event.type) };
}

const fails = (message: string) =>
  handleJob(grant, async () => {
    throw new Error(message);
  });

/** Writes one effect within the transaction it is given. */
const effectOf = (run: JobRun) => () =>
  run.once(async (tx) => {
    await tx.execute(sql`insert into effects values (${run.outboxId}, ${run.attempt})`);
  });

/** What a process leaves behind that died while it ran the row. */
async function diesInARun(): Promise<void> {
  await jobs.db().execute(sql`update outbox set attempt = attempt + 1, next_at = now()`);
}

describe('a handler that throws', () => {
  it('is tried again after a back-off that doubles, and keeps the error', async () => {
    const id = await jobs.add(grant, order);
    const { dispatcher, events } = dispatch([fails('provider is down')]);
    for (const expectedMs of [2_000, 4_000]) {
      expect(await dispatcher.runDue()).toBe(1);
      const { rows } = await jobs.db().execute<{ wait: number; error: string }>(
        sql`select extract(epoch from next_at - now())::float8 * 1000 as wait, last_error as error
          from outbox where id = ${id}`,
      );
      expect(rows[0]?.wait).toBeGreaterThan(expectedMs * 0.5);
      expect(rows[0]?.wait).toBeLessThan(expectedMs * 1.25 + 1);
      expect(rows[0]?.error).toBe('Error: provider is down');
      await jobs.age(0);
    }
    expect(events).toMatchObject([
      { type: 'retry', attempt: 1 },
      { type: 'retry', attempt: 2 },
    ]);
  });

  it('waits within a quarter of the doubled base, and never over an hour and a quarter', () => {
    for (let attempt = 1; attempt <= 100; attempt++) {
      const base = Math.min(2_000 * 2 ** (attempt - 1), 3_600_000);
      const wait = backoffFor(2_000, attempt);
      expect(wait).toBeGreaterThanOrEqual(base * 0.75);
      expect(wait).toBeLessThanOrEqual(base * 1.25);
    }
  });

  it('waits for as long as it asks for, an hour at most, and never less than its back-off', async () => {
    let wanted = 90_000;
    const later = handleJob(grant, async () => {
      throw new TryLaterError('asked too often', wanted);
    });
    const id = await jobs.add(grant, order);
    const { dispatcher, events } = dispatch([later]);
    await dispatcher.runDue();
    const nextAt = (await jobs.row(id)).nextAt.getTime();
    expect(nextAt - Date.now()).toBeGreaterThan(60_000);
    wanted = 1;
    await jobs.age(0);
    await dispatcher.runDue();
    expect(events[1]).toMatchObject({ type: 'retry', attempt: 2 });
    expect(events[1]).not.toMatchObject({ retryInMs: 1 });
    expect(events[0]).toMatchObject({ type: 'retry', retryInMs: 90_000 });
    expect(delayOf(2_000, 1, 10 * 3_600_000)).toBe(3_600_000);
  });

  it('goes to the dead letters after its attempts, and is not run again', async () => {
    const id = await jobs.add(grant, order);
    const { dispatcher, types } = dispatch([fails('never works')]);
    for (let n = 0; n < 5; n++) {
      await dispatcher.runDue();
      await jobs.age(0);
    }
    expect(types()).toEqual(['retry', 'retry', 'dead']);
    expect(await jobs.letters()).toMatchObject([
      { outboxId: id, topic: 'grant', payload: order, attempts: 3, error: 'Error: never works' },
    ]);
    expect((await jobs.row(id)).failedAt).not.toBeNull();
  });

  it('goes to the dead letters at once when it says that another attempt cannot help', async () => {
    await jobs.add(grant, order);
    const refused = handleJob(grant, async () => {
      throw new UnrecoverableError('no such order');
    });
    const { dispatcher, types } = dispatch([refused]);
    expect(await dispatcher.runDue()).toBe(1);
    expect(types()).toEqual(['dead']);
    expect(await jobs.letters()).toMatchObject([
      { attempts: 1, error: 'UnrecoverableError: no such order' },
    ]);
  });

  it('leaves no effect of the transaction it failed in', async () => {
    await jobs.add(grant, order);
    const { dispatcher, types } = dispatch([
      handleJob(grant, (run) =>
        run.once(async (tx) => {
          await tx.execute(sql`insert into effects values (${run.outboxId}, ${run.attempt})`);
          if (run.attempt === 1) throw new Error('half way');
        }),
      ),
    ]);
    await dispatcher.runDue();
    expect(await jobs.effectCount()).toBe(0);
    expect(await jobs.inboxCount()).toBe(0);
    await jobs.age(0);
    await dispatcher.runDue();
    expect(await jobs.effectCount()).toBe(1);
    expect(types()).toEqual(['retry', 'done']);
  });

  it('may lose its connection in the middle of the effect without ending the process', async () => {
    await jobs.add(grant, order);
    const { dispatcher, types } = dispatch([
      handleJob(grant, (run) =>
        run.once(async (tx) => {
          await tx.execute(sql`insert into effects values (${run.outboxId}, ${run.attempt})`);
          if (run.attempt > 1) return;
          const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
          await jobs.db().execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
          // The news comes while no query is running: nobody is there to be rejected.
          await new Promise((resolve) => setTimeout(resolve, 50));
        }),
      ),
    ]);
    await dispatcher.runDue();
    await jobs.age(0);
    await dispatcher.runDue();
    expect(types()).toEqual(['retry', 'done']);
    expect(await jobs.effectCount()).toBe(1);
  });

  it('stores neither the parameters of a failed query nor a NUL, which Postgres refuses', async () => {
    await jobs.add(grant, order);
    const secret = 'text of a private note';
    const { dispatcher } = dispatch([
      handleJob(grant, async (run) => {
        if (run.attempt > 1) throw new Error('a\u0000b');
        const value = { key: secret, value: 1 };
        await run.db.insert(schema.siteSettings).values([value, value]);
      }),
    ]);
    await dispatcher.runDue();
    expect((await jobs.rows())[0]?.lastError).toMatch(/duplicate key value/);
    expect(JSON.stringify(await jobs.rows())).not.toContain(secret);
    await jobs.age(0);
    await dispatcher.runDue();
    expect((await jobs.rows())[0]?.lastError).toBe('Error: ab');
  });
});

describe('a row that cannot be run', () => {
  it('goes to the dead letters at once when its payload no longer parses', async () => {
    const old = defineJob({ topic: 'grant', payload: z.object({ id: z.number() }) });
    await jobs.add(old, { id: 7 });
    const { dispatcher, types } = dispatch([handleJob(grant, async () => {})]);
    await dispatcher.runDue();
    expect(types()).toEqual(['dead']);
    expect((await jobs.letters())[0]?.error).toMatch(/payload does not fit grant.*order/s);
  });

  it('is left to a newer release for ten minutes when its topic is unknown, then buried', async () => {
    const newer = defineJob({ topic: 'newer', payload: z.object({}) });
    await jobs.add(newer, {});
    const { dispatcher, events } = dispatch([handleJob(grant, async () => {})]);
    expect(await dispatcher.runDue()).toBe(0);
    expect(await jobs.rows()).toMatchObject([{ attempt: 0, failedAt: null }]);
    await jobs.age(601);
    await dispatcher.runDue();
    expect(events).toMatchObject([{ type: 'dead', topic: 'newer' }]);
    expect(await jobs.letters()).toMatchObject([{ error: 'No handler for the topic newer' }]);
    expect(await dispatcher.runDue()).toBe(0);
  });

  it('is isolated after its attempts when each run takes the process with it', async () => {
    await jobs.add(grant, order);
    for (let n = 0; n < 3; n++) await diesInARun();
    let runs = 0;
    const { dispatcher, types } = dispatch([handleJob(grant, async () => void runs++)]);
    await dispatcher.runDue();
    expect(runs).toBe(0);
    expect(types()).toEqual(['dead']);
    expect(await jobs.letters()).toMatchObject([{ attempts: 3 }]);
    expect((await jobs.letters())[0]?.error).toMatch(/Attempt 3 of 3 did not report back/);
  });
});

describe('a row delivered again', () => {
  it('has one effect when the first run committed it and died before it could say so', async () => {
    const id = await jobs.add(grant, order);
    const { dispatcher } = dispatch([handleJob(grant, (run) => effectOf(run)())]);
    await dispatcher.runDue();
    expect(await jobs.effectCount()).toBe(1);
    // As after a delivery that keeps its own idea of what is done, or a row revived by hand.
    await jobs.db().execute(sql`update outbox set done_at = null, next_at = now()`);
    expect(await dispatcher.runDue()).toBe(1);
    expect(await jobs.effectCount()).toBe(1);
    expect((await jobs.row(id)).doneAt).not.toBeNull();
  });

  it('is run by another attempt when the lease ends, and the old run is fenced out', async () => {
    const id = await jobs.add(grant, order);
    const second = gate();
    const late = gate();
    let aborted: unknown;
    let refused: unknown;
    const handler = handleJob(grant, async (run) => {
      if (run.attempt === 2) {
        await effectOf(run)();
        second.open();
        return;
      }
      // The first run does not listen to its signal.
      await second.opened;
      aborted = run.signal.reason;
      await effectOf(run)().catch((error: unknown) => {
        refused = error;
      });
      late.open();
    });
    const { dispatcher, types } = dispatch([handler]);
    await dispatcher.runDue();
    await jobs.age(0);
    await dispatcher.runDue();
    await late.opened;
    expect(aborted).toBeInstanceOf(LeaseExpiredError);
    expect(types()).toEqual(['retry', 'done']);
    // The row is done, so the late effect was skipped rather than refused.
    expect(refused).toBeUndefined();
    expect(await jobs.effectCount()).toBe(1);
    expect(await jobs.row(id)).toMatchObject({ attempt: 2 });
  });

  it('refuses the effect of an old run while the newer one is under way', async () => {
    await jobs.add(grant, order);
    const started = gate();
    const taken = gate();
    const finish = gate();
    let refused: unknown;
    const handler = handleJob(grant, async (run) => {
      if (run.attempt === 2) {
        taken.open();
        await finish.opened;
        await effectOf(run)();
        return;
      }
      started.open();
      await taken.opened;
      try {
        await effectOf(run)();
      } catch (error) {
        refused = error;
        throw error;
      } finally {
        finish.open();
      }
    });
    // Two processes: the first one's timer has not fired, but its lease is over in the database.
    const first = dispatch([{ ...handler, job: { ...handler.job, leaseMs: 60_000 } }]);
    const second = dispatch([{ ...handler, job: { ...handler.job, leaseMs: 60_000 } }]);
    const firstRun = first.dispatcher.runDue();
    await started.opened;
    await jobs.age(0);
    await second.dispatcher.runDue();
    await firstRun;
    expect(refused).toBeInstanceOf(ClaimLostError);
    expect(first.types()).toEqual(['dropped']);
    expect(second.types()).toEqual(['done']);
    expect(await jobs.effectCount()).toBe(1);
    expect(await jobs.rows()).toMatchObject([{ attempt: 2, lastError: null }]);
  });

  it('frees the place of a run that never ends', async () => {
    await jobs.add(grant, order);
    const { dispatcher, types } = dispatch([handleJob(grant, () => new Promise(() => {}))]);
    expect(await dispatcher.runDue()).toBe(1);
    expect(types()).toEqual(['retry']);
    expect((await jobs.rows())[0]?.lastError).toMatch(/outlived its lease of 150 ms/);
  });
});

describe('once', () => {
  it('succeeds only once in a run: a second effect would be skipped silently', async () => {
    await jobs.add(grant, order);
    let second: unknown;
    const { dispatcher, types } = dispatch([
      handleJob(grant, async (run) => {
        await effectOf(run)();
        await effectOf(run)().catch((error: unknown) => {
          second = error;
        });
      }),
    ]);
    await dispatcher.runDue();
    expect(second).toBeInstanceOf(Error);
    expect(types()).toEqual(['done']);
    expect(await jobs.effectCount()).toBe(1);
  });

  it('may follow with work that is not retried', async () => {
    await jobs.add(grant, order);
    const { dispatcher, events } = dispatch([
      handleJob(grant, async (run) => {
        await effectOf(run)();
        throw new Error('the hint could not be sent');
      }),
    ]);
    await dispatcher.runDue();
    await jobs.age(0);
    expect(await dispatcher.runDue()).toBe(0);
    expect(events).toMatchObject([{ type: 'dropped', error: expect.any(Error) }]);
    await until(async () => (await jobs.effectCount()) === 1);
  });
});
