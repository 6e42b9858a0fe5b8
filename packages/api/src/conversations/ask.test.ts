import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { type TestUser, useApi } from '../test-support.js';
import { noteOf } from './test-support.js';

const t = useApi();
const note = { title: '绿茶的水温', content: '龙井用八十度的水冲泡。水太烫会把茶叶烫熟。' };
const question = '龙井用多少度的水？';

it('waits for the whole answer, which stands on the caller’s notes alone', async () => {
  const [anna, ben] = [await t.user(), await t.user()];
  const articleId = await noteOf(t, anna, note);
  const answer = await anna.api.conversations.ask({ question });
  expect(answer).toMatchObject({ status: 'done', citations: [{ number: 1, articleId }] });
  expect(answer.content).toContain('八十度');
  const others = await ben.api.conversations.ask({ question });
  expect(others).toMatchObject({ status: 'done', citations: [], receipt: { isNotFound: true } });
  const kept = await anna.api.conversations.get({ id: answer.conversationId });
  expect(kept.messages.map(({ content }) => content)).toEqual([question, answer.content]);
  expect(await codeOf(ben.api.conversations.get({ id: answer.conversationId }))).toBe('not_found');
});

it('asks within a scope of the caller’s, and not without a question', async () => {
  const [anna, ben] = [await t.user(), await t.user()];
  const id = await noteOf(t, anna, note);
  const scope = { kind: 'articles' as const, ids: [id] };
  expect((await anna.api.conversations.ask({ question, scope })).citations).toHaveLength(1);
  expect(await codeOf(ben.api.conversations.ask({ question, scope }))).toBe('not_found');
  expect(await codeOf(anna.api.conversations.ask({ question: ' ' }))).toBe('bad_input');
  expect(await codeOf(t.api().conversations.ask({ question }))).toBe('unauthenticated');
});

const listOf = async ({ api }: TestUser) => (await api.conversations.list({ limit: 100 })).items;
/** So many more of hers, which the oldest of all is not among. */
const fill = (user: TestUser, count: number) =>
  t
    .services()
    .db.insert(schema.conversations)
    .values(
      Array.from({ length: count }, () => ({ userId: user.id, scope: { kind: 'all' as const } })),
    );

it('leaves no conversation behind where the question is refused', async () => {
  const [anna, ben] = [await t.user(), await t.user()];
  const { conversationId } = await anna.api.conversations.ask({ question });
  // As many answers as may be written at once.
  for (let at = 0; at < LIMITS.answersAtOnce; at += 1) {
    await t.services().db.insert(schema.messages).values({
      id: v7(),
      conversationId,
      userId: anna.id,
      role: 'assistant',
      status: 'writing',
      aliveAt: new Date(),
    });
  }
  expect(await codeOf(anna.api.conversations.ask({ question }))).toBe('limit_reached');
  expect((await listOf(anna)).map(({ id }) => id)).toEqual([conversationId]);
  await ben.api.conversations.ask({ question });
  expect(await listOf(ben)).toHaveLength(1);
});

it('makes room with the oldest single questions of programs, and with nothing that somebody kept', async () => {
  const [anna, ben] = [await t.user(), await t.user()];
  const his = await ben.api.conversations.ask({ question });
  const ask = async () => (await anna.api.conversations.ask({ question })).conversationId;
  const [renamed, askedOn, oldest, newer] = [await ask(), await ask(), await ask(), await ask()];
  await anna.api.conversations.update({ id: renamed, title: '要留的' });
  const [, answer] = (await anna.api.conversations.get({ id: askedOn })).messages;
  await anna.api.messages.send({
    conversationId: askedOn,
    id: v7(),
    parentId: answer?.id ?? '',
    content: question,
  });
  await fill(anna, LIMITS.conversationsPerUser - 4);
  await anna.api.conversations.create({});
  expect(await codeOf(anna.api.conversations.get({ id: oldest }))).toBe('not_found');
  const latest = await ask();
  expect(await codeOf(anna.api.conversations.get({ id: newer }))).toBe('not_found');
  for (const id of [renamed, askedOn, latest]) {
    expect((await anna.api.conversations.get({ id })).id).toBe(id);
  }
  expect((await ben.api.conversations.get({ id: his.conversationId })).messages).toHaveLength(2);
});

it('is one too many for only one of two at once', async () => {
  const [anna, ben] = [await t.user(), await t.user()];
  await fill(anna, LIMITS.conversationsPerUser - 1);
  const codes = await Promise.all(
    Array.from({ length: 4 }, () => codeOf(anna.api.conversations.create({}))),
  );
  expect(codes.filter((code) => code === 'limit_reached')).toHaveLength(3);
  await ben.api.conversations.create({});
});
