import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { buildPlan, NO_BENEFITS } from '../billing/test-support.js';
import { type TestUser, useApi } from '../test-support.js';
import { monthOf, NO_BUDGETS } from './budgets.js';
import { createLedger } from './ledger.js';
import { type ChatCallEvent, meterChat } from './metered-chat.js';
import { TURNS_LOCK } from './queue.js';
import { callsOf, modelInMemory, monthOfRecords, monthRow } from './test-support.js';

const { usageRecords } = schema;
const t = useApi();

/** The chat of a process of its own, where two answers are written at a time for all together. */
function chatOf(atOnce: number | null = 2) {
  const ledger = createLedger({
    db: t.services().db,
    prices: new Map(),
    budgets: NO_BUDGETS,
    atOnce,
    onFault: (error) => {
      throw error;
    },
  });
  const models = [{ provider: 'test', model: 'small' }] as const;
  return meterChat(
    modelInMemory(() => ({ pieces: ['一。', '二。'] })),
    { ledger, models, maxTokens: 100 },
  );
}

/** An answer that somebody has written, by a process of its own. */
function answerFor({ id: userId }: TestUser, signal?: AbortSignal) {
  const messages = [{ role: 'user', content: '岩茶用什么水？' }] as const;
  return chatOf().stream({ userId, feature: 'chat', messages, signal });
}
type Stream = ReturnType<typeof answerFor>;

const next = async (stream: Stream) => (await stream.next()).value;

async function answerStarted(): Promise<Stream> {
  const stream = answerFor(await t.user());
  expect(await next(stream)).toMatchObject({ type: 'start' });
  return stream;
}

/** Two answers that are being written. */
async function twoWritten(): Promise<Stream[]> {
  return [await answerStarted(), await answerStarted()];
}

async function holder(): Promise<TestUser> {
  const [admin, user] = [await t.user({ role: 'admin' }), await t.user()];
  const plan = await buildPlan(admin, { benefits: { ...NO_BENEFITS, hasJobPriority: true } });
  const grant = { userId: user.id, planId: plan.id, period: 'month', reason: 'test' } as const;
  await admin.api.admin.entitlements.grant(grant);
  return user;
}

async function readToEnd(stream: Stream): Promise<void> {
  for await (const _ of stream);
}

beforeEach(async () => {
  await t.services().db.execute(sql`truncate usage_records, usage_months`);
});

describe('a third answer where two are written at once', () => {
  it('waits, is told how many come before it, and is written when one has ended', async () => {
    const written = await twoWritten();
    const [third, fourth] = [answerFor(await t.user()), answerFor(await t.user())];
    expect(await next(third)).toEqual({ type: 'queued', ahead: 0 });
    expect(await next(fourth)).toEqual({ type: 'queued', ahead: 1 });
    await written[0]?.return();
    expect(await next(third)).toMatchObject({ type: 'start' });
    expect(await next(fourth)).toEqual({ type: 'queued', ahead: 0 });
    await readToEnd(third);
    expect(await next(fourth)).toMatchObject({ type: 'start' });
    await Promise.all([written[1]?.return(), readToEnd(fourth)]);
    expect(await monthRow(t, null)).toEqual(await monthOfRecords(t, null));
    expect(await monthRow(t, null)).toMatchObject({ reservedTokens: 0 });
  });

  it('is written at once where nobody set a limit', async () => {
    await twoWritten();
    const { id: userId } = await t.user();
    const call = { userId, feature: 'chat', messages: [{ role: 'user', content: '茶' }] } as const;
    expect((await chatOf(null).stream(call).next()).value).toMatchObject({ type: 'start' });
  });

  it('leaves with whoever leaves, and took nothing', async () => {
    await twoWritten();
    const [alice, bob, carol] = [await t.user(), await t.user(), await t.user()];
    const stop = new AbortController();
    const left = [answerFor(alice), answerFor(bob, stop.signal)];
    for (const one of left) await next(one);
    const behind = answerFor(carol);
    expect(await next(behind)).toEqual({ type: 'queued', ahead: 2 });
    await left[0]?.return();
    stop.abort();
    await expect(left[1]?.next()).rejects.toMatchObject({ kind: 'aborted' });
    expect(await next(behind)).toEqual({ type: 'queued', ahead: 0 });
    for (const { id } of [alice, bob]) {
      expect(await callsOf(t, id)).toMatchObject([{ outcome: 'stopped', inputTokens: 0 }]);
      expect(await monthRow(t, id)).toMatchObject({ tokens: 0, reservedTokens: 0 });
    }
    await behind.return();
  });

  it('waits for none whose process is gone', async () => {
    const { db } = t.services();
    const written = {
      feature: 'chat',
      provider: 'p',
      model: 'm',
      month: monthOf(new Date()),
    } as const;
    await db.insert(usageRecords).values([written, written]);
    const third = answerFor(await t.user());
    expect(await next(third)).toEqual({ type: 'queued', ahead: 0 });
    const aliveAt = sql`now() - interval '9 seconds'`;
    await db.update(usageRecords).set({ aliveAt }).where(eq(usageRecords.provider, 'p'));
    expect(await next(third)).toMatchObject({ type: 'start' });
    await third.return();
  });

  it('is given up after a minute, and refused where a hundred wait', async () => {
    const { db } = t.services();
    await twoWritten();
    const [alice, bob] = [await t.user(), await t.user()];
    const late = answerFor(alice);
    await next(late);
    const createdAt = sql`now() - interval '61 seconds'`;
    await db.update(usageRecords).set({ createdAt }).where(eq(usageRecords.userId, alice.id));
    expect(await codeOf(late.next())).toBe('unavailable');
    expect(await callsOf(t, alice.id)).toMatchObject([{ outcome: 'failed', inputTokens: 0 }]);
    const waiting = { provider: 'p', model: 'm', month: monthOf(new Date()), turnAt: new Date() };
    const rows = Array.from({ length: 100 }, () => ({ ...waiting, feature: 'chat' as const }));
    await db.insert(usageRecords).values(rows);
    expect(await codeOf(answerFor(bob).next())).toBe('unavailable');
    expect(await callsOf(t, bob.id)).toEqual([]);
  });
});

