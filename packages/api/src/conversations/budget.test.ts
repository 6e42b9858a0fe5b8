import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { buildPlan, NO_BENEFITS } from '../billing/test-support.js';
import type { TestUser } from '../test-support.js';
import { callsOf, monthRow } from '../usage/test-support.js';
import { ask, conversationOf, noteOf, TEA, TeaRoom } from './test-support.js';

const { messages, usageRecords } = schema;
const QUESTION = '岩茶用什么水泡？';
/** Less than the shortest answer that is begun, which is 256 tokens. */
const room = new TeaRoom({
  budgets: { userTokens: 200 },
  prices: new Map([['chat', { input: 1_000_000, cached: 1_000_000, output: 4_000_000, call: 0 }]]),
});

/** Somebody with a note about tea whose plan gives so many tokens. */
async function holderOf(aiTokensPerMonth: number): Promise<TestUser> {
  const [admin, user] = [await room.t.user({ role: 'admin' }), await room.t.user()];
  await noteOf(room.t, user, { title: '武夷岩茶', content: TEA });
  const plan = await buildPlan(admin, {
    benefits: { ...NO_BENEFITS, aiTokensPerMonth },
  });
  const grant = { userId: user.id, planId: plan.id, period: 'month', reason: 'test' } as const;
  await admin.api.admin.entitlements.grant(grant);
  return user;
}

describe('a question that the month has no tokens for', () => {
  it('is refused before anything is stored', async () => {
    const { conversationId } = room;
    const question = { conversationId, id: v7(), parentId: null, content: QUESTION };
    expect(await codeOf(room.alice.api.messages.send(question))).toBe('budget_spent');
    const kept = await room.alice.api.conversations.get({ id: conversationId });
    expect(kept).toMatchObject({ messages: [], title: '' });
    expect(room.provider.requests).toEqual([]);
    expect(await callsOf(room.t, room.alice.id)).toEqual([]);
  });

  it('is answered for who has a plan that gives them, with what it cost', async () => {
    const holder = await holderOf(50_000);
    const { answer } = await ask(holder, await conversationOf(holder), QUESTION);
    expect(answer.status).toBe('done');
    const [call] = await callsOf(room.t, holder.id);
    expect(call).toMatchObject({ feature: 'chat', outcome: 'done', isEstimated: false });
    const { inputTokens, outputTokens, costMicroYuan } = answer.receipt ?? {};
    expect(call).toMatchObject({ inputTokens, outputTokens, costMicroYuan });
    expect(costMicroYuan).toBe((inputTokens ?? 0) + 4 * (outputTokens ?? 0));
    const usage = await holder.api.usage.get();
    expect(usage).toMatchObject({ limitTokens: 50_000, reservedTokens: 0, isInstanceSpent: false });
    expect(usage.features).toEqual([
      { feature: 'chat', calls: 1, tokens: usage.tokens, costMicroYuan },
    ]);
    // Of another there is nothing in it.
    const others = await room.bob.api.usage.get();
    expect(others).toMatchObject({ limitTokens: 200, tokens: 0, features: [] });
  });

  it('once its passages are there stays, and says why it was not answered', async () => {
    const holder = await holderOf(400);
    const { answer } = await ask(holder, await conversationOf(holder), QUESTION);
    expect(answer).toMatchObject({ status: 'failed', failure: 'budget_spent', content: '' });
    expect(room.provider.requests).toEqual([]);
    const again = { id: answer.id, answerId: v7() };
    expect(await codeOf(holder.api.messages.regenerate(again))).toBe('none');
  });
});

describe('an answer that the month has too few tokens for', () => {
  it('is as long as they are, and says why it breaks off', async () => {
    const most = 600;
    const holder = await holderOf(most);
    room.say = () => `用沸水 [1]。${'再说一句。'.repeat(200)}`;
    const { answer } = await ask(holder, await conversationOf(holder), QUESTION);
    expect(answer).toMatchObject({ status: 'failed', failure: 'budget_spent' });
    expect(answer.content).toContain('用沸水 [1]。再说一句。');
    expect(answer.citations).toMatchObject([{ number: 1 }]);
    const asked = Number(room.provider.requests.at(-1)?.body.max_tokens);
    expect(asked).toBeGreaterThanOrEqual(256);
    expect(asked).toBeLessThan(500);
    const [call] = await callsOf(room.t, holder.id);
    expect(call).toMatchObject({ outcome: 'done', outputTokens: asked, reservedTokens: 0 });
    expect(await monthRow(room.t, holder.id)).toMatchObject({ reservedTokens: 0 });
  });
});

describe('what was set aside for calls whose process is gone', () => {
  it('keeps no question from being asked', async () => {
    const { db, ledger } = room.t.services();
    const holder = await holderOf(1_000);
    const by = { provider: 'openai', model: 'chat' };
    const call = { models: [by] as const, inputTokens: 100, maxTokens: 800 };
    await ledger.open({ userId: holder.id, feature: 'editor', ...call }, () => ({
      ...by,
      usage: null,
    }));
    const conversationId = await conversationOf(holder);
    const question = { conversationId, id: v7(), parentId: null, content: QUESTION };
    expect(await codeOf(holder.api.messages.send(question))).toBe('budget_spent');
    const aliveAt = sql`now() - interval '9 seconds'`;
    await db.update(usageRecords).set({ aliveAt }).where(eq(usageRecords.userId, holder.id));
    expect((await ask(holder, conversationId, QUESTION)).answer.status).toBe('done');
    expect(await callsOf(room.t, holder.id)).toMatchObject([
      { outcome: 'interrupted' },
      { outcome: 'done' },
    ]);
  });
});

describe('an answer whose process was killed', () => {
  it('gives back what was set aside when it becomes interrupted', async () => {
    const { db, ledger } = room.t.services();
    const holder = await holderOf(50_000);
    const conversationId = await conversationOf(holder);
    const by = { provider: 'openai', model: 'chat' };
    const usage = { cachedTokens: 0, reasoningTokens: 0, isEstimated: true };
    await ledger.open(
      { userId: holder.id, feature: 'chat', models: [by], inputTokens: 100, maxTokens: 500 },
      () => ({ ...by, usage: { ...usage, inputTokens: 100, outputTokens: 3 } }),
    );
    expect((await monthRow(room.t, holder.id)).reservedTokens).toBe(625);
    const aliveAt = sql`now() - interval '11 seconds'`;
    const id = v7();
    await db.insert(messages).values({
      id,
      conversationId,
      userId: holder.id,
      role: 'assistant',
      status: 'writing',
      content: '用沸水',
      aliveAt,
    });
    await db.update(usageRecords).set({ aliveAt }).where(eq(usageRecords.userId, holder.id));
    const kept = await holder.api.conversations.get({ id: conversationId });
    expect(kept.messages).toMatchObject([{ status: 'interrupted', content: '用沸水' }]);
    expect(await callsOf(room.t, holder.id)).toMatchObject([{ outcome: 'interrupted' }]);
    expect(await monthRow(room.t, holder.id)).toMatchObject({ tokens: 103, reservedTokens: 0 });
  });
});
