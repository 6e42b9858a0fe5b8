import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainPassage } from './plain-passage.js';
import { parseQuery } from './query.js';
import { passageSnippet } from './snippet.js';

const plain = (markdown: string) => plainPassage(markdown).text;

describe('plainPassage', () => {
  it.each([
    ['# 标题 #\n\n正文', '标题\n正文'],
    ['这是**加粗**、*斜体*、~~删除~~和`代码`', '这是加粗、斜体、删除和代码'],
    ['__bold__ and _slant_ in snake_case_name', 'bold and slant in snake_case_name'],
    ['2 * 3 = 6, 2*3 too', '2 * 3 = 6, 2*3 too'],
    ['- one\n- [x] done\n1. first\n> > quoted', 'one\ndone\nfirst\nquoted'],
    ['见[文档](https://a.example/x_(y) "标题")吧', '见文档吧'],
    ['[![图](a.png)](https://a.example) 后', '图 后'],
    ['[[部署指南|怎么部署]]和[[备份]]', '怎么部署和备份'],
    ['text[^1] and [ref][one]\n\n[one]: https://a.example\n\n[^1]: a note', 'text and ref\na note'],
    ['```sh\n# not a heading\n**kept**\n```\nafter', '# not a heading\n**kept**\nafter'],
    ['| 名 | 值 |\n|---|:-:|\n| a\\|b | 2 |', '名 值\na|b 2'],
    ['标题\n===\n\n---\n\n文', '标题\n文'],
    ['a<br>b <span class="x">c</span> <https://a.example>', 'ab c https://a.example'],
    ['1 \\* 2 \\_x\\_', '1 * 2 _x_'],
    ['`**not bold**` and ``a ` b``', '**not bold** and ``a ` b``'],
    ['C# and c++ and a < b', 'C# and c++ and a < b'],
    ['', ''],
  ])('says what %j says', (markdown, expected) => {
    expect(plain(markdown)).toBe(expected);
  });

  it('maps every character to where it stands, in order, for any text', () => {
    const piece = fc.constantFrom(
      ...['**', '*', '_', '`', '```\n', '[', ']', '](', ')', '[[', ']]', '|', '\n', '# ', '- '],
      ...['> ', '\\', '<', '>', '~~', '😀', '中文', 'word', ' ', '---\n', '![', 'http://a.b'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const markdown = pieces.join('');
        const { text, map } = plainPassage(markdown);
        expect(map).toHaveLength(text.length + 1);
        for (let at = 0; at < text.length; at += 1) {
          const unit = text.charAt(at);
          if (unit !== ' ' && unit !== '\n') expect(markdown.charAt(map[at] ?? -1)).toBe(unit);
          expect(map[at] ?? 0).toBeLessThan(map[at + 1] ?? 0);
        }
        expect(/\p{Cs}/u.test(text)).toBe(false);
      }),
    );
  });

  it.each(['[', '*', '_', '`', '<', '|', '![', '[[a|', '](', '> ', '\\', '# ', '- [ ] ', '<a '])(
    'reads 200,000 characters of %j',
    (unit) => {
      const markdown = unit.repeat(200_000 / unit.length);
      expect(plainPassage(markdown).text.length).toBeLessThanOrEqual(markdown.length);
    },
  );
});

describe('passageSnippet', () => {
  const of = (markdown: string, q: string) => {
    const { text, offset, ranges } = passageSnippet(markdown, parseQuery(q));
    return { text, offset, marks: ranges.map(([start, end]) => text.slice(start, end)) };
  };

  it('marks words that marks run through, and says where the text begins', () => {
    expect(of('> **清华**大学', '清华大学')).toEqual({
      text: '清华大学',
      offset: 4,
      marks: ['清华大学'],
    });
  });

  it('ends with a sign where the passage goes on, and not within a word that nothing marks', () => {
    const more = 'word '.repeat(40);
    const { text, marks } = of(`tea ${more}`, 'tea');
    expect(text).toMatch(/^tea (word )+word…$/);
    expect(marks).toEqual(['tea']);
    const chinese = of(`茶${'水'.repeat(300)}`, '茶');
    expect(chinese.text).toBe(`茶${'水'.repeat(119)}…`);
    const long = 'a'.repeat(119);
    expect(of(`x ${long}bc`, `${long}bc`).marks).toEqual([]);
    expect(of('龙井', '龙井').text).toBe('龙井');
  });

  it('shows the beginning where only an address matched', () => {
    expect(of('# 安装\n\n见[说明](https://kubernetes.example)。', 'kubernetes')).toEqual({
      text: '安装\n见说明。',
      offset: 2,
      marks: [],
    });
  });
});
