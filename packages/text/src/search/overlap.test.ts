import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkMarkdown } from './chunk.js';
import { MAX_OVERLAP_LENGTH, overlapOf } from './overlap.js';

describe('overlapOf', () => {
  it('takes whole sentences from the passage before', () => {
    const previous = `${'前面的话很长。'.repeat(50)}它在武夷山。海拔六百米。`;
    const overlap = overlapOf(previous, '产量不高。');
    expect(overlap.endsWith('它在武夷山。海拔六百米。')).toBe(true);
    expect(overlap.startsWith('前面的话很长。')).toBe(true);
  });

  it('takes nothing over a heading, of either form', () => {
    expect(overlapOf('前面。', '\n## 后面\n\n字')).toBe('');
    expect(overlapOf('前面。', '后面\n===\n\n字')).toBe('');
    expect(overlapOf('前面。', '后面')).toBe('前面。');
  });

  it('begins at a word where no sentence ends in reach', () => {
    expect(overlapOf('words without an end '.repeat(30), 'x')).toMatch(/^(words|without|an|end) /);
  });

  it('makes, with the passage, a slice of any source', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '# 标题\n',
        '\n',
        '一句话。',
        'A sentence. ',
        '😀'.repeat(300),
        '字'.repeat(900),
      ),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const source = pieces.join('');
        const chunks = chunkMarkdown(source);
        chunks.forEach(({ start, end, text }, index) => {
          const overlap = overlapOf(chunks[index - 1]?.text ?? '', text);
          expect(source.slice(start - overlap.length, end)).toBe(overlap + text);
          expect(overlap.length).toBeLessThanOrEqual(MAX_OVERLAP_LENGTH);
          expect(/\p{Cs}/u.test(overlap)).toBe(false);
        });
      }),
    );
  });
});
