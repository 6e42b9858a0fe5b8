import { createChatModel, createEmbeddingModel, createWebSearch } from '@ainotebook/ai';
import type { TestAiInput } from '@ainotebook/contract';
import {
  type ModelStandIn,
  type SearchStandIn,
  startModels,
  startSearchEngines,
} from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { createContext } from '../context.js';
import { type Caller, createCaller } from '../router.js';
import { type TestUser, useApi } from '../test-support.js';
import { meterEmbedding } from '../usage/metered-embedding.js';
import { callsOf } from '../usage/test-support.js';

const t = useApi();
let models: ModelStandIn;
let engines: SearchStandIn;
let admin: TestUser;

beforeAll(async () => {
  models = await startModels({ kind: 'openai', apiKey: 'key' });
  engines = await startSearchEngines({ apiKey: 'key', pages: [] });
  admin = await t.user({ role: 'admin' });
});
afterAll(() => Promise.all([models.stop(), engines.stop()]));

/** A server with models under two keys, and somebody at it. */
function serverFor(
  { id: userId, sessionId }: TestUser,
  { role = 'admin', apiKey = 'key' }: { role?: 'admin' | 'user'; apiKey?: string } = {},
): Caller {
  const services = t.services();
  const at = (name: string, key: string) =>
    ({ name, kind: 'openai', apiKey: key, baseUrl: models.baseUrl }) as const;
  const chat = [
    createChatModel(at('openai', apiKey), { model: 'chat' }),
    createChatModel(at('other', 'wrong'), { model: 'chat' }),
  ];
  const embedding = createEmbeddingModel(at('openai', apiKey), {
    model: 'embed',
    dimensions: 1024,
  });
  const webSearch = createWebSearch({
    provider: 'bocha',
    apiKey,
    baseUrl: `${engines.url}/bocha`,
  });
  const all = {
    ...services,
    models: () => ({
      ...services.models(),
      aiModels: { chat, fast: null, webSearch },
      embedding: meterEmbedding(embedding, services.ledger),
    }),
  };
  return createCaller(createContext(all, t.request(), async () => ({ userId, sessionId, role })));
}

describe('what is set up', () => {
  it('is told without keys and addresses', async () => {
    const setup = await serverFor(admin).admin.ai.get();
    const model = { provider: 'openai', hasPrice: false };
    expect(setup).toEqual({
      chat: [
        { ...model, model: 'chat' },
        { ...model, provider: 'other', model: 'chat' },
      ],
      fast: null,
      embedding: { ...model, model: 'embed', dimensions: 1024 },
      webSearch: { provider: 'bocha', hasPrice: false },
    });
    const none = { chat: [], fast: null, embedding: null, webSearch: null };
    expect(await admin.api.admin.ai.get()).toEqual(none);
  });
});

describe('trying a connection', () => {
  const KINDS: TestAiInput[] = [
    { kind: 'chat', provider: 'openai' },
    { kind: 'embedding' },
    { kind: 'web_search' },
  ];

  it.each(KINDS)('of $kind makes a real call, which is in the ledger', async (input) => {
    const one = await t.user({ role: 'admin' });
    const tried = await serverFor(one).admin.ai.test(input);
    expect(tried).toMatchObject({ failure: null, detail: null });
    const feature = input.kind === 'embedding' ? 'embedding' : 'test';
    expect(await callsOf(t, one.id)).toMatchObject([{ feature, outcome: 'done' }]);
  });

  it('asks a chat model for a few tokens at most', async () => {
    await serverFor(admin).admin.ai.test({ kind: 'chat', provider: 'openai' });
    expect(models.requests.at(-1)?.body).toMatchObject({ model: 'chat', max_tokens: 16 });
  });

  it.each(KINDS)('of $kind with a wrong key says so', async (input) => {
    const tried = await serverFor(admin, { apiKey: 'wrong' }).admin.ai.test(input);
    expect(tried.failure).toBe('bad_key');
    expect(JSON.stringify(tried)).not.toContain('wrong');
  });

  it('of the second chat model asks that one alone', async () => {
    const tried = await serverFor(admin).admin.ai.test({ kind: 'chat', provider: 'other' });
    expect(tried.failure).toBe('bad_key');
  });

  it('that is not there, or by others, is refused', async () => {
    const test = (caller: Caller, input: TestAiInput) => codeOf(caller.admin.ai.test(input));
    expect(await test(serverFor(admin), { kind: 'chat', provider: 'none' })).toBe('not_found');
    for (const input of KINDS) {
      expect(await test(admin.api, input)).toBe('not_found');
      const other = serverFor(await t.user(), { role: 'user' });
      expect(await test(other, input)).toBe('forbidden');
      expect(await test(t.api(), input)).toBe('unauthenticated');
    }
  });
});
