import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkMarkdown } from './chunk.js';

const paragraph = `${'这是一句大约二十个字的中文句子用来凑数。'.repeat(20)}\n\n`;

describe('chunkMarkdown', () => {
  it('has nothing for an empty source and one chunk for a short one', () => {
    expect(chunkMarkdown('')).toEqual([]);
    expect(chunkMarkdown('一句话')).toEqual([
      { ordinal: 0, start: 0, end: 3, headingPath: [], text: '一句话' },
    ]);
  });

  it('begins a chunk at a heading and knows the headings above', () => {
    const source = `# 甲 #\n\n${paragraph}${paragraph}## 乙 *x*\n\n${paragraph}${paragraph}丙\n===\n\n${paragraph}`;
    const chunks = chunkMarkdown(source);
    expect(chunks.map((chunk) => chunk.headingPath)).toEqual([['甲'], ['甲', '乙 x'], ['丙']]);
    expect(chunks[1]?.text.startsWith('## 乙')).toBe(true);
  });

  it('cuts no character of a long heading in half', () => {
    const [chunk] = chunkMarkdown(`# ${'字'.repeat(199)}😀题\n\n一句话`);
    expect(chunk?.headingPath).toEqual(['字'.repeat(199)]);
  });

  it('takes no heading from a code fence', () => {
    const source = `# 甲\n\n\`\`\`sh\n# comment\n${'echo 1\n'.repeat(300)}# more\n\`\`\`\n\n${paragraph}`;
    for (const chunk of chunkMarkdown(source)) expect(chunk.headingPath).toEqual(['甲']);
  });

  it('joins small sections and cuts long paragraphs at sentence ends', () => {
    expect(chunkMarkdown('# a\n\nx\n\n# b\n\ny\n')).toHaveLength(1);
    const chunks = chunkMarkdown('这是一句话，不短也不长。'.repeat(500));
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks) {
      expect(chunk.text.endsWith('。')).toBe(true);
      expect(chunk.text.length).toBeLessThanOrEqual(1_500);
    }
  });

  it('covers any source without gap or overlap and halves no surrogate pair', () => {
    const piece = fc.oneof(
      fc.constantFrom('# 标题\n', '## b\n', '```\n', '\n', '- a\n', '===\n', '😀'.repeat(900)),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constant(paragraph),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const source = pieces.join('');
        const chunks = chunkMarkdown(source);
        expect(chunks.map((chunk) => chunk.text).join('')).toBe(source);
        chunks.forEach((chunk, index) => {
          expect(chunk.ordinal).toBe(index);
          expect(chunk.start).toBe(chunks[index - 1]?.end ?? 0);
          expect(source.slice(chunk.start, chunk.end)).toBe(chunk.text);
          expect(chunk.text.length).toBeLessThanOrEqual(1_500);
          expect(/\p{Cs}/u.test(chunk.text)).toBe(false);
        });
      }),
    );
  });

  it.each([
    ['one line', 'a'.repeat(1_000_000)],
    ['headings', '# a\n'.repeat(250_000)],
    ['blank lines', '\n'.repeat(1_000_000)],
    ['fences', '```\n'.repeat(250_000)],
  ])('cuts a megabyte of %s', (_name, source) => {
    expect(chunkMarkdown(source).at(-1)?.end).toBe(source.length);
  });
});
