import { describe, expect, it } from 'vitest';
import type { AnswerPart } from './answer-writer.js';
import { quotingWriter } from './quoting-writer.js';

async function partsOf(question: string, quote: string): Promise<AnswerPart[]> {
  const passage = {
    number: 1,
    articleId: 'a',
    title: '茶',
    revision: 1,
    start: 0,
    end: quote.length,
    headingPath: [],
    quote,
    url: null,
    fetchedAt: null,
  };
  const parts: AnswerPart[] = [];
  const task = { userId: 'u', question, history: [], passages: [passage] };
  for await (const part of quotingWriter().write(task, new AbortController().signal)) {
    parts.push(part);
  }
  return parts;
}
const answerTo = async (question: string, quote: string) =>
  (await partsOf(question, quote)).map((part) => (part.type === 'text' ? part.text : '')).join('');

describe('an answer without a model', () => {
  it('is sentences of the notes, word for word, with their passage', async () => {
    expect(await answerTo('岩茶要用沸水吗？', '岩茶要用沸水。绿茶不要。')).toContain(
      '- 岩茶要用沸水。 [1]',
    );
  });

  it('quotes a row of a table by its cells, under what its head calls them', async () => {
    const table = '| 茶类 | 工序 |\n| --- | --- |\n| 绿茶 | 杀青 |\n| 红茶 | 发酵 |\n';
    const answer = await answerTo('茶类 绿茶 工序', table);
    expect(answer).toContain('- 茶类：绿茶 · 工序：杀青 [1]');
    expect(answer).not.toContain('- 茶类 · 工序');
  });

  it('finds the row by what its head says, in English as well', async () => {
    const table = [
      'Green tea is kept cool.',
      '',
      '| Tea | Water | Time |',
      '|:--|---|--:|',
      '| Green tea | 80 °C. Never more. | |',
      '| Rock tea | 100 °C | 5 s |',
      '',
      'Rock tea comes from Wuyi.',
    ].join('\n');
    const answer = await answerTo('What water for green tea?', table);
    expect(answer.split('\n')[0]).toBe('- Tea: Green tea · Water: 80 °C. Never more. [1]');
  });

  it('is none where nothing but the head of a table comes near', async () => {
    const table = '| 茶类 | 工序 |\n| --- | --- |\n| 甲 | 乙 |\n';
    expect(await partsOf('茶类工序', table)).toEqual([
      { type: 'end', isNotFound: true, isCut: false, failure: null, usage: null },
    ]);
  });
});
