import type { AnswerFailure } from '@ainotebook/contract';
import { parseCitations } from '@ainotebook/text/citations';
import type { Chat, ChatCallEvent } from '../usage/metered-chat.js';
import type { AnswerPart, AnswerTask, AnswerWriter } from './answer-writer.js';
import { NotFoundFilter } from './not-found-filter.js';
import { answerMessages, fittingTask, newMark } from './prompt.js';

/** Answers that a model writes. */
export function modelWriter(chat: Chat): AnswerWriter {
  return {
    isExtractive: false,
    async *write(whole: AnswerTask, signal: AbortSignal): AsyncGenerator<AnswerPart> {
      const mark = newMark();
      const task = fittingTask(whole, { tokens: chat.contextTokens - chat.maxTokens, mark });
      const { userId, passages } = task;
      if (passages.length < whole.passages.length) yield { type: 'given', passages };
      const asked = { messages: answerMessages(task, mark), temperature: 0.2, signal };
      const filter = new NotFoundFilter();
      let said = '';
      const more = function* (text: string): Generator<AnswerPart> {
        said += text;
        if (text !== '') yield { type: 'text', text };
      };
      for await (const event of chat.stream({ userId, feature: 'chat', ...asked })) {
        if (event.type === 'queued') yield event;
        else if (event.type === 'start') {
          yield { type: 'start', provider: event.provider, model: event.model };
        } else if (event.type === 'text') yield* more(filter.push(event.text));
        else if (event.type === 'finish') {
          yield* more(filter.end());
          const { costMicroYuan } = event;
          const { inputTokens, outputTokens, isEstimated } = event.usage;
          const usage = { inputTokens, outputTokens, isEstimated, costMicroYuan };
          const hasCited = parseCitations(said, passages).numbers.length > 0;
          yield {
            type: 'end',
            // Who thought until nothing was left has not said that it is not there.
            isNotFound:
              (filter.hasFound && !hasCited) || (said.trim() === '' && event.reason === 'stop'),
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
