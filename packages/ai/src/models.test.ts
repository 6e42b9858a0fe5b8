import { createEgress, type Egress } from '@ainotebook/egress';
import { type ModelStandIn, startModels, vectorOf } from '@ainotebook/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AiError, type AiFailure } from './ai-error.js';
import { type ChatOptions, createChatModel } from './chat.js';
import { createEmbeddingModel } from './embeddings.js';
import { fetchThrough } from './guarded-fetch.js';
import type { Provider } from './provider.js';
import { ask, everythingIn, failureOf, KEY, outcomeOf } from './test-support.js';

describe.each([
  ['ark', 'directly'],
  ['openai', 'directly'],
  ['openai', 'through the guarded fetch'],
] as const)('a provider that speaks %s, reached %s', (kind, how) => {
  let egress: Egress;
  let server: ModelStandIn;
  let provider: Provider;

  beforeAll(async () => {
    server = await startModels({ kind, apiKey: KEY });
    const name = kind === 'ark' ? 'volcengine' : 'openai';
    provider = { name, kind, baseUrl: server.baseUrl, apiKey: KEY };
    egress = createEgress({ privateHosts: [new URL(server.baseUrl).host] });
    if (how !== 'directly') provider.fetch = fetchThrough(egress, { timeoutMs: 60_000 });
  });
  beforeEach(() => {
    server.requests.length = 0;
  });
  afterAll(() => Promise.all([server.stop(), egress.close()]));

  const chat = (model: string, more: Partial<ChatOptions> = {}) =>
    createChatModel(provider, { model, retries: 0, ...more });
  const embedder = (model: string, more: { timeoutMs?: number; dimensions?: number } = {}) =>
    createEmbeddingModel(provider, { model, dimensions: 1024, ...more });

  it('is asked in its own way, and its answer comes in pieces with who gave it and what it took', async () => {
    const request = ask('今天星期几？', { temperature: 0.2 });
    request.messages = [{ role: 'system', content: '简短。' }, ...request.messages];
    const { events, text, error } = await outcomeOf(chat('chat'), request);
    expect(error).toBeUndefined();
    expect(text).toBe('收到：今天星期几？');
    expect(events.length).toBeGreaterThan(3);
    expect(events[0]).toEqual({ type: 'start', provider: provider.name, model: 'chat' });
    expect(events.at(-1)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: {
        inputTokens: 9,
        cachedTokens: 1,
        outputTokens: 9,
        reasoningTokens: 0,
        isEstimated: false,
      },
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body).toEqual({
      model: 'chat',
      max_tokens: 100,
      temperature: 0.2,
      messages: request.messages,
      stream: true,
      stream_options: { include_usage: true },
      ...(kind === 'ark' ? { thinking: { type: 'disabled' } } : {}),
    });
  });

  it('that does not count is counted for', async () => {
    const { events } = await outcomeOf(chat('chat-uncounted'), ask('一二三'));
    expect(events.at(-1)).toMatchObject({ type: 'finish', usage: { isEstimated: true } });
  });

  it.each<[string, AiFailure, Partial<ChatOptions>]>([
    ['429', 'rate_limited', {}],
    ['500', 'unavailable', {}],
    ['credit', 'no_credit', {}],
    ['long', 'too_long', {}],
    ['filter', 'filtered', {}],
    ['html', 'cut_off', {}],
    ['drop', 'unreachable', {}],
    ['hang', 'timeout', { firstChunkMs: 200 }],
  ])('that fails with %s before the answer fails as %s', async (fault, kind_, more) => {
    const { events, error } = await outcomeOf(chat(`chat-${fault}`, more), ask('问'));
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(AiError);
    expect(error).toMatchObject({ kind: kind_, provider: provider.name });
  });

  it.each<[string, AiFailure, Partial<ChatOptions>]>([
    ['cut', 'cut_off', {}],
    ['stall', 'stalled', { chunkMs: 200 }],
    ['error', 'unavailable', {}],
    ['badjson', 'bad_answer', {}],
    ['undone', 'cut_off', {}],
    ['slow', 'timeout', { totalMs: 300 }],
  ])(
    'that fails with %s in the middle fails as %s, and what came stands',
    async (fault, kind_, more) => {
      const question = '一个很长的问题'.repeat(20);
      const { events, text, error } = await outcomeOf(chat(`chat-${fault}`, more), ask(question));
      expect(error).toBeInstanceOf(AiError);
      expect(error).toMatchObject({ kind: kind_, provider: provider.name });
      expect(text.length).toBeGreaterThan(0);
      expect(`收到：${question}`.startsWith(text)).toBe(true);
      expect(events.some(({ type }) => type === 'finish')).toBe(false);
    },
  );

  it('says how long to wait and by which name it knows the request', async () => {
    const { error } = await outcomeOf(chat('chat-429'), ask('问'));
    expect(error).toMatchObject({
      detail: { status: 429, code: 'RateLimitExceeded', requestId: 'req-0001', retryAfterMs: 20 },
    });
  });

  it('is asked again where the first time brought nothing, but not for what stays wrong', async () => {
    const patient = (model: string) => chat(model, { retries: 1 });
    expect((await outcomeOf(patient('chat-flaky'), ask('再来'))).text).toBe('收到：再来');
    expect(server.requests).toHaveLength(2);
    await outcomeOf(patient('chat-long'), ask('再来'));
    expect(server.requests).toHaveLength(3);
  });

  it('that does not know the key or the model says which', async () => {
    const stranger = createChatModel(
      { ...provider, apiKey: 'sk-another-secret' },
      { model: 'chat' },
    );
    const { error } = await outcomeOf(stranger, ask('问'));
    expect(error).toMatchObject({ kind: 'bad_key', detail: { status: 401 } });
    expect(everythingIn(error)).not.toContain('sk-another-secret');
    expect((await outcomeOf(chat('gone'), ask('问'))).error).toMatchObject({
      kind: 'unknown_model',
    });
  });

  it('is told within a second that nobody listens any longer, however that comes', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const long = ask('问'.repeat(300), { signal });
    setTimeout(() => controller.abort(), 200);
    const { error, text } = await outcomeOf(chat('chat-slow'), long);
    expect(error).toMatchObject({ kind: 'aborted' });
    expect(text).not.toBe('');
    for await (const event of chat('chat-slow').stream(ask('问'.repeat(300)))) {
      if (event.type === 'text') break;
    }
    const isLeft = () => server.requests.map(({ leftAt }) => leftAt !== null);
    await expect.poll(isLeft, { timeout: 1_000 }).toEqual([true, true]);
  });

  it('is not asked at all for somebody who has left, or with more than the model takes', async () => {
    const gone = ask('问', { signal: AbortSignal.abort() });
    expect((await outcomeOf(chat('chat'), gone)).error).toMatchObject({ kind: 'aborted' });
    const { error } = await outcomeOf(chat('chat'), ask('很长的话。'.repeat(20_000)));
    expect(error).toMatchObject({ kind: 'too_long' });
    expect(server.requests).toEqual([]);
  });

  it('tells no log what was asked, nor what the provider says of it', async () => {
    for (const fault of ['429', '500', 'cut', 'error', 'badjson', 'drop']) {
      const { error } = await outcomeOf(chat(`chat-${fault}`), ask('私密的句子。私密的句子。'));
      expect(error).toBeInstanceOf(AiError);
      for (const word of ['私密', KEY, 'secret']) expect(everythingIn(error)).not.toContain(word);
    }
  });

  it('gives each text its vector, of length 1 and in order', async () => {
    const texts = ['清华大学', '北京大学', 'a note', '清华大学'];
    const { vectors, tokens } = await embedder('embed').embed(texts, { kind: 'passage' });
    expect(vectors).toHaveLength(4);
    expect(tokens).toBe(18);
    vectors.forEach((vector, at) => {
      const expected = vectorOf(texts[at] ?? '', 1024);
      const length = Math.hypot(...expected);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      expect([...vector].every((x, i) => Math.abs(x - (expected[i] ?? 0) / length) < 1e-6)).toBe(
        true,
      );
    });
    expect(server.requests).toHaveLength(kind === 'ark' ? 4 : 1);
  });

  it('is asked for no vectors of nothing, and refused a batch that is too large', async () => {
    const model = embedder('embed');
    expect(await model.embed([], { kind: 'passage' })).toEqual({ vectors: [], tokens: 0 });
    const tooMany = Array.from({ length: model.maxBatch + 1 }, () => '文');
    await expect(model.embed(tooMany, { kind: 'passage' })).rejects.toThrow(RangeError);
    expect(server.requests).toEqual([]);
  });

  it.each<[string, AiFailure]>([
    ['embed-429', 'rate_limited'],
    ['embed-500', 'unavailable'],
    ['embed-html', 'bad_answer'],
    ['embed-drop', 'unreachable'],
    ['embed-hang', 'timeout'],
    ['embed-credit', 'no_credit'],
    ['gone', 'unknown_model'],
  ])('%s fails as %s', async (model, kind_) => {
    const call = embedder(model, { timeoutMs: 300 }).embed(['私密的句子'], { kind: 'query' });
    const error = await failureOf(call);
    expect(error).toBeInstanceOf(AiError);
    expect(error).toMatchObject({ kind: kind_, provider: provider.name });
    expect(everythingIn(error)).not.toContain('私密');
  });

  it('gives up embedding when its caller does', async () => {
    const signal = AbortSignal.timeout(100);
    const call = embedder('embed-hang').embed(['一', '二'], { kind: 'passage', signal });
    expect(await failureOf(call)).toMatchObject({ kind: 'aborted' });
    const isLeft = () => server.requests.every(({ leftAt }) => leftAt !== null);
    await expect.poll(isLeft, { timeout: 1_000 }).toBe(true);
  });
});

