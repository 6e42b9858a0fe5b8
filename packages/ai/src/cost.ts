import type { Usage } from './chat-model.js';

/** Whole fen for a million tokens. */
export interface Price {
  input: number;
  /** Of input the provider still had. */
  cached: number;
  output: number;
}

const MICRO_PER_FEN = 1_000_000n;

/**
 * What a call cost, in millionths of a fen: a token at p fen for a million costs p of them, so nothing is ever
 * rounded.
 */
export function costMicroFen(
  usage: Pick<Usage, 'inputTokens' | 'cachedTokens' | 'outputTokens'>,
  price: Price,
): bigint {
  const cached = Math.min(usage.cachedTokens, usage.inputTokens);
  return (
    BigInt(usage.inputTokens - cached) * BigInt(price.input) +
    BigInt(cached) * BigInt(price.cached) +
    BigInt(usage.outputTokens) * BigInt(price.output)
  );
}

/** The most a call can cost: nothing cached, and an answer as long as it may be. */
export function costLimitMicroFen(
  tokens: { inputTokens: number; maxTokens: number },
  price: Price,
): bigint {
  const { inputTokens, maxTokens } = tokens;
  return costMicroFen({ inputTokens, cachedTokens: 0, outputTokens: maxTokens }, price);
}

/** Whole fen, rounded up, so that a sum of small calls is never nothing. */
export function ceilFen(microFen: bigint): bigint {
  return (microFen + MICRO_PER_FEN - 1n) / MICRO_PER_FEN;
}
