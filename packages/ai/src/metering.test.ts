import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilFen, costLimitMicroFen, costMicroFen } from './cost.js';
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
  const price = { input: 60, cached: 12, output: 360 };
  const tokens = fc.nat({ max: 10_000_000 });

  it('is exact to the millionth of a fen', () => {
    expect(costMicroFen({ inputTokens: 1000, cachedTokens: 400, outputTokens: 50 }, price)).toBe(
      600n * 60n + 400n * 12n + 50n * 360n,
    );
    expect(costMicroFen({ inputTokens: 1_000_000, cachedTokens: 0, outputTokens: 0 }, price)).toBe(
      60_000_000n,
    );
    expect(ceilFen(60_000_000n)).toBe(60n);
    expect(ceilFen(1n)).toBe(1n);
    expect(ceilFen(0n)).toBe(0n);
  });

  it('of a call never goes beyond its limit', () => {
    fc.assert(
      fc.property(tokens, tokens, tokens, tokens, (inputTokens, cachedTokens, maxTokens, said) => {
        const outputTokens = Math.min(said, maxTokens);
        const cost = costMicroFen({ inputTokens, cachedTokens, outputTokens }, price);
        expect(cost <= costLimitMicroFen({ inputTokens, maxTokens }, price)).toBe(true);
        expect(cost >= 0n).toBe(true);
      }),
    );
  });
});
