import { describe, expect, it } from 'vitest';
import { splitFilters, withFilter, withoutFilter } from './filter-chips.js';

describe('the filters of a query', () => {
  it('are told from its words, with quotes of both kinds', () => {
    const { tokens, words } = splitFilters('绿茶 tag:茶 notebook：“我的 书” "一期 一会" -is:x');
    expect(tokens.map(({ name, value }) => [name, value])).toEqual([
      ['tag', '茶'],
      ['notebook', '我的 书'],
    ]);
    expect(words).toBe('绿茶 "一期 一会" -is:x');
  });

  it('are added once; of states and dates the last one holds', () => {
    expect(withFilter('tea', 'tag', 'two words')).toBe('tea tag:"two words"');
    expect(withFilter('tea tag:a', 'tag', 'a')).toBe('tea tag:a');
    expect(withFilter('is:draft tea', 'is', 'published')).toBe('tea is:published');
  });

  it('are taken away and leave the words', () => {
    expect(withoutFilter('tag:a tea is:draft', 'tag:a')).toBe('tea is:draft');
  });
});
