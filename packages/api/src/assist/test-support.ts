import { type ChatModel, createChatModel } from '@ainotebook/ai';
import type { AssistEvent } from '@ainotebook/contract';
import { type ModelStandIn, startModels } from '@ainotebook/testkit';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type TestApi, type TestUser, useApi } from '../test-support.js';
import type { AiBudgets } from '../usage/budgets.js';
import type { Ledger } from '../usage/ledger.js';
import { type Chat, meterChat } from '../usage/metered-chat.js';

const usual = () => '好多了。';

/** Two people who write, and a model behind its provider that says what it is told to. */
export class WritingRoom {
  /** What the model says next; told all that it was sent. */
  say: (sent: string) => string = usual;
  /** Which fault it has. */
  model = 'chat';
  alice!: TestUser;
  bob!: TestUser;
  /** Of hers. */
  noteId!: string;
  provider!: ModelStandIn;
  readonly t: TestApi;

  constructor(budgets: Partial<AiBudgets> = {}) {
    this.t = useApi({ budgets, chat: (ledger) => this.#chat(ledger) });
    beforeAll(async () => {
      this.provider = await startModels({
        kind: 'openai',
        apiKey: 'key',
        answer: (all) => this.say(all.map(({ content }) => content).join('\n')),
      });
      [this.alice, this.bob] = [await this.t.user(), await this.t.user()];
      const note = { title: '武夷岩茶', content: '# 冲泡\n\n岩茶要用沸水。\n', tags: ['茶'] };
      this.noteId = (await this.alice.api.articles.create(note)).id;
    });
    beforeEach(() => {
      [this.say, this.model] = [usual, 'chat'];
      this.provider.requests.length = 0;
    });
    afterAll(() => this.provider.stop());
  }

  /** Of a model that is another one whenever `model` says so. */
  #chat(ledger: Ledger): Chat {
    const contextTokens = 100_000;
    const models = [{ provider: 'openai', model: 'chat' }] as const;
    const stream: ChatModel['stream'] = (request) => {
      const { baseUrl } = this.provider;
      const at = { name: 'openai', kind: 'openai', apiKey: 'key', baseUrl } as const;
      const waits = { retries: 0, chunkMs: 1_000, firstChunkMs: 1_000 };
      return createChatModel(at, { model: this.model, contextTokens, ...waits }).stream(request);
    };
    const model = { provider: 'openai', model: 'chat', contextTokens, stream };
    // More than the longest text that is taken.
    return meterChat(model, { ledger, models, maxTokens: 50_000 });
  }

  /** What the model was sent last, as one text. */
  sent(): string {
    return JSON.stringify(this.provider.requests.at(-1)?.body.messages ?? '');
  }
}

type End = Extract<AssistEvent, { type: 'end' }>;

/** All of a text that is written for a passage. */
export async function readAll(
  stream: Promise<AsyncIterable<AssistEvent>> | AsyncIterable<AssistEvent>,
): Promise<{ said: string; end: End }> {
  let said = '';
  for await (const event of await stream) {
    if (event.type === 'end') return { said, end: event };
    if (event.type === 'text') said += event.text;
  }
  throw new Error('the stream ended before the text');
}
