import { describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { useApi } from '../test-support.js';
import { WritingRoom } from './test-support.js';

const room = new WritingRoom();
type What = 'title' | 'tags' | 'summary' | 'slug';
const suggest = (what: What) => room.alice.api.assist.suggest({ id: room.noteId, what });

describe('suggestions for a note', () => {
  it.each<[What, string, string[]]>([
    [
      'title',
      '1. 《岩茶怎么泡》\n2. “沸水与岩骨”\n- 岩茶怎么泡\n\n4. 四\n5. 五',
      ['岩茶怎么泡', '沸水与岩骨', '四'],
    ],
    ['tags', '- 茶\n#武夷山\nbad, tag\n冲泡', ['茶', '武夷山', '冲泡']],
    ['summary', '**岩茶**要用沸水。\n香气才出得来。', ['岩茶要用沸水。 香气才出得来。']],
    ['slug', 'How to Brew Rock Tea!', ['how-to-brew-rock-tea']],
  ])('%s: what can be stored as it is', async (what, said, items) => {
    room.say = () => said;
    expect(await suggest(what)).toEqual({ items, isExtractive: false });
    expect(room.sent()).toContain('岩茶要用沸水');
  });

  it('know the tags that are in use, and the note alone', async () => {
    await room.bob.api.articles.create({ title: '他的', content: '金库', tags: ['密码'] });
    await suggest('tags');
    expect(room.sent()).toContain('<tags-');
    expect(room.sent()).not.toMatch(/金库|密码/);
  });

  it('are for its owner', async () => {
    const call = room.bob.api.assist.suggest({ id: room.noteId, what: 'title' });
    expect(await codeOf(call)).toBe('not_found');
  });

  it.each(['chat-500', 'chat-cut', 'chat-hang', 'chat-credit'])(
    'fail by a code of their own, without the provider’s words: %s',
    async (model) => {
      room.model = model;
      room.say = () => '一二三四五六七八九十甲乙丙丁';
      const call = suggest('title');
      await expect(call).rejects.toThrow(/did not answer/);
      await expect(call).rejects.not.toThrow(/secret/);
      expect(await codeOf(call)).toBe('ai_failed');
    },
  );

  it('are none for an empty note, and nobody is asked', async () => {
    const { id } = await room.alice.api.articles.create({});
    const none = { items: [], isExtractive: false };
    expect(await room.alice.api.assist.suggest({ id, what: 'title' })).toEqual(none);
    expect(room.provider.requests).toEqual([]);
  });
});

describe('suggestions without a model', () => {
  const bare = useApi();

  it('are words of the note itself', async () => {
    const { api } = await bare.user();
    const content = '# 岩茶冲泡\n\n岩茶要用沸水冲泡，香气才出得来。岩茶的香气叫岩骨花香。\n';
    const { id } = await api.articles.create({ title: '武夷岩茶', content, tags: ['岩茶'] });
    const get = async (what: What) => {
      const { items, isExtractive } = await api.assist.suggest({ id, what });
      expect(isExtractive).toBe(true);
      return items;
    };
    expect(await get('title')).toEqual(['岩茶冲泡']);
    expect((await get('tags'))[0]).toBe('岩茶');
    expect((await get('summary'))[0]).toContain('沸水');
    expect(await get('slug')).toEqual(['wu-yi-yan-cha']);
  });
});
