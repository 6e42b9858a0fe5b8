import { answerFrom } from '@ainotebook/ai';
import type { AnswerPart, AnswerTask, AnswerWriter } from './answer-writer.js';

/** Answers without a model: the sentences of the passages that come nearest, word for word. */
export function quotingWriter(): AnswerWriter {
  return {
    isExtractive: true,
    async *write({ question, passages }: AnswerTask): AsyncGenerator<AnswerPart> {
      const { isFound, quotes } = answerFrom(
        question,
        passages.map(({ title, headingPath, quote }) => ({
          title,
          headings: headingPath,
          text: quote,
        })),
      );
      if (isFound) {
        for (const { text, passage } of quotes) {
          const line = text.trim().replaceAll(/\s*\n\s*/g, ' ');
          yield { type: 'text', text: `- ${line} [${passages[passage]?.number}]\n` };
        }
      }
      yield { type: 'end', isNotFound: !isFound, usage: null };
    },
  };
}
