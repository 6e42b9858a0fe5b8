import { describe, expect, it } from 'vitest';
import { findQuote } from './find-quote.js';

const page = (html: string) => {
  const root = document.createElement('div');
  root.innerHTML = html;
  return root;
};
const found = (html: string, words: string) => findQuote(page(html), words)?.toString() ?? null;

describe('findQuote', () => {
  it('finds a passage over marks, blocks and line breaks', () => {
    const html = '<h1>茶</h1><p>岩茶要用<strong>沸水</strong>，</p>\n<p>水温低了\n不行。</p>';
    expect(found(html, '用沸水，水温低了 不行')?.replaceAll(/\s/g, '')).toBe(
      '用沸水，水温低了不行',
    );
  });

  it('finds none of what is not shown, and nothing of nothing', () => {
    expect(found('<p>绿茶</p>', '红茶')).toBeNull();
    expect(found('<p>绿茶</p>', ' \n')).toBeNull();
    expect(found('', '茶')).toBeNull();
  });

  it('begins and ends at the very characters', () => {
    const range = findQuote(page('<p>一二三四五</p>'), '二三四');
    expect([range?.startOffset, range?.endOffset]).toEqual([1, 4]);
  });
});
