import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costLimitMicroYuan, costMicroYuan } from './cost.js';
import { estimateMessages, estimateTokens, estimateUsage } from './tokens.js';

describe('an estimate of tokens', () => {
  it('is near what o200k counts, in both languages', () => {
    // o200k_base: 32 and 24.
    const zh =
      '笔记本里的每一句话都可以被找到，只要你记得其中的两个字，哪怕是在十年以后的某个下午。';
    const en =
      'Every sentence in the notebook can be found again as long as you remember two words of it, even ten years later.';
    expect(estimateTokens(zh)).toBeGreaterThanOrEqual(28);
    expect(estimateTokens(zh)).toBeLessThanOrEqual(38);
    expect(estimateTokens(en)).toBeGreaterThanOrEqual(21);
    expect(estimateTokens(en)).toBeLessThanOrEqual(28);
  });

  it('counts every message and what was answered', () => {
    const messages = [
      { role: 'system' as const, content: '简短。' },
      { role: 'user' as const, content: '你好' },
    ];
    expect(estimateMessages(messages)).toBe(8 + estimateTokens('简短。') + estimateTokens('你好'));
    expect(estimateUsage(messages, '好', '想')).toEqual({
      inputTokens: estimateMessages(messages),
      cachedTokens: 0,
      outputTokens: estimateTokens('好') + estimateTokens('想'),
      reasoningTokens: estimateTokens('想'),
      isEstimated: true,
    });
  });
});

describe('a cost', () => {
  // 0.6, 0.12 and 3.6 yuan for a million tokens.
  const price = { input: 600_000, cached: 120_000, output: 3_600_000, call: 0 };
  const tokens = fc.nat({ max: 10_000_000 });

  it('is what the price says, to the millionth of a yuan', () => {
    const usage = { inputTokens: 1000, cachedTokens: 400, outputTokens: 50 };
    expect(costMicroYuan(usage, price)).toBe(360 + 48 + 180);
    expect(costMicroYuan({ ...usage, inputTokens: 400 }, { ...price, call: 36_000 })).toBe(36_228);
    const million = { inputTokens: 1_000_000, cachedTokens: 0, outputTokens: 0 };
    expect(costMicroYuan(million, price)).toBe(600_000);
  });

  it('of a part is rounded up, of nothing is nothing', () => {
    const usage = { inputTokens: 1, cachedTokens: 1, outputTokens: 0 };
    expect(costMicroYuan(usage, price)).toBe(1);
    expect(costMicroYuan({ ...usage, inputTokens: 0 }, price)).toBe(0);
  });

  it('of a call never goes beyond its limit', () => {
    const amount = fc.nat({ max: 100_000_000 });
    const prices = fc.record({ input: amount, cached: amount, output: amount, call: amount });
    fc.assert(
      fc.property(prices, tokens, tokens, tokens, tokens, (each, input, cached, most, said) => {
        const outputTokens = Math.min(said, most);
        const cost = costMicroYuan(
          { inputTokens: input, cachedTokens: cached, outputTokens },
          each,
        );
        expect(cost).toBeLessThanOrEqual(
          costLimitMicroYuan({ inputTokens: input, maxTokens: most }, each),
        );
        expect(cost).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
