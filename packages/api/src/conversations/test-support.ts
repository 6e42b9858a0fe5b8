import { type ChatModel, createChatModel } from '@ainotebook/ai';
import type { Message, MessageEvent, SentMessage } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { type ModelStandIn, startModels } from '@ainotebook/testkit';
import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { indexArticle } from '../search/indexing.js';
import { type TestApi, type TestUser, useApi } from '../test-support.js';
import type { AiBudgets } from '../usage/budgets.js';
import type { Ledger, Prices } from '../usage/ledger.js';
import { type Chat, meterChat } from '../usage/metered-chat.js';
import type { AnswerMeans } from './answering.js';
import { modelWriter } from './model-writer.js';

/** A note that can be found. */
export async function noteOf(
  t: TestApi,
  { api }: TestUser,
  note: { title: string; content: string },
): Promise<string> {
  const { id } = await api.articles.create(note);
  await indexArticle(t.services().db, id);
  return id;
}

/** A conversation about all notes of somebody. */
export async function conversationOf({ api }: TestUser): Promise<string> {
  return (await api.conversations.create({ scope: { kind: 'all' } })).id;
}

/** Asks, and reads the answer to its end. */
export async function ask(
  user: TestUser,
  conversationId: string,
  content: string,
  parentId: string | null = null,
): Promise<{ questionId: string; answer: Message; said: string }> {
  const sent = await user.api.messages.send({ conversationId, id: v7(), parentId, content });
  const { answer, said } = await readOn(user, sent.answer.id);
  return { questionId: sent.question.id, answer, said };
}

/** All that comes of an answer, from `after` on. */
export async function readOn(
  { api }: TestUser,
  id: string,
  after = 0,
): Promise<{ answer: Message; said: string }> {
  let said = '';
  for await (const event of (await api.messages.stream({
    id,
    after,
  })) as AsyncIterable<MessageEvent>) {
    if (event.type === 'text') said += event.text;
    if (event.type === 'end') return { answer: event.message, said };
  }
  throw new Error('the stream ended before the answer');
}

export const TEA = '岩茶要用沸水，水温低了，岩骨花香出不来。投茶八克，第一泡五秒出汤。';

const usual = () => '用沸水 [1]。';

/** Two people with notes about tea, and a model behind its provider that says what it is told to. */
export class TeaRoom {
  /** What the model says next; told all that it was sent. */
  say: (sent: string) => string = usual;
  /** Which fault it has. */
  model = 'chat';
  alice!: TestUser;
  bob!: TestUser;
  /** Of hers, with `TEA` under a heading. */
  noteId!: string;
  /** A new one of hers for each test. */
  conversationId!: string;
  provider!: ModelStandIn;
  readonly t: TestApi;

  constructor(options: { budgets?: Partial<AiBudgets>; prices?: Prices; atOnce?: number } = {}) {
    this.t = useApi({ ...options, chat: (ledger) => this.#chat(ledger) });
    beforeAll(async () => {
      this.provider = await startModels({
        kind: 'openai',
        apiKey: 'key',
        answer: (all) => this.say(all.map(({ content }) => content).join('\n')),
      });
      [this.alice, this.bob] = [await this.t.user(), await this.t.user()];
      const note = { title: '武夷岩茶', content: `# 冲泡\n\n${TEA}\n` };
      this.noteId = await noteOf(this.t, this.alice, note);
      await noteOf(this.t, this.alice, { title: '绿茶', content: '绿茶要八十度，玻璃杯。' });
      const secret = '金库的密码是岩茶一九八四。岩茶要用沸水。';
      await noteOf(this.t, this.bob, { title: '他的', content: secret });
    });
    beforeEach(async () => {
      [this.say, this.model] = [usual, 'chat'];
      this.provider.requests.length = 0;
      this.conversationId = await conversationOf(this.alice);
    });
    afterAll(() => this.provider.stop());
  }

  /** What another process would answer with. */
  readonly means = (): AnswerMeans => {
    const { chat, embedding } = this.t.services().models();
    if (!chat) throw new Error('this room has a model');
    return { embedding, writer: modelWriter(chat) };
  };

  /** Of a model that is another one whenever `model` says so. */
  #chat(ledger: Ledger): Chat {
    const models = [{ provider: 'openai', model: 'chat' }] as const;
    const stream: ChatModel['stream'] = (request) => {
      const { baseUrl } = this.provider;
      const at = { name: 'openai', kind: 'openai', apiKey: 'key', baseUrl } as const;
      const waits = { retries: 0, chunkMs: 1_000, firstChunkMs: 1_000 };
      return createChatModel(at, { model: this.model, ...waits }).stream(request);
    };
    const model = { provider: 'openai', model: 'chat', contextTokens: 32_000, stream };
    return meterChat(model, { ledger, models, maxTokens: 500 });
  }

  /** An answer that is still being written when the test goes on. */
  unfinished(content = '岩茶用什么水？'): Promise<SentMessage> {
    const { alice, conversationId } = this;
    this.model = 'chat-slow';
    this.say = () => `${'慢慢说，'.repeat(60)}用沸水 [1]。`;
    return alice.api.messages.send({ conversationId, id: v7(), parentId: null, content });
  }

  /** A message as it is stored. */
  async row(id: string) {
    const { messages } = schema;
    return (await this.t.services().db.select().from(messages).where(eq(messages.id, id)))[0];
  }
}
