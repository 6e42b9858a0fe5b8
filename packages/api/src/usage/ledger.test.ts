import { createFallback, type Price } from '@ainotebook/ai';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import pLimit from 'p-limit';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { buildPlan, NO_BENEFITS } from '../billing/test-support.js';
import { type TestUser, useApi } from '../test-support.js';
import { createLedger } from './ledger.js';
import { type ChatCall, meterChat } from './metered-chat.js';
import { endLostCalls } from './records.js';
import { callsOf, modelInMemory, monthOfRecords, monthRow, type Script } from './test-support.js';

const { usageRecords } = schema;
const NOTHING = { tokens: 0, microYuan: 0, reservedTokens: 0, reservedMicroYuan: 0 };
/** 1 yuan for a million tokens that are read, 4 for those that are written. */
const price: Price = { input: 1_000_000, cached: 500_000, output: 4_000_000, call: 0 };

let script: Script;
const t = useApi();

/** A chat with budgets of its own, over the database of the file. */
function chatOf(
  budgets: { userTokens?: number; tokens?: number; microYuan?: number } = {},
  { own, maxTokens = 100 }: { own?: Script; maxTokens?: number } = {},
) {
  const ledger = createLedger({
    db: t.services().db,
    prices: new Map([['small', price]]),
    budgets: { userTokens: null, tokens: null, microYuan: null, ...budgets },
    onFault: (error) => {
      throw error;
    },
  });
  const models = [{ provider: 'test', model: 'small' }] as const;
  return meterChat(
    modelInMemory(() => own ?? script),
    { ledger, models, maxTokens },
  );
}
type TestChat = ReturnType<typeof chatOf>;

const asked = (userId: string, more: Partial<ChatCall> = {}): ChatCall => ({
  userId,
  feature: 'chat',
  messages: [{ role: 'user', content: '岩茶用什么水？' }],
  ...more,
});

async function read(chat: TestChat, call: ChatCall): Promise<string> {
  let text = '';
  for await (const event of chat.stream(call)) if (event.type === 'text') text += event.text;
  return text;
}

/** What the months say is what the calls add up to, and nothing is set aside. */
async function expectBalanced(...people: (TestUser | null)[]): Promise<void> {
  for (const one of people) {
    const month = await monthRow(t, one?.id ?? null);
    expect(month).toEqual(await monthOfRecords(t, one?.id ?? null));
    expect(month).toMatchObject({ reservedTokens: 0, reservedMicroYuan: 0 });
  }
}

beforeEach(async () => {
  script = {};
  // Budgets of all are counted anew in each test.
  await t.services().db.execute(sql`truncate usage_records, usage_months`);
});

