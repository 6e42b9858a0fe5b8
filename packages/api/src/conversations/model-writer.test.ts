import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chat, ChatCallEvent } from '../usage/metered-chat.js';
import type { AnswerPart, AnswerTask, GivenPassage } from './answer-writer.js';
import { modelWriter } from './model-writer.js';
import { answerMessages, NOT_FOUND } from './prompt.js';

const passage = (number: number, quote = '岩茶要用沸水。'): GivenPassage => ({
  number,
  articleId: 'a',
  title: '茶',
  revision: 1,
  start: 0,
  end: quote.length,
  headingPath: [],
  quote,
  url: null,
  fetchedAt: null,
});
const usage = {
  inputTokens: 1,
  cachedTokens: 0,
  outputTokens: 1,
  reasoningTokens: 0,
  isEstimated: false,
};

/** A model that says these pieces, and what it was sent. */
function chatOf(pieces: readonly string[], { contextTokens = 32_000, maxTokens = 100 } = {}) {
  const sent: string[] = [];
  const chat: Chat = {
    contextTokens,
    maxTokens,
    requireBudget: async () => undefined,
    stream: async function* ({ messages }): AsyncGenerator<ChatCallEvent> {
      sent.push(...messages.map(({ content }) => content));
      for (const text of pieces) yield { type: 'text', text };
      yield { type: 'finish', reason: 'stop', usage, costMicroYuan: null, isCutByBudget: false };
    },
  };
  return { chat, sent };
}

async function partsOf(chat: Chat, task: Partial<AnswerTask> = {}): Promise<AnswerPart[]> {
  const whole = { userId: 'u', question: '？', history: [], passages: [passage(1)], ...task };
  const parts: AnswerPart[] = [];
  for await (const part of modelWriter(chat).write(whole, new AbortController().signal)) {
    parts.push(part);
  }
  return parts;
}

async function said(...pieces: string[]) {
  const parts = await partsOf(chatOf(pieces).chat);
  const last = parts.at(-1);
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    isNotFound: last?.type === 'end' && last.isNotFound,
  };
}

describe('the word for "not in the notes"', () => {
  it('is taken out wherever it stands; without a citation nothing was found', async () => {
    const text = '根据笔记，没有价格信息。';
    expect(await said(text, ` **${NOT_FOUND}**`)).toEqual({ text, isNotFound: true });
    expect(await said(`${text}${NOT_FOUND}。还有别的吗？`)).toEqual({
      text: `${text}。还有别的吗？`,
      isNotFound: true,
    });
    expect(await said('用沸水 [1]。', `价格：${NOT_FOUND}`)).toEqual({
      text: '用沸水 [1]。价格：',
      isNotFound: false,
    });
    // A number that stands for no passage is no citation.
    expect(await said(`没有 [9]。${NOT_FOUND}`)).toMatchObject({ isNotFound: true });
  });

  it('hides all that follows where an answer begins with it', async () => {
    expect(await said(NOT_FOUND.slice(0, 3), `${NOT_FOUND.slice(3)}，因为`, '没写。')).toEqual({
      text: '',
      isNotFound: true,
    });
  });

  it('never reaches anybody, however the pieces are cut, and takes nothing else with it', async () => {
    const piece = fc.constantFrom(
      'NOT',
      '_IN',
      '_NOTES',
      NOT_FOUND,
      '*',
      '_',
      ' ',
      '水 [1]',
      'N',
      '\n',
    );
    const cut = (text: string, sizes: readonly number[]) => {
      const pieces: string[] = [];
      let rest = text;
      for (const size of sizes) {
        pieces.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      return [...pieces, rest];
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }),
        async (words, sizes) => {
          const whole = `甲${words.join('')}`;
          const { text } = await said(...cut(whole, sizes));
          expect(text).not.toContain(NOT_FOUND);
          if (!whole.includes(NOT_FOUND)) expect(text).toBe(whole);
        },
      ),
    );
  });
});

describe('a model with a small context', () => {
  const long = '岩茶要用沸水，水温低了，岩骨花香出不来。'.repeat(10);
  const passages = [1, 2, 3, 4].map((number) => passage(number, `${number}号：${long}`));
  const history = ['甲', '乙'].flatMap((name) => [
    { role: 'user' as const, content: `${name}问：${long}` },
    { role: 'assistant' as const, content: `${name}答：${long}` },
  ]);

  it('is given all that fits: the oldest turns go first, then the last passages', async () => {
    const all = chatOf(['好 [1]。']);
    expect((await partsOf(all.chat, { history, passages })).map(({ type }) => type)).toEqual([
      'text',
      'end',
    ]);
    expect(all.sent.join()).toMatch(/甲问.*乙答.*4号/s);
    const some = chatOf(['好 [1]。'], { contextTokens: 1_400 });
    expect((await partsOf(some.chat, { history, passages }))[0]?.type).toBe('text');
    expect(some.sent.join()).not.toContain('甲');
    expect(some.sent.join()).toContain('4号');
    const few = chatOf(['好 [1]。'], { contextTokens: 700 });
    const [given] = await partsOf(few.chat, { history, passages });
    expect(given).toMatchObject({ type: 'given', passages: [{ number: 1 }, { number: 2 }] });
    expect(few.sent.join()).not.toMatch(/乙|3号/);
  });

  it('is given one passage in any case, and says itself that it is too long', async () => {
    const { chat, sent } = chatOf(['好。'], { contextTokens: 120 });
    await partsOf(chat, { history, passages });
    expect(sent.join()).toContain('1号');
    expect(sent.join()).not.toContain('2号');
  });
});

it('sends no turn without words, which some providers refuse', () => {
  const history = ['', '[1][2]'].flatMap((content) => [
    { role: 'user' as const, content: '岩茶多少钱？' },
    { role: 'assistant' as const, content },
  ]);
  const task = { userId: 'u', question: '？', history, passages: [passage(1)] };
  const messages = answerMessages(task, 'mark');
  expect(messages.map(({ role }) => role)).toEqual([
    'system',
    'user',
    'assistant',
    'user',
    'assistant',
    'user',
  ]);
  for (const { content } of messages) expect(content.trim()).not.toBe('');
});
