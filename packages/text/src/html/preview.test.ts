import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previewOf } from './preview.js';

describe('previewOf', () => {
  it('ends between paragraphs, at the author’s cut or after the first few', () => {
    const text = '一。\n\n二。\n\n三。\n\n四。\n\n五。';
    expect(previewOf(text)).toBe('一。\n\n二。\n\n三。');
    expect(previewOf(text, 1)).toBe('一。');
    expect(previewOf(text, 0)).toBe('');
    expect(previewOf('---\na: b\n---\n# T\n\nb\n\nc', 1)).toBe('# T');
    expect(previewOf('a\r\n\r\nb\r\n\r\nc', 1)).toBe('a');
  });

  it('keeps the last paragraph back, however many are asked for', () => {
    expect(previewOf('a\n\nb', 50)).toBe('a');
    expect(previewOf('a', 50)).toBe('');
    expect(previewOf('a\n\n\n\n', 50)).toBe('');
    expect(previewOf('')).toBe('');
  });

  it('does not end with a heading, which would promise what does not follow', () => {
    expect(previewOf('a\n\n## b\n\nc\n\nd', 2)).toBe('a');
    expect(previewOf('a\n\n## b\nb\n\nc\n\nd', 2)).toBe('a\n\n## b\nb');
    expect(previewOf('# a\n\n## b\n\nc\n\nd', 2)).toBe('# a');
  });

  it('cuts no code and no formula', () => {
    const code = '```js\na\n\n~~~\n\nb\n```\n\nafter\n\nend';
    expect(previewOf(code, 1)).toBe('```js\na\n\n~~~\n\nb\n```');
    expect(previewOf('$$\na\n\nb\n$$\n\nafter', 1)).toBe('$$\na\n\nb\n$$');
    expect(previewOf('$$x$$\n\nafter\n\nend', 1)).toBe('$$x$$');
    // A fence that is never closed takes the rest of the text with it.
    expect(previewOf('a\n\n```\nb\n\nc', 5)).toBe('a');
  });

  it('gives the first words of a text in one piece', () => {
    const text = '茶。'.repeat(1_000);
    expect(previewOf(text)).toBe(`${'茶。'.repeat(80)}…`);
    expect(previewOf(`${text}\n\nend`)).toBe(`${'茶。'.repeat(80)}…`);
    expect(previewOf('short')).toBe('s…');
    expect(previewOf('ab')).toBe('');
  });

  it('is a beginning of the text without its last paragraph, whatever the text', () => {
    const piece = fc.constantFrom('a', 'b c', '```', '~~~', '$$', '\n', '\n\n', '- x', '# y');
    const texts = fc.array(piece, { maxLength: 30 }).map((all) => all.join(''));
    fc.assert(
      fc.property(texts, fc.nat({ max: 6 }), (text, blocks) => {
        const preview = previewOf(`${text}\n\nSECRET`, blocks);
        expect(preview).not.toContain('SECRET');
        expect(text.trim().startsWith(preview)).toBe(true);
      }),
    );
  });
});
