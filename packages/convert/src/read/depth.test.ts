import { describe, expect, it } from 'vitest';
import { isTooDeep } from './depth.js';

const deep = (open: string, close = '') => open.repeat(500) + close.repeat(500);

describe('a page is too deep', () => {
  it.each(['main', 'article', 'center', 'sub', 'details', 'x-y', 'svg:g', 'b'])(
    'where <%s> stands in itself, closed or not',
    (tag) => {
      expect(isTooDeep(deep(`<${tag}>`))).toBe(true);
      expect(
        isTooDeep(deep(`<${tag.toUpperCase()} class="a > b" data-x='<br>'>`, `</${tag}>`)),
      ).toBe(true);
    },
  );

  it('whatever is closed that is not open, and whatever attributes say', () => {
    expect(isTooDeep(deep('<div></b>'))).toBe(true);
    expect(isTooDeep(deep('<div title="</div>">'))).toBe(true);
    expect(isTooDeep(deep('<ul><li>'))).toBe(true);
    expect(isTooDeep(deep('<table><tr><td>'))).toBe(true);
  });
});

describe('a page is not too deep', () => {
  it.each([
    ['where tags stand one after the other', '<main><b>x</b></main>'],
    ['where ends of paragraphs are left out', '<p>a<p>b'],
    ['where ends of items are left out', '<li>a<p>b<li>c'],
    ['where ends of terms are left out', '<dt>a<dd>b<p>c'],
    ['where rows of a table have no ends', '<tr><td>a<th>b'],
    ['where nothing is in them', '<br><img src="a"><hr><input>'],
    ['where they close themselves', '<item href="a"/><path d="M0"/>'],
    ['where they are text', '<script>if (a<b && c<d) {}</script><title><div></title>'],
    ['where they are comments', '<!-- <div> -->'],
    ['where it is no tag at all', 'a < b <- <3 '],
  ])('%s', (_, html) => {
    expect(isTooDeep(html.repeat(500))).toBe(false);
  });

  it('and one that ends in the middle of something ends', () => {
    for (const html of ['<a href="'.repeat(100_000), "<a b='", '<!-- ', '<script>', '<', '<a'])
      expect(isTooDeep(html)).toBe(false);
  });
});
