import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMarkdown, serializeMarkdown } from '../markdown/codec.js';
import { TRICKY } from '../markdown/fixtures.js';
import { readDocument, writeDocument } from './index.js';

const normal = (markdown: string) => serializeMarkdown(parseMarkdown(markdown)).trimEnd();
const nodesOf = (markdown: string) => readDocument(markdown).blocks.map(({ node }) => node);
const rewrite = (markdown: string) => writeDocument(nodesOf(markdown));

/** What a document says in one way only: cells that are left out, links in links, emphasis in emphasis. */
const SAID_ANOTHER_WAY: Record<string, string> = {
  'a short row': '| a | b |\n| - | - |\n| 1 |   |',
  'an address in a link': '[见 https://example.org](https://example.com)',
  'emphasis at the end of emphasis': '*前后* 和 *a **b***',
};

describe.each(TRICKY)('%s', (name, markdown) => {
  it('is written as the codec writes it', () => {
    expect(rewrite(markdown)).toBe(SAID_ANOTHER_WAY[name] ?? normal(markdown));
  });

  it('is a fixed point as a document, once written', () => {
    const nodes = nodesOf(rewrite(markdown));
    expect(nodesOf(writeDocument(nodes))).toEqual(nodes);
  });

  it('keeps its source, character by character', () => {
    const { lead, blocks } = readDocument(markdown);
    expect(lead + blocks.map(({ source, gap }) => source + gap).join('')).toBe(markdown);
  });
});

describe('any text', () => {
  const piece = fc.constantFrom(
    ...'中文，。「」**_~=[]()!|`$#>-+\n \t1.:<&\\'.split(''),
    ...['**', '==', '[[甲]]', '\n\n', '> ', '- ', '- [ ] ', '```\n', '$$', '$x$', '| a |\n|---|\n'],
    ...['[!NOTE]', 'word', '---\n', '\r\n', '[^1]', '[^1]: ', '[a]: /u\n', '<b>', '<!--', '<br>'],
    ...['&amp;', '# ', '  \n', '~~', '![a](b)', '[a](b)', 'https://a.example/b '],
  );
  const text = fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(''));

  it('keeps its source, every letter, and settles after being written once', () => {
    fc.assert(
      fc.property(text, (markdown) => {
        const { lead, blocks } = readDocument(markdown);
        expect(lead + blocks.map(({ source, gap }) => source + gap).join('')).toBe(markdown);
        const once = rewrite(markdown);
        const letters = (source: string) => source.match(/[中文]|word/g)?.length ?? 0;
        expect(letters(once)).toBeGreaterThanOrEqual(letters(markdown));
        expect(rewrite(rewrite(once))).toBe(rewrite(once));
      }),
      { numRuns: 800, seed: 20_261_128 },
    );
  }, 60_000);
});

describe('what an editor makes', () => {
  const bold = [{ type: 'bold' }];
  const paragraph = (...content: object[]) => ({ type: 'paragraph', content }) as never;
  const text = (value: string, marks?: object[]) => ({
    type: 'text',
    text: value,
    ...(marks ? { marks } : {}),
  });

  it('puts no references for the spaces at the edges of marks and lines', () => {
    const nodes = [paragraph(text('甲 '), text(' 乙 ', bold), text('丙 '))];
    expect(writeDocument(nodes)).toBe('甲  **乙** 丙');
    expect(writeDocument([paragraph(text(' 甲 '))])).toBe('甲');
  });

  it('leaves empty paragraphs and breaks at the end out', () => {
    const empty = { type: 'paragraph' };
    const br = { type: 'hardBreak', attrs: { isSoft: false } };
    expect(writeDocument([empty, paragraph(text('甲'), br), empty, paragraph(text('乙'))])).toBe(
      '甲\n\n乙',
    );
  });

  it('keeps bold around a link and a link around bold apart from each other', () => {
    const link = { type: 'link', attrs: { href: '/u', title: null } };
    const nodes = [paragraph(text('一', bold), text('二', [link, ...bold]), text('三', [link]))];
    expect(nodesOf(writeDocument(nodes))).toEqual(nodes);
  });

  it('writes front matter only where it begins the text', () => {
    const raw = { type: 'rawBlock', content: [text('---\na: 1\n---')] } as never;
    expect(writeDocument([raw])).toBe('---\na: 1\n---');
    expect(writeDocument([paragraph(text('甲')), raw])).toContain('```yaml');
  });
});
