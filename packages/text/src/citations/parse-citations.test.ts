import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCitations } from './parse-citations.js';

const passages = [1, 2, 3].map((number) => ({ number }));
const textOf = (answer: string) => parseCitations(answer, passages).text;

describe('parseCitations', () => {
  it('says which passages an answer names, and where', () => {
    const { text, marks, numbers, removed } = parseCitations(
      '用沸水[2]，坐杯十秒 [1][2]。',
      passages,
    );
    expect(text).toBe('用沸水[2]，坐杯十秒 [1][2]。');
    expect(marks.map(({ number, start, end }) => [number, text.slice(start, end)])).toEqual([
      [2, '[2]'],
      [1, '[1]'],
      [2, '[2]'],
    ]);
    expect({ numbers, removed }).toEqual({ numbers: [2, 1], removed: 0 });
  });

  it('takes out and counts what names no passage', () => {
    expect(parseCitations('Boiling water [7]. Ten seconds [1, 9].', passages)).toMatchObject({
      text: 'Boiling water. Ten seconds [1].',
      numbers: [1],
      removed: 2,
    });
    expect(parseCitations('没有依据[1]。', [])).toEqual({
      text: '没有依据。',
      marks: [],
      numbers: [],
      removed: 1,
    });
  });

  it.each([
    ['沸水【1】', '沸水[1]'],
    ['沸水【2†source】', '沸水[2]'],
    ['沸水［3］', '沸水[3]'],
    ['water [^1]', 'water [1]'],
    ['water [1，2、3]', 'water [1][2][3]'],
    ['water [1-3]', 'water [1][2][3]'],
    ['water [2–9]', 'water [2][3]'],
  ])('reads %s', (answer, cleaned) => expect(textOf(answer)).toBe(cleaned));

  it.each([
    'a[0] and [2024] and [ ] and [x]',
    '[9](https://example.org)',
    '![9](a.png)',
    'the note [[9]]',
    String.raw`\[9]`,
    'the code `row[9]`',
    '```js\nrow[9]\n```',
    '~~~\nrow[9]',
  ])('leaves %s as it is', (answer) => {
    expect(parseCitations(answer, passages)).toMatchObject({ text: answer, marks: [], removed: 0 });
  });

  it('lets no mark become a link', () => {
    expect(textOf('沸水【1】(https://example.org)')).toBe('沸水[1] (https://example.org)');
    expect(textOf('a\n[1]: https://example.org')).toBe('a\n[1] : https://example.org');
  });

  const piece = fc.constantFrom(
    ...[
      '[',
      ']',
      '【',
      '】',
      '1',
      '2',
      '9',
      '12',
      ',',
      '、',
      '-',
      ' ',
      '(',
      ':',
      '\n',
      '^',
      '`',
      '```',
    ],
    ...['\\', '[1]', '[9]', '【9】', '[[', '字', 'word ', '†', '；', '~~~'],
  );
  const hostile = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

  it('names given passages only, whatever was written, and changes nothing the second time', () => {
    fc.assert(
      fc.property(hostile, fc.subarray(passages), (answer, given) => {
        const { text, marks, numbers, removed } = parseCitations(answer, given);
        for (const { number, start, end } of marks) {
          expect(given).toContainEqual({ number });
          expect(text.slice(start, end)).toBe(`[${number}]`);
        }
        expect(numbers).toEqual([...new Set(marks.map(({ number }) => number))]);
        expect(parseCitations(text, given)).toEqual({ text, marks, numbers, removed: 0 });
        if (removed === 0 && marks.length === 0) expect(text).toBe(answer);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['brackets', '['.repeat(200_000)],
    ['backticks', '`'.repeat(200_000)],
    ['lists', `[${'1,'.repeat(100_000)}`],
    ['nested marks', `${'[9'.repeat(50_000)}${'9]'.repeat(50_000)}`],
    ['fences', '```\n'.repeat(50_000)],
  ])('reads 200 KB of %s', (_name, answer) => {
    expect(parseCitations(answer, passages).marks).toEqual([]);
  });
});
