import { AiError, type EmbeddingModel } from '@ainotebook/ai';
import { schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { noteOf } from '../conversations/test-support.js';
import { runEverything, standIn } from '../retrieval/test-support.js';
import { useApi } from '../test-support.js';
import { monthOf, startOfMonth } from './budgets.js';
import { meterEmbedding } from './metered-embedding.js';
import { pruneUsage } from './records.js';
import { callsOf, monthRow } from './test-support.js';

const { usageRecords } = schema;
const t = useApi();

describe('embedding', () => {
  it('is written down for whose notes it is, and takes nothing of what a person may ask', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const model = standIn();
    const embedding = meterEmbedding(model, t.services().ledger);
    await noteOf(t, alice, { title: '岩茶', content: '岩茶要用沸水。' });
    await runEverything(t, embedding);
    expect(await callsOf(t, alice.id)).toMatchObject([
      { feature: 'embedding', provider: 'test', model: 'stand-in', outcome: 'done' },
    ]);
    const read = model.sent.flat().join('').length;
    expect((await monthRow(t, alice.id)).tokens).toBe(0);
    expect((await monthRow(t, null)).tokens).toBe(read);
    expect(await callsOf(t, bob.id)).toEqual([]);
    const usage = await alice.api.usage.get();
    expect(usage.features).toEqual([
      { feature: 'embedding', calls: 1, tokens: read, costMicroYuan: null },
    ]);
  });

  it('that the provider refuses is written down as failed', async () => {
    const alice = await t.user();
    const model: EmbeddingModel = {
      ...standIn(),
      embed: async () => {
        throw new AiError('bad_key', 'wrong key', 'test');
      },
    };
    const asked = meterEmbedding(model, t.services().ledger).embed(['茶'], {
      kind: 'query',
      userId: alice.id,
    });
    await expect(asked).rejects.toMatchObject({ kind: 'bad_key' });
    expect(await callsOf(t, alice.id)).toMatchObject([{ outcome: 'failed', inputTokens: 0 }]);
  });
});

describe('a batch of which some texts were answered before it failed', () => {
  it('is written down with what those took', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const model: EmbeddingModel = {
      ...standIn(),
      embed: async () => {
        throw new AiError('rate_limited', 'asked too often', 'test', { tokens: 12 });
      },
    };
    const asked = meterEmbedding(model, t.services().ledger).embed(['茶', '水'], {
      kind: 'passage',
      userId: alice.id,
    });
    await expect(asked).rejects.toMatchObject({ kind: 'rate_limited' });
    expect(await callsOf(t, alice.id)).toMatchObject([
      { outcome: 'failed', inputTokens: 12, isEstimated: false },
    ]);
    expect(await callsOf(t, bob.id)).toEqual([]);
  });
});

describe('the usage of all', () => {
  it('is for an administrator, by day, person and model, the latest first', async () => {
    const [admin, alice] = [await t.user({ role: 'admin' }), await t.user()];
    const call = {
      userId: alice.id,
      feature: 'chat',
      provider: 'p',
      model: 'm',
      month: monthOf(new Date()),
    } as const;
    await t
      .services()
      .db.insert(usageRecords)
      .values([
        { ...call, outcome: 'done', inputTokens: 10, outputTokens: 5, costMicroYuan: 30 },
        { ...call, outcome: 'failed', inputTokens: 4, cachedTokens: 2 },
        { ...call, outcome: 'open', inputTokens: 900 },
        { ...call, outcome: 'done', inputTokens: 7, createdAt: sql`now() - interval '31 days'` },
      ]);
    const { rows } = await admin.api.admin.usage.get();
    expect(rows.filter(({ userId }) => userId === alice.id)).toEqual([
      {
        day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        userId: alice.id,
        email: alice.email,
        provider: 'p',
        model: 'm',
        calls: 2,
        failed: 1,
        inputTokens: 14,
        cachedTokens: 2,
        outputTokens: 5,
        costMicroYuan: 30,
      },
    ]);
    const longer = await admin.api.admin.usage.get({ days: 60 });
    expect(longer.rows.filter(({ userId }) => userId === alice.id)).toHaveLength(2);
    expect(await codeOf(alice.api.admin.usage.get())).toBe('forbidden');
    expect(await codeOf(t.api().admin.usage.get())).toBe('unauthenticated');
  });
});

describe('a month', () => {
  it('is one of Beijing', () => {
    expect(monthOf(new Date('2026-11-30T15:59:59Z'))).toBe('2026-11-01');
    expect(monthOf(new Date('2026-11-30T16:00:00Z'))).toBe('2026-12-01');
    expect(startOfMonth('2026-12-01')).toEqual(new Date('2026-11-30T16:00:00Z'));
    expect(startOfMonth('2026-12-01', 1)).toEqual(new Date('2026-12-31T16:00:00Z'));
  });

  it('is forgotten after four hundred days, with its calls', async () => {
    const { db } = t.services();
    const alice = await t.user();
    const call = { userId: alice.id, feature: 'chat', provider: 'p', model: 'm' } as const;
    await db.insert(usageRecords).values([
      { ...call, month: '2020-01-01', outcome: 'done', createdAt: new Date('2020-01-02') },
      { ...call, month: monthOf(new Date()), outcome: 'done' },
    ]);
    await db.insert(schema.usageMonths).values({ userId: alice.id, month: '2020-01-01' });
    expect(await pruneUsage(db)).toBe(1);
    expect(await callsOf(t, alice.id)).toHaveLength(1);
    expect((await db.select().from(schema.usageMonths)).map(({ month }) => month)).not.toContain(
      '2020-01-01',
    );
  });
});
