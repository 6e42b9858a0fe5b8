import { LIMITS } from '@ainotebook/contract';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { useApi } from '../test-support.js';

const t = useApi();

describe('instructions that are kept', () => {
  it('are there the next time, the newest first, for their owner alone', async () => {
    const [anna, ben] = [await t.user(), await t.user()];
    const first = await anna.api.prompts.create({ id: v7(), instruction: '写成诗' });
    const second = await anna.api.prompts.create({ id: v7(), instruction: 'As a list' });
    expect((await anna.api.prompts.list()).items).toEqual([second, first]);
    expect((await ben.api.prompts.list()).items).toEqual([]);
    expect(await codeOf(ben.api.prompts.remove({ id: first.id }))).toBe('not_found');
    await anna.api.prompts.remove({ id: first.id });
    expect((await anna.api.prompts.list()).items).toEqual([second]);
    expect(await codeOf(anna.api.prompts.remove({ id: first.id }))).toBe('not_found');
  });

  it('are kept once, however often that is said', async () => {
    const { api } = await t.user();
    const input = { id: v7(), instruction: '写成诗' };
    const [one, other] = await Promise.all([api.prompts.create(input), api.prompts.create(input)]);
    expect(one).toEqual(other);
    expect((await api.prompts.list()).items).toHaveLength(1);
    const changed = api.prompts.create({ ...input, instruction: 'x' });
    expect(await codeOf(changed)).toBe('conflict');
  });

  it('are so many at most', async () => {
    const { api } = await t.user();
    const results = await Promise.allSettled(
      Array.from({ length: LIMITS.savedPromptsPerUser + 3 }, (_, i) =>
        api.prompts.create({ id: v7(), instruction: `${i}` }),
      ),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(3);
    expect((await api.prompts.list()).items).toHaveLength(LIMITS.savedPromptsPerUser);
    expect(await codeOf(api.prompts.create({ id: v7(), instruction: 'x' }))).toBe('limit_reached');
  });

  it('say something', async () => {
    const { api } = await t.user();
    for (const instruction of ['', ' ', 'a'.repeat(LIMITS.instructionLength + 1)]) {
      expect(await codeOf(api.prompts.create({ id: v7(), instruction }))).toBe('bad_input');
    }
    expect(await codeOf(t.api().prompts.list())).toBe('unauthenticated');
  });
});