describe('a plan with priority', () => {
  it('goes before those who came a little earlier, and not before who has waited long', async () => {
    const written = await twoWritten();
    const [early, paid] = [await t.user(), await holder()];
    const [first, second] = [answerFor(early), answerFor(await t.user())];
    expect(await next(first)).toEqual({ type: 'queued', ahead: 0 });
    expect(await next(second)).toEqual({ type: 'queued', ahead: 1 });
    await t
      .services()
      .db.update(usageRecords)
      .set({ turnAt: sql`turn_at - interval '21 seconds'` })
      .where(eq(usageRecords.userId, early.id));
    const third = answerFor(paid);
    expect(await next(third)).toEqual({ type: 'queued', ahead: 1 });
    expect(await next(second)).toEqual({ type: 'queued', ahead: 2 });
    await written[0]?.return();
    expect(await next(first)).toMatchObject({ type: 'start' });
    expect(await next(third)).toEqual({ type: 'queued', ahead: 0 });
    await written[1]?.return();
    expect(await next(third)).toMatchObject({ type: 'start' });
    for (const one of [first, second, third]) await one.return();
  });
});

describe('answers at once', () => {
  it('that both find the last place free take it one after the other: one of them is written', async () => {
    const { db } = t.services();
    const written = await answerStarted();
    // Who pays stands before whoever has just looked, so that each of them sees nobody ahead.
    const [first, paid] = [answerFor(await t.user()), answerFor(await holder())];
    const waiting = async () => {
      const { rows } = await db.execute<{ count: number }>(
        sql`select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())`,
      );
      return rows[0]?.count;
    };
    const both: Promise<IteratorResult<ChatCallEvent, void>>[] = [];
    await db.transaction(async (tx) => {
      // Held until both have looked: without it each would take the place.
      await tx.execute(TURNS_LOCK);
      for (const [at, one] of [first, paid].entries()) {
        both.push(one.next());
        await expect.poll(waiting).toBe(at + 1);
      }
    });
    const events = (await Promise.all(both)).map(({ value }) => value?.type);
    expect(events).toEqual(['queued', 'start']);
    for (const one of [written, first, paid]) await one.return();
  });

  it('are never more than two, whoever comes at the same moment', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => t.user()));
    let most = 0;
    await Promise.all(
      people.map(async (one) => {
        for await (const event of answerFor(one)) {
          if (event.type !== 'start') continue;
          const { rows } = await t.services().db.execute<{ count: number }>(
            sql`select count(*)::int as count from usage_records
                where outcome = 'open' and turn_at is null`,
          );
          most = Math.max(most, rows[0]?.count ?? 0);
        }
      }),
    );
    expect(most).toBe(2);
    expect(await monthRow(t, null)).toEqual(await monthOfRecords(t, null));
  });
});
