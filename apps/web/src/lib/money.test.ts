import { setLocale } from '@ainotebook/messages/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { fenOf, moneyText } from './money.js';

afterEach(() => setLocale('zh-CN', { reload: false }));

describe('money', () => {
  it('is written from whole fen in both languages', () => {
    for (const locale of ['zh-CN', 'en'] as const) {
      void setLocale(locale, { reload: false });
      expect(moneyText(1200)).toBe('¥12.00');
      expect(moneyText(1)).toBe('¥0.01');
      expect(moneyText(123_456_789)).toBe('¥1,234,567.89');
      expect(moneyText(12_000, 'price')).toBe('¥120');
      expect(moneyText(990, 'price')).toBe('¥9.90');
    }
  });

  it.each([
    ['12', 1200],
    ['12.5', 1250],
    ['0.29', 29],
    [' 1.10 ', 110],
    ['9999999.99', 999_999_999],
  ])('%s is read to the fen', (typed, fen) => expect(fenOf(typed)).toBe(fen));

  it.each(['', '-1', '1.234', '1,2', '1e3', '.5', 'x'])('%j is no amount', (typed) =>
    expect(fenOf(typed)).toBeNull(),
  );
});
