import { createRateLimits } from '@ainotebook/api';
import { describe, expect, it, vi } from 'vitest';
import { measureLoad, shedLoad } from './load.js';

const who = { ip: '192.0.2.1', userId: null };

describe('shedding of load', () => {
  it.each([
    [0, []],
    [250, ['search', 'report']],
    [700, ['search', 'report', 'read']],
    [3000, ['search', 'report', 'read', 'write', 'auth']],
  ] as const)('with the event loop %i ms late refuses %j', async (delayMs, refused) => {
    const limits = shedLoad(createRateLimits(), {
      delayMs: () => delayMs,
      isMemoryShort: () => false,
    });
    for (const limit of ['search', 'report', 'read', 'write', 'auth'] as const) {
      const call = limits.consume(limit, who);
      if (refused.some((name) => name === limit)) {
        await expect(call).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 2000 });
      } else await call;
    }
  });

  it('still takes what people wrote while memory is short', async () => {
    const limits = shedLoad(createRateLimits(), { delayMs: () => 0, isMemoryShort: () => true });
    await limits.consume('write', who);
    await expect(limits.consume('search', who)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('measures an event loop that is busy for seconds, and forgets it', async () => {
    const load = measureLoad();
    expect(load.delayMs()).toBe(0);
    const busy = setInterval(() => {
      const end = performance.now() + 300;
      while (performance.now() < end);
    }, 1);
    await vi.waitFor(() => expect(load.delayMs()).toBeGreaterThan(200), { timeout: 30_000 });
    clearInterval(busy);
    await vi.waitFor(() => expect(load.delayMs()).toBeLessThan(200), { timeout: 30_000 });
    load.stop();
  });
});
