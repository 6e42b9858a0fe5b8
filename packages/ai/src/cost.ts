import type { Usage } from './chat-model.js';

/** Millionths of a yuan. A yuan for a million tokens is one of them for a token. */
export interface Price {
  /** For a million tokens. */
  input: number;
  /** For a million tokens of input that the provider still had. */
  cached: number;
  /** For a million tokens. */
  output: number;
  /** For a call, whatever it takes. */
  call: number;
}

const MILLION = 1_000_000n;

/** What a call cost, in millionths of a yuan, rounded up: many small calls are never nothing. */
export function costMicroYuan(
  usage: Pick<Usage, 'inputTokens' | 'cachedTokens' | 'outputTokens'>,
  price: Price,
): number {
  const cached = Math.min(usage.cachedTokens, usage.inputTokens);
  const sum =
    BigInt(usage.inputTokens - cached) * BigInt(price.input) +
    BigInt(cached) * BigInt(price.cached) +
    BigInt(usage.outputTokens) * BigInt(price.output);
  return price.call + Number((sum + MILLION - 1n) / MILLION);
}

/** Tokens of the longest answer that so much pays for; below 0 where not even the question is paid. */
export function affordableTokens(
  { inputTokens, microYuan }: { inputTokens: number; microYuan: number },
  price: Price,
): number {
  const asked = BigInt(inputTokens) * BigInt(Math.max(price.input, price.cached));
  const left = BigInt(microYuan - price.call) * MILLION - asked;
  if (left < 0n) return -1;
  return price.output === 0 ? Number.POSITIVE_INFINITY : Number(left / BigInt(price.output));
}

/** The most a call can cost: whatever of it is cached, and an answer as long as it may be. */
export function costLimitMicroYuan(
  tokens: { inputTokens: number; maxTokens: number },
  price: Price,
): number {
  const { inputTokens, maxTokens: outputTokens } = tokens;
  const dearest = { ...price, input: Math.max(price.input, price.cached) };
  return costMicroYuan({ inputTokens, cachedTokens: 0, outputTokens }, dearest);
}
