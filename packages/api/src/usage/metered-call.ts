import { AiError, type AiFailure, type Usage } from '@ainotebook/ai';
import type { CallToMake, Ledger } from './ledger.js';

/** A provider that answers so has read nothing, and asks nothing for it; of the others nobody knows. */
const FREE = new Set<AiFailure>([
  'bad_key',
  'no_credit',
  'unknown_model',
  'too_long',
  'refused',
  'filtered',
  'rate_limited',
  'unavailable',
  'unreachable',
]);

/** Whether a call that failed like this, before its first word, took nothing. */
export const tookNothing = (error: unknown): boolean =>
  error instanceof AiError && isFree(error.kind);

export const isFree = (failure: AiFailure): boolean => FREE.has(failure);

/** How a call ended that threw this. */
export const outcomeOf = (error: unknown): 'stopped' | 'failed' =>
  error instanceof AiError && error.kind === 'aborted' ? 'stopped' : 'failed';

/** So many tokens that were read, and nothing written. */
const readOnly = (inputTokens: number, isEstimated: boolean): Usage => ({
  inputTokens,
  cachedTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  isEstimated,
});

/**
 * Makes a call that is answered at once and only reads, within the ledger.
 * @throws what `run` throws, and before that AppError budget_spent
 */
export async function meterCall<T>(
  ledger: Ledger,
  call: Omit<CallToMake, 'maxTokens'>,
  run: () => Promise<{ value: T; tokens: number }>,
): Promise<T> {
  const [by] = call.models;
  let usage: Usage | null = readOnly(call.inputTokens, true);
  const open = await ledger.open({ ...call, maxTokens: 0 }, () => ({ ...by, usage }));
  try {
    const { value, tokens } = await run();
    usage = readOnly(tokens, false);
    await open.settle('done');
    return value;
  } catch (error) {
    const paid = error instanceof AiError ? (error.detail.tokens ?? 0) : 0;
    if (tookNothing(error)) usage = paid > 0 ? readOnly(paid, false) : null;
    await open.settle(outcomeOf(error));
    throw error;
  }
}
