import fc from 'fast-check';
import { visit } from 'unist-util-visit';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../html/index.js';
import { parseMarkdown, serializeMarkdown } from './codec.js';
import { TRICKY } from './fixtures.js';
import { extractWikiLinks } from './wiki-links.js';

const rewrite = (markdown: string) => serializeMarkdown(parseMarkdown(markdown));
const html = (markdown: string) => renderMarkdown(markdown, { locale: 'en' }).html;

describe.each(TRICKY)('%s', (_, markdown) => {
  it('renders the same once written in the normal form', () => {
    expect(html(rewrite(markdown))).toBe(html(markdown));
  });

  it('is a fixed point once written', () => {
    const written = rewrite(markdown);
    expect(rewrite(written)).toBe(written);
  });
});

it('knows at least 80 tricky cases', () => {
  expect(TRICKY.length).toBeGreaterThanOrEqual(80);
  expect(new Set(TRICKY.map(([name]) => name)).size).toBe(TRICKY.length);
});

describe('what was read', () => {
  const typesOf = (markdown: string): string[] => {
    const types: string[] = [];
    visit(parseMarkdown(markdown), ({ type }) => void types.push(type));
    return types;
  };

  it('keeps lists and quotes after a rule in the first line', () => {
    const types = typesOf('---\n\n> 引用\n\n- 一');
    expect(types).toEqual(expect.arrayContaining(['thematicBreak', 'blockquote', 'list']));
    expect(types).not.toContain('yaml');
  });

  it('is front matter only in the first line, closed, with no empty line first', () => {
    expect(typesOf('---\na: 1\n---\n\n- 一')).toEqual(expect.arrayContaining(['yaml', 'list']));
    for (const text of ['---\na: 1\n\n- 一', '---\n\n文\n\n---', '\n---\na: 1\n---']) {
      expect(typesOf(text)).not.toContain('yaml');
    }
  });

  it('keeps a callout in a callout', () => {
    expect(rewrite('> [!NOTE]\n> 一\n>\n> > [!TIP] 题\n> > 二')).toContain('> > [!TIP] 题');
    const { length } = typesOf('> [!NOTE]\n> > [!TIP]').filter((type) => type === 'callout');
    expect(length).toBe(2);
  });

  it('multiplies and compares without emphasis or highlight', () => {
    for (const text of ['5*=3 and 6*=2', 'if (a==b && c==d)', 'a !==b && c==', 'x==-1 || y==-1']) {
      expect(typesOf(text)).toEqual(['root', 'paragraph', 'text']);
    }
  });

  it('keeps the words of a wiki link in the description of an image', () => {
    expect(rewrite('![[[目标|别名]]](a.png)')).toContain('目标|别名');
  });
});

it('writes a highlight beside any letter so that it is read again', () => {
  const text = (value: string) => ({ type: 'text' as const, value });
  const highlight = (value: string) => ({ type: 'highlight' as const, children: [text(value)] });
  for (const [before, inside, after] of [
    ['a', 'b', 'c'],
    ['x!', 'b', '重'],
    ['API', '重点', 'API'],
    ['1<', '=', '=2'],
  ] as const) {
    const children = [text(before), highlight(inside), text(after)];
    const tree = { type: 'root' as const, children: [{ type: 'paragraph' as const, children }] };
    expect(parseMarkdown(serializeMarkdown(tree))).toMatchObject(tree);
  }
});

describe('any text', () => {
  const piece = fc.constantFrom(
    ...'中文，。「」**_~=[]()!|`$#>-+\n \t1.:<&\\'.split(''),
    '**',
    '==',
    '[[',
    ']]',
    '\n\n',
    '> ',
    '- ',
    '- [ ] ',
    '```\n',
    '$$',
    '| a |\n|---|\n',
    '[!NOTE]',
    'word',
    '---\n',
    '\r\n',
    '[^1]',
    '[^1]: ',
    '[a]: /u\n',
    '<b>',
    '<!--',
    '&amp;',
    '# ',
    '  \n',
    // Ends by itself: a bare address that takes a pipe or `<` along is written another way.
    'https://a.example/b ',
  );
  const text = fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(''));

  it('loses no letter, renders the same, and is a fixed point once written', () => {
    fc.assert(
      fc.property(text, (markdown) => {
        const once = rewrite(markdown);
        expect(rewrite(once)).toBe(once);
        expect(html(once).trim()).toBe(html(markdown).trim());
        // An address may be written out as a link, and then stands there twice.
        const letters = (source: string) => source.match(/[中文]|word/g)?.length ?? 0;
        expect(letters(once)).toBeGreaterThanOrEqual(letters(markdown));
      }),
      { numRuns: 800, seed: 20_261_124 },
    );
    // Some thousand texts, on a machine that may be busy with something else.
  }, 60_000);

  it('is read without an error, however hostile', () => {
    for (const mark of ['[', '*', '> ', '[[', '$', '==', '`', '[!NOTE]', '- ', '==a']) {
      expect(() => rewrite(mark.repeat(1_000))).not.toThrow();
    }
  });
});

describe('wiki links', () => {
  it('are found with their places, and not in code, math or front matter', () => {
    const source =
      '---\na: "[[不]]"\n---\n\n见 [[目标|别名]]，`[[不]]` $[[x]]$ \\[[不]] 和 [[ 另一 ]]';
    const links = extractWikiLinks(source);
    expect(links.map(({ target, alias }) => [target, alias])).toEqual([
      ['目标', '别名'],
      ['另一', null],
    ]);
    expect(links.map(({ start, end }) => source.slice(start, end))).toEqual([
      '[[目标|别名]]',
      '[[ 另一 ]]',
    ]);
  });

  it('are bounded in number', () => {
    expect(extractWikiLinks('[[a]]\n\n'.repeat(1_200))).toHaveLength(1_000);
  });

  it('are found in cells of tables', () => {
    expect(extractWikiLinks('| a |\n|---|\n| [[目标\\|别名]] |')).toMatchObject([
      { target: '目标', alias: '别名' },
    ]);
  });
});
