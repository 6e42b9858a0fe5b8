import { LIMITS } from '@ainotebook/contract';
import { expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { useApi } from '../test-support.js';

const t = useApi();

it('loses nothing of what several write on at once', async () => {
  const anna = await t.user();
  const { id } = await anna.api.articles.create({ title: 'log', content: 'first\n\n\n' });
  const lines = Array.from({ length: 5 }, (_, n) => `line ${n}`);
  await Promise.all(lines.map((content) => anna.api.articles.append({ id, content })));
  const { content, revision, title } = await anna.api.articles.get({ id });
  expect(content.split('\n\n').sort()).toEqual(['first', ...lines]);
  expect([title, revision]).toEqual(['log', 6]);
});

it('begins an empty note, and once with its idempotency key', async () => {
  const anna = await t.user();
  const { id } = await anna.api.articles.create({ title: 'empty' });
  const auth = { userId: anna.id, sessionId: anna.sessionId, role: 'user' as const };
  for (let time = 0; time < 2; time++) {
    await t.api(auth, { idempotencyKey: 'append-once-0001' }).articles.append({ id, content: 'x' });
  }
  expect((await anna.api.articles.get({ id })).content).toBe('x');
});

it('refuses nothing at all, too much, and what is another’s', async () => {
  const [anna, ben] = [await t.user(), await t.user()];
  const full = 'x'.repeat(LIMITS.contentBytes - 4);
  const { id } = await anna.api.articles.create({ title: 'full', content: full });
  const append = (content: string) => codeOf(anna.api.articles.append({ id, content }));
  expect(await append(' \n')).toBe('bad_input');
  expect(await append('four')).toBe('too_large');
  expect(await append('xx')).toBe('none');
  expect(await codeOf(ben.api.articles.append({ id, content: 'x' }))).toBe('not_found');
  expect(await codeOf(t.api().articles.append({ id, content: 'x' }))).toBe('unauthenticated');
});
