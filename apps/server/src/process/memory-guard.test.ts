import { expect, it, vi } from 'vitest';
import { readMemory, watchMemory } from './memory-guard.js';

const calm = { rss: 10, rssLimit: 100, heapUsed: 10, heapLimit: 100 };
const WAIT = { timeout: 10_000 };

it('reads what is used beside what it must stay below', () => {
  const use = readMemory(1 << 30);
  expect(use.rss).toBeGreaterThan(use.heapUsed);
  expect(use.heapUsed).toBeLessThan(use.heapLimit);
});

it.each([
  ['resident memory', { ...calm, rss: 90 }],
  ['the heap', { ...calm, heapUsed: 90 }],
])(
  'warns at 90% of %s, takes on less, and says until it ends that it does not help',
  async (_, high) => {
    let use = calm;
    const log = { warn: vi.fn(), info: vi.fn() };
    const onStillShort = vi.fn();
    const guard = watchMemory({ read: () => use, log, onStillShort, checkMs: 5 });
    expect(guard.isShort()).toBe(false);
    use = high;
    await vi.waitFor(() => expect(guard.isShort()).toBe(true), WAIT);
    expect(log.warn).toHaveBeenCalledWith('High memory usage', high);
    await vi.waitFor(() => expect(onStillShort.mock.calls.length).toBeGreaterThan(2), WAIT);
    use = calm;
    await vi.waitFor(() => expect(guard.isShort()).toBe(false), WAIT);
    const told = onStillShort.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    guard.stop();
    expect(onStillShort).toHaveBeenCalledTimes(told);
  },
);
