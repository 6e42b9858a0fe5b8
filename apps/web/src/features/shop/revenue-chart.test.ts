import { expect, it } from 'vitest';
import { ceilingOf } from './revenue-chart.js';

it.each([
  [0, 100],
  [1, 1],
  [1200, 2000],
  [2000, 2000],
  [2001, 5000],
  [61_800, 100_000],
  [999_999_999, 1_000_000_000],
])('the top of a chart over %d is %d', (highest, top) => expect(ceilingOf(highest)).toBe(top));
