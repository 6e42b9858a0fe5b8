import { expect, it } from 'vitest';
import { costText } from './cost.js';

it.each([
  [0, '¥0.00'],
  [1, '¥0.000001'],
  [3_146, '¥0.0031'],
  [99_000, '¥0.099'],
  [1_234_567, '¥1.23'],
])('%d millionths of a yuan are written as %s', (microYuan, text) =>
  expect(costText(microYuan)).toBe(text),
);
