import { answerFrom, type Sentence } from '@ainotebook/ai';
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
      for (const quote of isFound ? quotes : []) {
        const { number } = passages[quote.passage] ?? {};
        yield { type: 'text', text: `- ${asLine(quote)} [${number}]\n` };
      }
      yield { type: 'end', isNotFound: !isFound, isCut: false, failure: null, usage: null };
    },
  };
}

/** A sentence as one line; a row of a table by its cells, each under what the head calls it. */
function asLine({ text, head }: Pick<Sentence, 'text' | 'head'>): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, ' ');
  if (head === undefined && !line.startsWith('|')) return line;
  const names = head === undefined ? [] : cellsOf(head);
  return cellsOf(line)
    .map((cell, at) =>
      cell === '' || !names[at] ? cell : `${names[at]}${colonAfter(names[at])}${cell}`,
    )
    .filter((cell) => cell !== '')
    .join(' · ');
}

/** Without what stands outside of the borders. */
function cellsOf(row: string): string[] {
  const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
  if (row.startsWith('|')) cells.shift();
  if (row.endsWith('|')) cells.pop();
  return cells;
}

const colonAfter = (name: string) => (/\p{Script=Han}/u.test(name) ? '：' : ': ');
