import type { ModelCall } from '@ainotebook/ai';
import { type ModelStandIn, startModels } from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModels } from './ai.js';
import { EnvError, parseEnv } from './env.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  EMBEDDED: 'true',
  APP_URL: 'https://notes.example.org',
};

/** The models of these settings, and what was warned of. */
function modelsOf(variables: Record<string, string>) {
  const warnings: string[] = [];
  const calls: ModelCall[] = [];
  const models = createModels(parseEnv(variables), {
    warn: (line) => warnings.push(line),
    onCall: (call) => calls.push(call),
  });
  return { ...models, warnings, calls };
}

function refusal(variables: Record<string, string>): string[] {
  try {
    modelsOf({ ...PRODUCTION, ...variables });
  } catch (error) {
    if (error instanceof EnvError) return error.lines;
    throw error;
  }
  return [];
}

describe('models', () => {
  let ark: ModelStandIn;
  let openai: ModelStandIn;
  beforeAll(async () => {
    ark = await startModels({ kind: 'ark', apiKey: 'ark-key' });
    openai = await startModels({ kind: 'openai', apiKey: 'none' });
  });
  afterAll(() => Promise.all([ark.stop(), openai.stop()]));

  it('are none without settings, and nothing is said of it', () => {
    const none = { providers: [], chat: null, chatModels: [], embedding: null, webSearch: null };
    expect(modelsOf({})).toEqual({ ...none, warnings: [], calls: [] });
  });

  it('of Volcengine need its key alone, those of OpenAI theirs', () => {
    const volcengine = modelsOf({ VOLCENGINE_API_KEY: 'k' });
    expect(volcengine.chat).toMatchObject({ provider: 'volcengine', contextTokens: 32_000 });
    expect(volcengine.embedding).toMatchObject({
      model: 'doubao-embedding-vision-251215',
      dimensions: 1024,
    });
    const { chat, embedding, warnings } = modelsOf({ OPENAI_API_KEY: 'k' });
    expect(chat).toMatchObject({ provider: 'openai', model: 'gpt-6-luna' });
    expect(embedding).toMatchObject({ model: 'text-embedding-3-small' });
    expect(warnings).toEqual([]);
  });

  it('of a server of one’s own need no key but a name, and have no vectors unless named', () => {
    const OPENAI_BASE_URL = 'http://127.0.0.1:11434/v1/';
    const { chat, embedding } = modelsOf({ OPENAI_BASE_URL, OPENAI_CHAT_MODEL: 'qwen3:8b' });
    expect(chat).toMatchObject({ model: 'qwen3:8b' });
    expect(embedding).toBeNull();
    const line = 'OPENAI_BASE_URL is half configured: OPENAI_CHAT_MODEL is missing.';
    expect(refusal({ OPENAI_BASE_URL })).toEqual([line]);
    expect(modelsOf({ OPENAI_BASE_URL })).toMatchObject({
      chat: null,
      warnings: [`${line} It stays off.`],
    });
  });

  it('are asked in the order of AI_PROVIDERS, the next one where one fails', async () => {
    const { chat, calls } = modelsOf({
      AI_PROVIDERS: 'openai, volcengine',
      OPENAI_BASE_URL: openai.baseUrl,
      OPENAI_CHAT_MODEL: 'chat-500',
      VOLCENGINE_API_KEY: 'ark-key',
      VOLCENGINE_BASE_URL: ark.baseUrl,
      VOLCENGINE_CHAT_MODEL: 'chat',
      VOLCENGINE_THINKING: 'auto',
    });
    let text = '';
    const messages = [{ role: 'user' as const, content: '你好' }];
    for await (const event of chat?.stream({ messages, maxTokens: 50 }) ?? [])
      if (event.type === 'text') text += event.text;
    expect(text).toBe('收到：你好');
    expect(openai.requests).toHaveLength(1);
    expect(ark.requests[0]?.body.thinking).toEqual({ type: 'auto' });
    // Both were asked, and both are told of.
    expect(calls).toMatchObject([
      { provider: 'openai', model: 'chat-500', failure: 'unavailable', usage: null },
      { provider: 'volcengine', model: 'chat', failure: null, usage: { isEstimated: false } },
    ]);
    expect(calls[1]?.firstWordMs).toBeGreaterThan(0);
  });

  it('that are named but not set up are a reason not to start', () => {
    expect(refusal({ AI_PROVIDERS: 'openai', VOLCENGINE_API_KEY: 'k' })).toEqual([
      'AI_PROVIDERS names openai, which is not set up: OPENAI_API_KEY (or OPENAI_BASE_URL) is missing.',
    ]);
    expect(refusal({ AI_EMBEDDING_PROVIDER: 'volcengine' })).toEqual([
      'AI_EMBEDDING_PROVIDER names volcengine: VOLCENGINE_API_KEY is missing.',
    ]);
    expect(refusal({ VOLCENGINE_API_KEY: 'k', EMBEDDING_DIMENSIONS: '768' })).toEqual([
      'EMBEDDING_DIMENSIONS must be 1024 or 2048 with Volcengine (it is 768).',
    ]);
    expect(refusal({ AI_PROVIDERS: 'gemini' })[0]).toMatch(
      /^AI_PROVIDERS must be a list of volcengine and openai/,
    );
  });

  it('need prices where money is counted', () => {
    const variables = {
      VOLCENGINE_API_KEY: 'k',
      AI_BUDGET_YUAN: '300',
      AI_PRICES_JSON: '{"doubao-seed-2-0-lite-260428":{"input":0.6,"output":3.6}}',
    };
    const line =
      'AI_BUDGET_YUAN needs a price of doubao-embedding-vision-251215 in AI_PRICES_JSON.';
    expect(refusal(variables)).toEqual([line]);
    expect(modelsOf(variables).warnings).toEqual([`${line} Its calls are not counted.`]);
    const withoutVectors = { ...variables, AI_EMBEDDING_PROVIDER: 'off' };
    expect(modelsOf(withoutVectors).warnings).toEqual([]);
    expect(refusal({ ...withoutVectors, SEARCH_ENGINE_API_KEY: 'k' })).toEqual([
      'AI_BUDGET_YUAN needs a price of bocha in AI_PRICES_JSON.',
    ]);
    const own = { SEARCH_ENGINE_BASE_URL: 'http://localhost:8888' };
    expect(modelsOf({ ...withoutVectors, ...own }).warnings).toEqual([]);
  });

  it('give no vectors where that is turned off', () => {
    expect(
      modelsOf({ VOLCENGINE_API_KEY: 'k', AI_EMBEDDING_PROVIDER: 'off' }).embedding,
    ).toBeNull();
  });
});

