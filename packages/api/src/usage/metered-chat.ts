import {
  AiError,
  type ChatEvent,
  type ChatModel,
  type ChatRequest,
  estimateMessages,
  estimateTokens,
  estimateUsage,
  type FailedModel,
  MOST_CHARACTERS_PER_TOKEN,
  type Usage,
} from '@ainotebook/ai';
import type { UsageFeature } from '@ainotebook/contract';
import type { Db, Tx } from '@ainotebook/db';
import { requireBudget } from './budgets.js';
import { type CallToMake, type Ledger, leastAnswer, type ModelName } from './ledger.js';
import { isFree, outcomeOf, tookNothing } from './metered-call.js';

/** What is asked, for whom. */
export interface ChatCall extends Omit<ChatRequest, 'maxTokens'> {
  userId: string;
  feature: UsageFeature;
  /** Most tokens of the answer; those of `Chat.maxTokens` when absent. */
  maxTokens?: number;
}

/**
 * Those of the model, and before them how many answers come before this one. The last one also says what the call cost, null where no price is known, and
 * whether the answer ended because the budget had no tokens for more.
 */
export type ChatCallEvent =
  | { type: 'queued'; ahead: number }
  | Exclude<ChatEvent, { type: 'finish' }>
  | (Extract<ChatEvent, { type: 'finish' }> & {
      costMicroYuan: number | null;
      isCutByBudget: boolean;
    });

/** The chat model of the server. Whoever is asked, and however it ends: the ledger has it. */
export interface Chat {
  /** Tokens of the question and the answer together. */
  readonly contextTokens: number;
  /** Most tokens of one answer; fewer where the budget has no more. */
  readonly maxTokens: number;
  /**
   * The answer as it comes; leaving the loop ends the request at the provider.
   * @throws AiError from the iteration, and before anything is asked AppError budget_spent,
   *   unavailable (too many wait, or for too long), limit_reached (answers at once; for `editor` only, the place of a chat is its message)
   */
  stream(call: ChatCall): AsyncGenerator<ChatCallEvent, void, undefined>;
  /** Whether there would be tokens for a short answer to `question`, as far as is known of it. @throws AppError budget_spent */
  requireBudget(db: Db | Tx, userId: string, question: string): Promise<void>;
}

/** @param options.models whoever may answer for `model`, the first one first */
export function meterChat(
  model: ChatModel,
  options: { ledger: Ledger; models: CallToMake['models']; maxTokens: number },
): Chat {
  const { ledger, models } = options;
  const { contextTokens } = model;

  async function* stream(call: ChatCall): AsyncGenerator<ChatCallEvent, void, undefined> {
    const { userId, feature, ...asked } = call;
    const maxTokens = asked.maxTokens ?? options.maxTokens;
    const inputTokens = countInput(asked.messages, contextTokens);
    const said = { text: '', reasoning: '' };
    let by: ModelName = models[0];
    /** What the provider counted, null for nothing; until then our guess. */
    let counted: Usage | null | undefined;
    const onlyAsked = { ...estimateUsage([], '', ''), inputTokens };
    const guess = () => ({ ...estimateUsage([], said.text, said.reasoning), inputTokens });
    const standing = () => ({ ...by, usage: counted === undefined ? guess() : counted });
    const open = await ledger.open({ userId, feature, models, inputTokens, maxTokens }, standing);
    const isShortened = open.maxTokens < maxTokens;
    /** Models that were asked before the one that answers. */
    const failed: FailedModel[] = [];
    const request = {
      ...asked,
      maxTokens: open.maxTokens,
      onFailure: (model: FailedModel) => failed.push(model),
    };
    let outcome: 'done' | 'stopped' | 'failed' | 'settled' = 'stopped';
    try {
      // While it waits nothing is asked.
      counted = null;
      for await (const ahead of open.turn(call.signal)) yield { type: 'queued', ahead };
      counted = undefined;
      for await (const event of model.stream(request)) {
        if (event.type === 'start') by = { provider: event.provider, model: event.model };
        else if (event.type !== 'finish') said[event.type] += event.text;
        if (event.type !== 'finish') {
          yield event;
          continue;
        }
        counted = event.usage;
        outcome = 'settled';
        const isCutByBudget = isShortened && event.reason === 'length';
        yield { ...event, isCutByBudget, costMicroYuan: await open.settle('done') };
      }
    } catch (error) {
      outcome = outcomeOf(error);
      const isSilent = said.text + said.reasoning === '';
      if (isSilent && tookNothing(error)) counted = null;
      // Where nobody answered, what is thrown is what the first one said: the call itself stands for it.
      if (isSilent && isOf(error, failed[0])) failed.shift();
      throw error;
    } finally {
      for (const { failure, ...name } of failed) {
        if (!isFree(failure)) await open.alsoFailed({ ...name, usage: onlyAsked });
      }
      if (outcome !== 'settled') await open.settle(outcome);
    }
  }

  return {
    contextTokens,
    maxTokens: options.maxTokens,
    stream,
    requireBudget: (db, userId, question) =>
      requireBudget(db, ledger.budgets, {
        userId,
        tokens: estimateTokens(question) + leastAnswer(options.maxTokens),
      }),
  };
}

const isOf = (error: unknown, failed: FailedModel | undefined): boolean =>
  error instanceof AiError && error.provider === failed?.provider && error.kind === failed.failure;

/** Estimating megabytes would hold up everybody else, and the model takes no such request. */
function countInput(messages: ChatRequest['messages'], contextTokens: number): number {
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > contextTokens * MOST_CHARACTERS_PER_TOKEN) return contextTokens;
  return estimateMessages(messages);
}