describe('a call', () => {
  it('is set aside, and then counted with what it took and cost', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const chat = chatOf();
    script = { usage: { inputTokens: 20, outputTokens: 7 } };
    const events = [];
    for await (const event of chat.stream(asked(alice.id))) {
      events.push(event);
      if (event.type !== 'text') continue;
      const { reservedTokens, tokens } = await monthRow(t, alice.id);
      expect(reservedTokens).toBeGreaterThan(100);
      expect(tokens).toBe(0);
    }
    expect(events.at(-1)).toMatchObject({ type: 'finish', costMicroYuan: 20 + 4 * 7 });
    expect(await callsOf(t, alice.id)).toMatchObject([
      {
        feature: 'chat',
        provider: 'test',
        model: 'small',
        outcome: 'done',
        inputTokens: 20,
        outputTokens: 7,
        isEstimated: false,
        costMicroYuan: 48,
      },
    ]);
    const taken = { ...NOTHING, tokens: 27, microYuan: 48 };
    expect(await monthRow(t, alice.id)).toEqual(taken);
    expect(await monthRow(t, null)).toEqual(taken);
    expect(await monthRow(t, bob.id)).toEqual(NOTHING);
  });

  it('that is left, stopped or breaks off is counted by what was said', async () => {
    const alice = await t.user();
    const chat = chatOf();
    script = { pieces: ['一二三四五。', '六七八九十。'] };
    for await (const event of chat.stream(asked(alice.id))) if (event.type === 'text') break;
    const stop = new AbortController();
    const stopped = async () => {
      for await (const event of chat.stream(asked(alice.id, { signal: stop.signal })))
        if (event.type === 'text') stop.abort();
    };
    await expect(stopped()).rejects.toMatchObject({ kind: 'aborted' });
    script = { pieces: ['一二三四五。'], fails: 'cut_off' };
    await expect(read(chat, asked(alice.id))).rejects.toMatchObject({ kind: 'cut_off' });
    const calls = await callsOf(t, alice.id);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['stopped', 'stopped', 'failed']);
    for (const call of calls) {
      expect(call.isEstimated).toBe(true);
      expect(call.inputTokens).toBeGreaterThan(5);
      expect(call.outputTokens).toBeGreaterThan(2);
    }
    await expectBalanced(alice, null);
  });

  it('that the provider refuses takes nothing, one that times out what was asked', async () => {
    const alice = await t.user();
    const chat = chatOf();
    script = { pieces: [], fails: 'bad_key' };
    await expect(read(chat, asked(alice.id))).rejects.toMatchObject({ kind: 'bad_key' });
    expect(await monthRow(t, alice.id)).toEqual(NOTHING);
    script = { pieces: [], fails: 'timeout' };
    await expect(read(chat, asked(alice.id))).rejects.toMatchObject({ kind: 'timeout' });
    expect((await monthRow(t, alice.id)).tokens).toBeGreaterThan(5);
    await expectBalanced(alice, null);
  });

  it('of a model that did not begin in time counts beside that of the next one', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const chain = (...scripts: Script[]) => {
      const [first, ...others] = scripts.map((one, at) => modelInMemory(() => one, `p${at}`));
      if (!first) throw new Error('a chain has a model');
      const models = [{ provider: 'p0', model: 'small' }] as const;
      const { ledger } = t.services();
      return meterChat(createFallback([first, ...others]), { ledger, models, maxTokens: 100 });
    };
    const silent = (fails: NonNullable<Script['fails']>): Script => ({ pieces: [], fails });
    await read(chain(silent('timeout'), silent('rate_limited'), {}), asked(alice.id));
    const calls = await callsOf(t, alice.id);
    expect(calls).toMatchObject([
      { provider: 'p2', outcome: 'done', isEstimated: false },
      { provider: 'p0', outcome: 'failed', outputTokens: 0, isEstimated: true },
    ]);
    expect(calls[1]?.inputTokens).toBeGreaterThan(5);
    const nobody = read(chain(silent('timeout'), silent('cut_off')), asked(bob.id));
    await expect(nobody).rejects.toMatchObject({ kind: 'timeout' });
    expect(await callsOf(t, bob.id)).toMatchObject([
      { provider: 'p0', outcome: 'failed' },
      { provider: 'p1', outcome: 'failed' },
    ]);
    await expectBalanced(alice, bob, null);
  });

  it('of a process that was killed is counted by what was last known, and its place is free', async () => {
    const { db } = t.services();
    const alice = await t.user();
    const chat = chatOf();
    const lost = chat.stream(asked(alice.id, { feature: 'editor' }));
    await lost.next();
    await db
      .update(usageRecords)
      .set({ aliveAt: sql`now() - interval '9 seconds'`, outputTokens: 40, costMicroYuan: 170 })
      .where(eq(usageRecords.userId, alice.id));
    await read(chat, asked(alice.id, { feature: 'editor' }));
    const [first] = await callsOf(t, alice.id);
    expect(first).toMatchObject({ outcome: 'interrupted', outputTokens: 40, reservedTokens: 0 });
    await expectBalanced(alice, null);
    // It was only slow: what it says now counts, once.
    for await (const _ of lost);
    const [corrected] = await callsOf(t, alice.id);
    expect(corrected).toMatchObject({ outcome: 'done', outputTokens: 5, costMicroYuan: 30 });
    await expectBalanced(alice, null);
  });

  it('outlives the account, and names nobody then', async () => {
    const { db } = t.services();
    const alice = await t.user();
    const chat = chatOf();
    const open = chat.stream(asked(alice.id));
    await open.next();
    await db.delete(schema.users).where(eq(schema.users.id, alice.id));
    for await (const _ of open);
    expect(await db.select().from(usageRecords)).toMatchObject([{ userId: null, outcome: 'done' }]);
    await expectBalanced(null);
    expect(await codeOf(read(chat, asked(alice.id)))).toBe('session_revoked');
  });

  it('too large for any model takes nothing', async () => {
    const alice = await t.user();
    script = { pieces: [], fails: 'too_long' };
    const content = '茶'.repeat(3_000_000);
    const call = asked(alice.id, { messages: [{ role: 'user', content }] });
    await expect(read(chatOf(), call)).rejects.toMatchObject({ kind: 'too_long' });
    expect((await callsOf(t, alice.id))[0]?.outcome).toBe('failed');
    expect(await monthRow(t, alice.id)).toEqual(NOTHING);
  });
});

/** More at once would wait for connections on a busy machine, and be told to come again. */
const atOnce = pLimit(25);