describe('prices', () => {
  it('are yuan, kept as millionths', () => {
    const AI_PRICES_JSON =
      '{"m":{"input":0.6,"output":3.6},"n":{"input":1,"cached":0.02,"output":0},"bocha":{"call":0.036}}';
    expect(parseEnv({ AI_PRICES_JSON }).env.AI_PRICES_JSON).toEqual(
      new Map([
        ['m', { input: 600_000, cached: 600_000, output: 3_600_000, call: 0 }],
        ['n', { input: 1_000_000, cached: 20_000, output: 0, call: 0 }],
        ['bocha', { input: 0, cached: 0, output: 0, call: 36_000 }],
      ]),
    );
  });

  it.each(['{', '[]', '{"m":{"input":1}}', '{"m":{"input":-1,"output":1}}', '{"m":1}'])(
    'that cannot be read are a reason not to start: %s',
    (AI_PRICES_JSON) => {
      expect(refusal({ AI_PRICES_JSON })[0]).toMatch(/^AI_PRICES_JSON must be JSON like \{/);
    },
  );
});

describe('web search', () => {
  it('is by Bocha with a key alone, by SearXNG with an address alone, by whom is named otherwise', () => {
    const providerOf = (variables: Record<string, string>) =>
      modelsOf(variables).webSearch?.provider;
    const key = { SEARCH_ENGINE_API_KEY: 'k' };
    expect(providerOf(key)).toBe('bocha');
    expect(providerOf({ SEARCH_ENGINE_BASE_URL: 'http://localhost:8888' })).toBe('searxng');
    expect(providerOf({ ...key, SEARCH_ENGINE_PROVIDER: 'tavily' })).toBe('tavily');
  });

  it('that is half set up is a reason not to start', () => {
    expect(refusal({ SEARCH_ENGINE_PROVIDER: 'brave' })).toEqual([
      'Web search by brave is half configured: SEARCH_ENGINE_API_KEY is missing.',
    ]);
    expect(refusal({ SEARCH_ENGINE_PROVIDER: 'searxng', SEARCH_ENGINE_API_KEY: 'k' })).toEqual([
      'Web search by searxng is half configured: SEARCH_ENGINE_BASE_URL is missing.',
    ]);
  });
});
