import { expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { useApi } from '../test-support.js';
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
