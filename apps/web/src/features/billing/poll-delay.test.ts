import { describe, expect, it } from 'vitest';
import { clockText, pollDelay } from './poll-delay.js';

const delays = (count: number) =>
  Array.from({ length: count }, (_, asked) => pollDelay('pending', { asked, hasFailed: false }));

describe('an order that waits', () => {
  it('is asked for every three seconds at first, then less and less often', () => {
    const all = delays(60).map(Number);
    expect(all.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 3000));
    expect(all).toEqual([...all].sort((a, b) => a - b));
    expect(all.at(-1)).toBe(15_000);
  });

  it('is asked for slowly while nobody answers', () => {
    expect(pollDelay('pending', { asked: 1, hasFailed: true })).toBe(15_000);
    expect(pollDelay(undefined, { asked: 0, hasFailed: true })).toBe(15_000);
  });
});

describe('an order that is over', () => {
  it.each(['paid', 'closed', 'refunded', 'partially_refunded'] as const)(
    'is asked for no more: %s',
    (status) => expect(pollDelay(status, { asked: 1, hasFailed: false })).toBe(false),
  );
});

it('the time left is minutes and seconds', () => {
  expect([0, 9, 65, 900].map(clockText)).toEqual(['0:00', '0:09', '1:05', '15:00']);
});
