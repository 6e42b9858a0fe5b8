import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBlocks } from './blocks.js';
import { anySource } from './fixtures.js';

const texts = (source: string) => splitBlocks(source).blocks.map((block) => block.text);

describe('blocks', () => {
  it('cover any source exactly', () => {
    fc.assert(
      fc.property(anySource, (source) => {
        const { lead, blocks } = splitBlocks(source);
        expect(lead + blocks.map(({ text, gap }) => text + gap).join('')).toBe(source);
        expect(blocks.every(({ text, gap }) => text !== '' && gap.trim() === '')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['paragraphs', 'a\nb\n\nc', ['a\nb', 'c']],
    ['headings, without blank lines too', 'a\n# b\nc', ['a', '# b', 'c']],
    ['an underlined heading', 'Title\n---\n\na', ['Title\n---', 'a']],
    [
      'list items with their children',
      '- a\n  - b\n\n  c\n- d\n\n- e',
      ['- a\n  - b\n\n  c', '- d', '- e'],
    ],
    ['tasks', '- [ ] a\n- [x] b', ['- [ ] a', '- [x] b']],
    ['ordered items', '1. a\n   b\n2. c', ['1. a\n   b', '2. c']],
    ['a lazy line of an item', '- a\nb\n\nc', ['- a\nb', 'c']],
    ['a table', 'a\n\n| a |\n|---|\n| b |\n\nc', ['a', '| a |\n|---|\n| b |', 'c']],
    ['a quote', '> a\n>\n> b\n\nc', ['> a\n>\n> b', 'c']],
    ['a fence', 'a\n```\n# b\n\nc\n```\nd', ['a', '```\n# b\n\nc\n```', 'd']],
    [
      'a fence inside a longer one',
      '````\n```\n\na\n```\n\nb\n````',
      ['````\n```\n\na\n```\n\nb\n````'],
    ],
    ['an unclosed fence to the end', 'a\n\n```\nb\n\nc\n', ['a', '```\nb\n\nc']],
    [
      'a fence in an item',
      '- a\n  ```\n  b\n\n  c\n  ```\n- d',
      ['- a\n  ```\n  b\n\n  c\n  ```', '- d'],
    ],
    ['an unclosed fence in an item to its end', '- a\n  ```\n  b\n\nc', ['- a\n  ```\n  b', 'c']],
    ['a formula', 'a\n$$\nb\n\nc\n$$\n\nd', ['a', '$$\nb\n\nc\n$$', 'd']],
    ['a formula on one line', '$$a$$\n\nb', ['$$a$$', 'b']],
    ['a comment', '<!-- a\n\nb -->\nc', ['<!-- a\n\nb -->', 'c']],
    ['preformatted HTML', '<pre>\na\n\nb\n</pre>\n\nc', ['<pre>\na\n\nb\n</pre>', 'c']],
    ['front matter', '---\na: 1\n\nb: 2\n---\nc', ['---\na: 1\n\nb: 2\n---', 'c']],
    ['a rule at the beginning', '---\n\na', ['---', 'a']],
    ['a footnote', '[^1]: a\n\n    b\n\nc', ['[^1]: a\n\n    b', 'c']],
    ['lines that end as in Windows', 'a\r\nb\r\n\r\nc\r\n', ['a\r\nb', 'c']],
  ])('are %s', (_name, source, expected) => {
    expect(texts(source)).toEqual(expected);
  });
});
