import type { AnswerFailure } from '@ainotebook/contract';
import type { Chat, ChatCallEvent } from '../usage/metered-chat.js';
import type { AnswerPart, AnswerTask, AnswerWriter } from './answer-writer.js';
import { answerMessages, NOT_FOUND } from './prompt.js';

/** Answers that a model writes. */
export function modelWriter(chat: Chat): AnswerWriter {
  return {
    isExtractive: false,
    async *write(task: AnswerTask, signal: AbortSignal): AsyncGenerator<AnswerPart> {
      const { userId } = task;
      const asked = { messages: answerMessages(task), temperature: 0.2, signal };
      // Held back until it can no longer be the word for "not in the notes".
      let held: string | null = '';
      for await (const event of chat.stream({ userId, feature: 'chat', ...asked })) {
        if (event.type === 'queued') yield event;
        else if (event.type === 'start') {
          yield { type: 'start', provider: event.provider, model: event.model };
        } else if (event.type === 'text') {
          if (held === null) {
            yield { type: 'text', text: event.text };
            continue;
          }
          held += event.text;
          if (mayBeNotFound(held)) continue;
          yield { type: 'text', text: held };
          held = null;
        } else if (event.type === 'finish') {
          const isNotFound = held?.includes(NOT_FOUND) ?? false;
          if (held && !isNotFound) yield { type: 'text', text: held };
          const { costMicroYuan } = event;
          const { inputTokens, outputTokens, isEstimated } = event.usage;
          const usage = { inputTokens, outputTokens, isEstimated, costMicroYuan };
          yield {
            type: 'end',
            // Who thought until nothing was left has not said that it is not there.
            isNotFound: isNotFound || (held === '' && event.reason === 'stop'),
            isCut: event.reason === 'length',
            failure: failureOf(event),
            usage,
          };
        }
      }
    },
  };
}

/** Why an answer that ended goes no further; null where it came to its end, or to its length. */
function failureOf({
  reason,
  isCutByBudget,
}: Extract<ChatCallEvent, { type: 'finish' }>): AnswerFailure | null {
  if (reason === 'filtered') return 'filtered';
  return isCutByBudget ? 'budget_spent' : null;
}

/** True while all that was written is the beginning of `NOT_FOUND`, or begins with it: what follows that is not shown. */
function mayBeNotFound(text: string): boolean {
  const word = text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
  return NOT_FOUND.startsWith(word) || word.startsWith(NOT_FOUND);
}
