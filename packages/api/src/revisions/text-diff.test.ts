import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffInTurn, diffTexts } from './text-diff.js';

const join = (parts: ReturnType<typeof diffTexts>, without: string) =>
  parts.flatMap((part) => (part.kind === without ? [] : [part.text])).join('');

describe('diffTexts', () => {
  it('marks words of an English line', () => {
    expect(diffTexts('one two three\nsame\n', 'one 2 three\nsame\n')).toEqual([
      { kind: 'same', text: 'one ' },
      { kind: 'removed', text: 'two' },
      { kind: 'added', text: '2' },
      { kind: 'same', text: ' three\nsame\n' },
    ]);
  });

  it('marks words of a Chinese line, which has no spaces', () => {
    expect(diffTexts('他每天早上吃苹果。', '他每天早上吃香蕉。')).toEqual([
      { kind: 'same', text: '他每天早上吃' },
      { kind: 'removed', text: '苹果' },
      { kind: 'added', text: '香蕉' },
      { kind: 'same', text: '。' },
    ]);
  });

  it('has nothing to show for equal texts but the text, and nothing at all for empty ones', () => {
    expect(diffTexts('a\r\nb', 'a\r\nb')).toEqual([{ kind: 'same', text: 'a\r\nb' }]);
    expect(diffTexts('', '')).toEqual([]);
    expect(diffTexts('', '新')).toEqual([{ kind: 'added', text: '新' }]);
    expect(diffTexts('old', '')).toEqual([{ kind: 'removed', text: 'old' }]);
  });

  it('joins to both texts, whatever they are', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r\n', ' ', '今天', '天气', '你好，', 'word', '👩‍👩‍👧', 'é', '\u2028'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, (from, to) => {
        const parts = diffTexts(from, to);
        expect(join(parts, 'added')).toBe(from);
        expect(join(parts, 'removed')).toBe(to);
      }),
      { numRuns: 300, seed: 20260102 },
    );
  });

  it.each([
    ['of one line each', (c: string) => c.repeat(400_000)],
    ['of many lines', (c: string) => `${c} line\n`.repeat(100_000)],
    [
      'of lines all different',
      (c: string) =>
        Array.from({ length: 60_000 }, (_, i) => `${c}${(i * 7919) % 60_000}\n`).join(''),
    ],
  ])('gives up on words and then on lines for the largest texts %s, and still joins', (_, make) => {
    const [from, to] = [make('甲'), make('乙')];
    const parts = diffTexts(from, to);
    expect(join(parts, 'added') === from).toBe(true);
    expect(join(parts, 'removed') === to).toBe(true);
  });

  it('finds one changed word in the largest text', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `第${i}行：他每天早上吃苹果。\n`);
    const from = lines.join('');
    const to = lines.with(10_000, '第10000行：他每天早上吃香蕉。\n').join('');
    const changed = diffTexts(from, to).filter((part) => part.kind !== 'same');
    expect(changed).toEqual([
      { kind: 'removed', text: '苹果' },
      { kind: 'added', text: '香蕉' },
    ]);
  });
});

describe('diffInTurn', () => {
  it('compares one pair at a time and lets everybody else have a turn between two', async () => {
    let turn = 0;
    let isOver = false;
    const count = () => {
      turn += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const turns: number[] = [];
    const compare = () => diffInTurn('a', 'b').then(() => turns.push(turn));
    await Promise.all(Array.from({ length: 5 }, compare));
    isOver = true;
    expect(new Set(turns).size).toBe(5);
  });

  it('refuses when too many wait', async () => {
    const codes = await Promise.all(
      Array.from({ length: 60 }, () =>
        diffInTurn('a', 'b').then(
          () => 'ok',
          (error: { code?: string }) => error.code,
        ),
      ),
    );
    expect(codes.slice(0, 50)).toEqual(Array(50).fill('ok'));
    expect(codes.at(-1)).toBe('unavailable');
    expect(await diffInTurn('a', 'a')).toEqual([{ kind: 'same', text: 'a' }]);
  });
});
