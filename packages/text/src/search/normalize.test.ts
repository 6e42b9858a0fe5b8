import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalize, originalRange } from './normalize.js';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...'aé體ｶﾞ\u0301\u200b\ud800\udc00𠮷㎏ﬁİ中 \0\n'),
    maxLength: 40,
  }),
);

describe('normalize', () => {
  it.each([
    ['Ｈｅｌｌｏ，ＷＯＲＬＤ', 'hello,world'],
    ['清華大學', '清华大学'],
    ['資訊檢索與裡／裏', '资讯检索与里/里'],
    ['乾隆与乾燥', '干隆与干燥'],
    ['㎏ ﬁ ①', 'kg fi 1'],
    ['ｶﾞ', 'ガ'],
    ['cafe\u0301', 'café'],
    ['⽂ ⿊ ⻓ ⻢', '文 黑 长 马'],
    ['a\0b\u0085c\td\n', 'a b c\td\n'],
    ['清\u200b华\u00ad大\ufeff学', '清华大学'],
    ['a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['葛\u{e0100}飾', '葛饰'],
    ['😀👍🏽', '😀👍🏽'],
  ])('folds %j to %j', (text, expected) => {
    expect(normalize(text).text).toBe(expected);
  });

  it('maps every unit to the cluster it came from, and the end to the original length', () => {
    expect(normalize('Ａ㎏清\u200b華')).toEqual({ text: 'akg清华', map: [0, 1, 1, 2, 4, 5] });
  });

  it('has a monotonic map of one entry more than the text, for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { text: folded, map } = normalize(text);
        expect(map).toHaveLength(folded.length + 1);
        expect(map.at(-1)).toBe(text.length);
        for (let i = 1; i < map.length; i += 1) {
          expect(map[i]).toBeGreaterThanOrEqual(map[i - 1] ?? 0);
        }
      }),
    );
  });

  it('leads back to a slice that normalises to the same text', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.nat(), (text, a, b) => {
        const normalized = normalize(text);
        const { length } = normalized.text;
        fc.pre(length > 0);
        const start = a % length;
        const end = start + 1 + (b % (length - start));
        const [from, to] = originalRange(normalized, start, end);
        expect(normalize(text.slice(from, to)).text).toContain(normalized.text.slice(start, end));
      }),
    );
  });

  it('leaves no lone surrogate and no NUL', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const folded = normalize(text).text;
        expect(folded.includes('\0')).toBe(false);
        expect(/\p{Cs}/u.test(folded)).toBe(false);
      }),
    );
  });

  it('reads a million accents on one letter', () => {
    const text = `a${'\u0301\u0316'.repeat(500_000)}`;
    expect(normalize(text).map.at(-1)).toBe(text.length);
  });
});