describe('a budget', () => {
  it('of a person is never passed by a hundred asks', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const userTokens = 1_000;
    const chat = chatOf({ userTokens });
    script = {
      wait: () => new Promise((resolve) => setTimeout(resolve, 5)),
      usage: { inputTokens: 10, outputTokens: 90 },
    };
    let isOver = false;
    const watch = async () => {
      while (!isOver) {
        const { tokens, reservedTokens } = await monthRow(t, alice.id);
        expect(tokens + reservedTokens).toBeLessThanOrEqual(userTokens);
      }
    };
    const ask = async () => {
      const asks = Array.from({ length: 100 }, () => alice.id);
      const answered = await atOnce.map(asks, (id) => codeOf(read(chat, asked(id))));
      isOver = true;
      return answered;
    };
    const [codes] = await Promise.all([ask(), watch()]);
    const done = codes.filter((code) => code === 'none');
    expect(new Set(codes)).toEqual(new Set(['none', 'budget_spent']));
    expect((await monthRow(t, alice.id)).tokens).toBe(100 * done.length);
    expect(await codeOf(read(chat, asked(bob.id)))).toBe('none');
    await expectBalanced(alice, bob, null);
  });

  it('of the server is never passed by a hundred asks of ten people, in tokens or in money', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => t.user()));
    script = { usage: { inputTokens: 10, outputTokens: 90 } };
    for (const budget of [{ tokens: 2_000 }, { microYuan: 5_000 }]) {
      await t.services().db.execute(sql`truncate usage_records, usage_months`);
      const chat = chatOf(budget);
      const asks = Array.from({ length: 100 }, (_, i) => people[i % people.length]?.id ?? '');
      const codes = await atOnce.map(asks, (id) => codeOf(read(chat, asked(id))));
      expect(new Set(codes)).toEqual(new Set(['none', 'budget_spent']));
      const all = await monthRow(t, null);
      expect(all.tokens).toBeLessThanOrEqual(budget.tokens ?? all.tokens);
      expect(all.microYuan).toBeLessThanOrEqual(budget.microYuan ?? all.microYuan);
      await expectBalanced(...people, null);
    }
  });

  it('that is nearly spent makes answers shorter, and none that are not worth their question', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const budgets = { userTokens: 700, tokens: 1_100 };
    const chat = chatOf(budgets, { maxTokens: 2_000 });
    script = { usage: { inputTokens: 10, outputTokens: 2_000 } };
    const ends = [];
    for (const { id } of [alice, bob]) {
      for await (const event of chat.stream(asked(id)))
        if (event.type === 'finish') ends.push(event);
    }
    // What the longest answers may take beside their questions, for which a quarter more is set aside.
    const [own, rest] = ends;
    expect(ends).toMatchObject([
      { reason: 'length', isCutByBudget: true },
      { reason: 'length', isCutByBudget: true },
    ]);
    expect(own?.usage.outputTokens).toBeGreaterThan(650);
    expect(rest?.usage.outputTokens).toBeGreaterThan(256);
    for (const [one, most] of [
      [alice, budgets.userTokens],
      [null, budgets.tokens],
    ] as const) {
      expect((await monthRow(t, one?.id ?? null)).tokens).toBeLessThanOrEqual(most);
    }
    const before = await callsOf(t, alice.id);
    expect(await codeOf(read(chat, asked(alice.id)))).toBe('budget_spent');
    expect(await codeOf(read(chat, asked(bob.id)))).toBe('budget_spent');
    expect(await callsOf(t, alice.id)).toHaveLength(before.length);
    await expectBalanced(alice, bob, null);
  });

  it('of money makes answers shorter too, by the dearest of those who may answer', async () => {
    const alice = await t.user();
    const chat = chatOf({ microYuan: 1_500 }, { maxTokens: 2_000 });
    script = { usage: { inputTokens: 10, outputTokens: 2_000 } };
    for await (const event of chat.stream(asked(alice.id))) {
      if (event.type !== 'finish') continue;
      expect(event.usage.outputTokens).toBeGreaterThan(350);
      expect(event.usage.outputTokens).toBeLessThan(375);
    }
    expect((await monthRow(t, null)).microYuan).toBeLessThanOrEqual(1_500);
    expect(await codeOf(read(chat, asked(alice.id)))).toBe('budget_spent');
    await expectBalanced(alice, null);
  });

  it('is never passed by answers at once that are shortened', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => t.user()));
    const chat = chatOf({ userTokens: 900, tokens: 3_000 }, { maxTokens: 500 });
    script = { usage: { inputTokens: 10, outputTokens: 500 } };
    const asks = Array.from({ length: 40 }, (_, i) => people[i % people.length]?.id ?? '');
    const codes = await atOnce.map(asks, (id) => codeOf(read(chat, asked(id))));
    expect(new Set(codes)).toEqual(new Set(['none', 'budget_spent']));
    for (const { id } of people) expect((await monthRow(t, id)).tokens).toBeLessThanOrEqual(900);
    const all = await monthRow(t, null);
    expect(all.tokens).toBeLessThanOrEqual(3_000);
    // Nobody was refused while an answer of 256 tokens was still paid for.
    expect(all.tokens).toBeGreaterThan(3_000 - 320);
    await expectBalanced(...people, null);
  });

  it('comes back from calls of others whose process is gone', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const chat = chatOf({ tokens: 200 });
    await chat.stream(asked(alice.id)).next();
    expect(await codeOf(read(chat, asked(bob.id)))).toBe('budget_spent');
    const { db } = t.services();
    await db.update(usageRecords).set({ aliveAt: sql`now() - interval '9 seconds'` });
    expect(await codeOf(read(chat, asked(bob.id)))).toBe('none');
    await expectBalanced(alice, bob, null);
  });

  it('balances whatever happens in whatever order', async () => {
    const people = [await t.user(), await t.user()];
    const { db } = t.services();
    const step = fc.record({
      who: fc.nat({ max: 1 }),
      end: fc.constantFrom('done', 'left', 'cut_off', 'bad_key', 'killed'),
      outputTokens: fc.nat({ max: 400 }),
      // Of the longer ones some get less than they ask for.
      maxTokens: fc.constantFrom(100, 400),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await Promise.allSettled(
          steps.map(async ({ who, end, outputTokens, maxTokens }) => {
            const fails = end === 'cut_off' || end === 'bad_key' ? end : undefined;
            const own = { usage: { inputTokens: 9, outputTokens }, ...(fails && { fails }) };
            const budgets = { userTokens: 900, tokens: 1_500 };
            const chat = chatOf(budgets, { own, maxTokens });
            const stream = chat.stream(asked(people[who]?.id ?? ''));
            if (end === 'left') await stream.next().then(() => stream.return());
            else if (end === 'killed') await stream.next();
            else for await (const _ of stream);
          }),
        );
        await db.update(usageRecords).set({ aliveAt: sql`now() - interval '9 seconds'` });
        await endLostCalls(db);
        await expectBalanced(...people, null);
        for (const [one, limit] of [
          [people[0]?.id ?? '', 900],
          [null, 1_500],
        ] as const) {
          expect((await monthRow(t, one)).tokens).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('streams at once', () => {
  it('in the editor are two, and the third is free again when one ends', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const chat = chatOf();
    const edit = (user: TestUser) => chat.stream(asked(user.id, { feature: 'editor' }));
    const open = [edit(alice), edit(alice)];
    for (const one of open) await one.next();
    expect(await codeOf(edit(alice).next())).toBe('limit_reached');
    expect(await codeOf(read(chat, asked(bob.id, { feature: 'editor' })))).toBe('none');
    await open[0]?.return();
    expect(await codeOf(read(chat, asked(alice.id, { feature: 'editor' })))).toBe('none');
    await open[1]?.return();
    await expectBalanced(alice, bob, null);
  });

  it('are more where a plan says so', async () => {
    const [admin, alice] = [await t.user({ role: 'admin' }), await t.user()];
    const benefits = { ...NO_BENEFITS, concurrentStreams: 3 };
    const { id: planId } = await buildPlan(admin, { benefits });
    const term = { userId: alice.id, planId, period: 'month', reason: 'test' } as const;
    await admin.api.admin.entitlements.grant(term);
    const chat = chatOf();
    const edit = () => chat.stream(asked(alice.id, { feature: 'editor' }));
    const open = [edit(), edit(), edit()];
    for (const one of open) expect(await codeOf(one.next())).toBe('none');
    expect(await codeOf(edit().next())).toBe('limit_reached');
    for (const one of open) await one.return();
  });

  it('of a hundred that are opened and abandoned leave the ledger exact', async () => {
    const alice = await t.user();
    const chat = chatOf();
    const codes = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const stream = chat.stream(asked(alice.id, { feature: 'editor' }));
        const code = await codeOf(stream.next());
        return { code, stream };
      }),
    );
    expect(codes.filter(({ code }) => code === 'none')).toHaveLength(2);
    await Promise.all(codes.map(({ stream }) => stream.return()));
    await expectBalanced(alice, null);
    expect(await codeOf(read(chat, asked(alice.id, { feature: 'editor' })))).toBe('none');
  });
});
