import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerptOf, plainText } from './plain-text.js';

describe('plainText', () => {
  it.each([
    ['# 标题 #\n\n正文', '标题\n\n正文'],
    ['**粗** *斜* ~~删~~ `a*b` __x__ snake_case 3 * 4', '粗 斜 删 a*b x snake_case 3 * 4'],
    ['[链接](https://a.b/(c) "t") ![图](/a.png)', '链接 图'],
    ['[![图](/a.png)](https://a.b)', '图'],
    [
      '[[笔记|别名]] [[笔记]] [a][1] 注[^1]\n\n[1]: https://a.b\n[^1]: 说明',
      '别名 笔记 a 注\n\n说明',
    ],
    ['空山不见人，\\\n但闻人语响。', '空山不见人，\n但闻人语响。'],
    ['> 引用\n> - 项\n> - [x] 完成', '引用\n项\n完成'],
    ['> [!TIP]\n> 水温\n\n> [!note] 题\n\n[!TIP] 字', '水温\n\n题\n\n[!TIP] 字'],
    ['| a | b |\n|---|:-:|\n| 1 | 2 |', 'a   b\n\n1   2'],
    ['```js\nlet a = 1;\n```', 'let a = 1;'],
    ['a<!-- 看\n不见 -->b<br>c', 'abc'],
    ['---\ntitle: x\n---\n正文', '正文'],
    ['标题\n===\n\n---\n\n\\*a\\* &lt;b&gt; &amp;', '标题\n\n*a* <b> &'],
  ])('reads %j', (source, expected) => {
    expect(plainText(source)).toBe(expected);
  });
});

describe('a line of blanks', () => {
  it('before the border of a table is read as fast as any other', () => {
    expect(plainText(`${' '.repeat(200_000)}x|`)).toBe('x|');
    expect(plainText('| 茶 |\n  | :-: |\n| 绿 |').split(/\s+/)).toEqual(['茶', '绿']);
  });
});

describe('excerptOf', () => {
  it('passes over headings, tables, code and images', () => {
    expect(excerptOf('# 标题\n\n![图](/a.png)\n\n```js\nx\n```\n\n第一段。\n第二行。')).toBe(
      '第一段。 第二行。',
    );
    expect(excerptOf('六类：\n\n| 茶 | 例 |\n|---|---|\n| 绿 | 龙井 |\n\n完。')).toBe(
      '六类： 完。',
    );
  });

  it('takes the heading or the table when there is nothing else', () => {
    expect(excerptOf('# 只有标题')).toBe('只有标题');
    expect(excerptOf('| 茶 | 例 |\n|---|---|\n| 绿 | 龙井 |')).toBe('茶 例 绿 龙井');
  });

  it('cuts Chinese anywhere, Latin between words, and no surrogate pair', () => {
    expect(excerptOf('一二三四五六', 4)).toBe('一二三四…');
    expect(excerptOf('hello wonderful world', 12)).toBe('hello…');
    expect(excerptOf('一二😀三', 3)).toBe('一二…');
  });

  it('is bounded by its length for any source', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'#*_[]()`~<>!|-\n a中😀\\&;'), maxLength: 400 }),
        fc.integer({ min: 1, max: 50 }),
        (source, length) => {
          const excerpt = excerptOf(source, length);
          expect(excerpt.length).toBeLessThanOrEqual(length + 1);
          expect(excerpt).not.toContain('\n');
          expect(/\p{Cs}/u.test(excerpt)).toBe(false);
        },
      ),
    );
  });
});
