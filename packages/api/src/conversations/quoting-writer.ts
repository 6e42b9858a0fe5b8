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
      // The head of a table says nothing by itself.
      const said = quotes.filter(
        ({ end, passage }) => !isTableHead(passages[passage]?.quote.slice(end) ?? ''),
      );
      const isNotFound = !isFound || said.length === 0;
      for (const { text, passage } of isNotFound ? [] : said) {
        yield { type: 'text', text: `- ${asLine(text)} [${passages[passage]?.number}]\n` };
      }
      yield { type: 'end', isNotFound, usage: null };
    },
  };
}

const isTableHead = (after: string): boolean =>
  /^[^\S\n]*\n[^\S\n]*\|?[^\S\n]*:?-+:?[^\S\n]*\|/.test(after);

/** A sentence as one line; a row of a table by its cells. */
function asLine(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, ' ');
  if (!line.startsWith('|')) return line;
  const cells = line.split('|').map((cell) => cell.trim());
  return cells.filter((cell) => cell !== '').join(' · ');
}