describe('Volcengine Ark', () => {
  let server: ModelStandIn;
  let provider: Provider;
  beforeAll(async () => {
    server = await startModels({ kind: 'ark', apiKey: KEY });
    provider = { name: 'volcengine', kind: 'ark', baseUrl: server.baseUrl, apiKey: KEY };
  });
  afterAll(() => server.stop());

  it('thinks where it is told to, apart from the answer', async () => {
    const model = createChatModel(provider, { model: 'chat', thinking: 'enabled' });
    const { text, reasoning, events } = await outcomeOf(model, ask('问'));
    expect(reasoning).toBe('先想一想。');
    expect(text).toBe('收到：问');
    expect(events.at(-1)).toMatchObject({ usage: { reasoningTokens: 5, outputTokens: 9 } });
  });

  it('asks no more for the texts of a batch of which one has failed', async () => {
    const model = createEmbeddingModel(provider, { model: 'embed-500', dimensions: 1024 });
    server.requests.length = 0;
    const texts = Array.from({ length: 16 }, (_, at) => `第${at}段`);
    expect(await failureOf(model.embed(texts, { kind: 'passage' }))).toMatchObject({
      kind: 'unavailable',
    });
    expect(server.requests.length).toBeLessThan(9);
  });
});

describe('a batch for Volcengine Ark of which one text fails', () => {
  let server: ModelStandIn;
  beforeAll(async () => {
    server = await startModels({ kind: 'ark', apiKey: KEY });
  });
  afterAll(() => server.stop());

  /** The request for the text `at` is refused. */
  const failingAt = (at: number) => {
    const refuses = `第${at}段`;
    const limited: typeof fetch = async (input, init) =>
      String(init?.body).includes(refuses)
        ? new Response('{}', { status: 429 })
        : fetch(input, init);
    const { baseUrl } = server;
    return createEmbeddingModel(
      { name: 'volcengine', kind: 'ark', baseUrl, apiKey: KEY, fetch: limited },
      { model: 'embed', dimensions: 1024 },
    );
  };
  const texts = Array.from({ length: 16 }, (_, at) => `第${at}段`);

  it('brings the vectors before it, with the tokens of all that was answered', async () => {
    server.requests.length = 0;
    const { vectors, tokens } = await failingAt(5).embed(texts, { kind: 'passage' });
    expect(vectors).toHaveLength(5);
    expect(vectors[4]).toEqual(
      (await failingAt(99).embed(['第4段'], { kind: 'passage' })).vectors[0],
    );
    const answered = server.requests.length - 1;
    expect(answered).toBeLessThan(10);
    expect(tokens).toBe(3 * answered);
  });

  it('fails when that is the first, and says what was paid for all the same', async () => {
    server.requests.length = 0;
    const error = await failureOf(failingAt(0).embed(texts, { kind: 'passage' }));
    expect(error).toMatchObject({ kind: 'rate_limited' });
    const { length } = server.requests;
    expect(error).toMatchObject(length > 0 ? { detail: { tokens: 3 * length } } : {});
  });
});

describe('OpenAI and what speaks like it', () => {
  let server: ModelStandIn;
  let provider: Provider;
  beforeAll(async () => {
    server = await startModels({ kind: 'openai', apiKey: 'none' });
    provider = { name: 'openai', kind: 'openai', baseUrl: server.baseUrl, apiKey: null };
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.requests.length = 0;
  });

  it('is asked without a key where there is none, and a reasoning model in its own words', async () => {
    const model = createChatModel(provider, { model: 'gpt-6' });
    expect((await outcomeOf(model, ask('问', { temperature: 0.5 }))).text).toBe('收到：问');
    expect(server.requests[0]?.body).toMatchObject({ max_completion_tokens: 100 });
  });

  it('is asked for shorter vectors where the model can shorten them', async () => {
    const options = { model: 'text-embedding-3', dimensions: 256 };
    const { vectors } = await createEmbeddingModel(provider, options).embed(['文'], {
      kind: 'query',
    });
    expect(vectors[0]).toHaveLength(256);
  });

  it('that gives vectors of another length than configured says which', async () => {
    const call = createEmbeddingModel(provider, { model: 'embed', dimensions: 256 });
    expect(await failureOf(call.embed(['文'], { kind: 'query' }))).toMatchObject({
      kind: 'bad_answer',
      message: 'openai answered something that cannot be read (dimensions:1024)',
    });
  });

  it('that is not there is unreachable', async () => {
    const nobody = { ...provider, baseUrl: 'http://127.0.0.1:9/v1' };
    const chat = createChatModel(nobody, { model: 'chat', retries: 0 });
    expect((await outcomeOf(chat, ask('问'))).error).toMatchObject({ kind: 'unreachable' });
    const embed = createEmbeddingModel(nobody, { model: 'embed', dimensions: 1024 });
    expect(await failureOf(embed.embed(['文'], { kind: 'query' }))).toMatchObject({
      kind: 'unreachable',
    });
  });
});
