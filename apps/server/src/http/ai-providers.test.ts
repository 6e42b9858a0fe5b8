import type { AiProviders, Message, ModelPicks } from '@ainotebook/contract';
import { createChangeFeed, createDb, schema } from '@ainotebook/db';
import { type ModelStandIn, startModels } from '@ainotebook/testkit';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAi } from '../ai-in-use.js';
import { parseEnv } from '../env.js';
import type { Secrets } from '../secrets.js';
import {
  type Answer,
  bearer,
  dataOf,
  errorOf,
  memoryLog,
  type Person,
  useServer,
} from '../test-support.js';

/** Nothing of it is anywhere else. */
const KEY = 'sk-canary-7f3a91c2e8-4Zq9';
const CURRENT = 'encryption-key-of-the-tests-0123456789';
const NOTHING: ModelPicks = { chat: [], fast: null, embedding: null };
const TEA = '岩茶要用沸水，水温低了，岩骨花香出不来。';

let openai: ModelStandIn;
let ark: ModelStandIn;
let given: ModelStandIn;
const hosts = () => [openai, ark].map(({ baseUrl }) => new URL(baseUrl).host).join(',');
const env = () => ({
  AI_ALLOW_PRIVATE_HOSTS: hosts(),
  OPENAI_BASE_URL: given.baseUrl,
  OPENAI_API_KEY: 'key-of-the-environment',
  OPENAI_CHAT_MODEL: 'chat',
});

beforeAll(async () => {
  const answer = () => '用沸水 [1]。';
  [openai, ark, given] = await Promise.all([
    startModels({ kind: 'openai', apiKey: KEY, answer }),
    startModels({ kind: 'ark', apiKey: KEY, answer }),
    startModels({ kind: 'openai', apiKey: 'key-of-the-environment', answer }),
  ]);
});
const server = useServer({ ai: env });
afterAll(() => Promise.all([openai, ark, given].map((one) => one?.stop())));

const db = () => server.services().db;
let admin: Person;
let user: Person;

beforeAll(async () => {
  [admin, user] = [await server.register(), await server.register()];
  await db().update(schema.users).set({ role: 'admin' }).where(eq(schema.users.id, admin.id));
  const note = { title: '武夷岩茶', content: TEA };
  await server.mutate('articles.create', note, bearer(user));
  await server.runJobs();
});
beforeEach(async () => {
  await db().delete(schema.siteSettings);
  await db().delete(schema.aiProviders);
  await server.services().modelControl.reload();
  for (const one of [openai, ark, given]) one.requests.length = 0;
});

/** Everything that was answered to anybody. */
const answered: string[] = [];
async function asAdmin(procedure: string, input: unknown): Promise<Answer> {
  const answer = await server.mutate(`admin.ai.${procedure}`, input, bearer(admin));
  answered.push(answer.text);
  return answer;
}
async function settings(): Promise<AiProviders> {
  const answer = await server.query('admin.ai.listProviders', undefined, bearer(admin));
  answered.push(answer.text);
  return dataOf(answer) as AiProviders;
}
const codeOf = async (answer: Promise<Answer>) => errorOf(await answer).data.appCode;

type New = { name?: string; kind?: 'openai' | 'ark'; baseUrl?: string; apiKey?: string | null };
const gateway = (more: New = {}) => ({
  name: 'gateway',
  kind: 'openai',
  baseUrl: openai.baseUrl,
  apiKey: KEY,
  ...more,
});
async function add(more: New = {}): Promise<void> {
  expect((await asAdmin('createProvider', gateway(more))).status).toBe(200);
}
async function pick(picks: Partial<ModelPicks>): Promise<void> {
  expect((await asAdmin('pickModels', { ...NOTHING, ...picks })).status).toBe(200);
}
const test = async (model: string, more: object = {}) =>
  dataOf(await asAdmin('test', { kind: 'model', provider: 'gateway', model, ...more }));

/** What a person is answered. */
async function ask(): Promise<Message> {
  const made = await server.mutate('conversations.create', {}, bearer(user));
  const { id: conversationId } = dataOf(made) as { id: string };
  const question = { conversationId, id: v7(), parentId: null, content: '岩茶用什么水泡？' };
  const sent = dataOf(await server.mutate('messages.send', question, bearer(user)));
  const { answer } = sent as { answer: Message };
  const read = async () => {
    const whole = await server.query('conversations.get', { id: conversationId }, bearer(user));
    answered.push(whole.text);
    const { messages } = dataOf(whole) as { messages: Message[] };
    return messages.find(({ id }) => id === answer.id);
  };
  await expect.poll(async () => (await read())?.status, { timeout: 10_000 }).toBe('done');
  const message = await read();
  if (!message) throw new Error('the answer is gone');
  return message;
}

/** Another process over the same database. */
function processWith(
  encryption: Secrets['encryption'] = { current: CURRENT, former: null },
  variables: Record<string, string> = env(),
) {
  const { db: own, pool, close } = createDb(server.databaseUrl(), { max: 2 });
  const feed = createChangeFeed(pool, { intervalMs: 20 });
  const log = memoryLog();
  const ai = createAi(parseEnv(variables), {
    db: own,
    feed,
    encryption,
    warn: log.warn,
    onCall: () => undefined,
    onFault: (message, error) => log.error(message, { err: error }),
  });
  feed.start();
  return {
    ...ai,
    log,
    end: async () => {
      await feed.close();
      await close();
    },
  };
}
const chatOf = ({ models }: Pick<ReturnType<typeof processWith>, 'models'>) =>
  models().aiModels.chat.map(({ provider, model }) => `${provider}/${model}`);

describe('a provider that an administrator adds', () => {
  it.each(['openai', 'ark'] as const)(
    '%s answers people once its model is picked',
    async (kind) => {
      const standIn = kind === 'ark' ? ark : openai;
      await add({ kind, baseUrl: `${standIn.baseUrl}/` });
      expect((await ask()).receipt).toMatchObject({ provider: 'openai', model: 'chat' });
      await pick({ chat: [{ provider: 'gateway', model: 'chat' }] });
      const answer = await ask();
      expect(answer).toMatchObject({ status: 'done', content: '用沸水 [1]。' });
      expect(answer.receipt).toMatchObject({ provider: 'gateway', model: 'chat' });
      expect(standIn.requests).toHaveLength(1);
      expect(given.requests).toHaveLength(1);
      await pick(NOTHING);
      expect((await ask()).receipt).toMatchObject({ provider: 'openai' });
    },
  );

  it('is asked by as many as want an answer at the same time', async () => {
    await add();
    await pick({ chat: [{ provider: 'gateway', model: 'chat-hang' }] });
    const [model] = server.services().models().aiModels.chat;
    const leaving = new AbortController();
    const request = { messages: [{ role: 'user' as const, content: '茶' }], maxTokens: 50 };
    const streams = Array.from({ length: 12 }, () =>
      model?.stream({ ...request, signal: leaving.signal }).next(),
    );
    await expect.poll(() => openai.requests.length, { timeout: 5_000 }).toBe(12);
    leaving.abort();
    const ends = await Promise.allSettled(streams);
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['rejected']));
  });

  it('shows of its key the end alone: not in answers, not in the database, not in logs', async () => {
    await add();
    await pick({ chat: [{ provider: 'gateway', model: 'chat' }] });
    await ask();
    await test('chat');
    await asAdmin('createProvider', gateway());
    await asAdmin('updateProvider', { name: 'gateway', data: { baseUrl: 5, apiKey: KEY } });
    const { providers } = await settings();
    expect(providers.at(-1)).toEqual({
      name: 'gateway',
      kind: 'openai',
      baseUrl: openai.baseUrl,
      source: 'stored',
      isEnabled: true,
      key: 'kept',
      keyHint: '4Zq9',
    });
    expect(answered.join('\n')).not.toContain(KEY);
    expect(JSON.stringify(server.log.lines)).not.toContain(KEY);
    const { rows: tables } = await db().execute<{ name: string }>(
      sql`select quote_ident(table_name) as name from information_schema.tables
          where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    expect(tables.map(({ name }) => name)).toContain('ai_providers');
    const hex = Buffer.from(KEY).toString('hex');
    for (const { name } of tables) {
      const { rows } = await db().execute(
        sql`select 1 from ${sql.raw(name)} t where t::text like ${`%${KEY}%`} or t::text like ${`%${hex}%`}`,
      );
      expect([name, rows]).toEqual([name, []]);
    }
  });

  it('says by a code what came of trying it, before it is picked', async () => {
    await add();
    expect(await test('chat')).toMatchObject({ failure: null });
    expect(openai.requests.at(-1)?.body).toMatchObject({ model: 'chat', max_tokens: 16 });
    expect(await test('embed', { dimensions: 1024 })).toMatchObject({ failure: null });
    expect(await test('nosuch')).toMatchObject({ failure: 'unknown_model' });
    expect(await test('chat-500')).toMatchObject({
      failure: 'unavailable',
      detail: '500 InternalServiceError',
    });
    expect(await test('chat-credit')).toMatchObject({ failure: 'no_credit' });
    expect(await test('chat-drop')).toMatchObject({ failure: 'unreachable' });
    await asAdmin('updateProvider', { name: 'gateway', data: { apiKey: 'sk-wrong' } });
    expect(await test('chat')).toMatchObject({ failure: 'bad_key' });
    await asAdmin('updateProvider', { name: 'gateway', data: { apiKey: null } });
    expect(await test('chat')).toMatchObject({ failure: 'bad_key' });
    expect((await settings()).providers.at(-1)).toMatchObject({ key: 'none', keyHint: null });
    expect(await codeOf(asAdmin('test', { kind: 'model', provider: 'none', model: 'chat' }))).toBe(
      'not_found',
    );
  });

  it('hands over to the next one that is picked, and is told apart from the one for what is short', async () => {
    await add();
    const chat = [
      { provider: 'gateway', model: 'chat-500' },
      { provider: 'openai', model: 'chat' },
    ];
    await pick({ chat, fast: { provider: 'gateway', model: 'chat-slow' } });
    expect((await ask()).receipt).toMatchObject({ provider: 'openai', model: 'chat' });
    const listed = await server.query('articles.list', {}, bearer(user));
    const { items } = dataOf(listed) as { items: { id: string }[] };
    const suggest = { id: items[0]?.id, what: 'title' };
    expect((await server.mutate('assist.suggest', suggest, bearer(user))).status).toBe(200);
    expect(openai.requests.map(({ body }) => body.model)).toEqual(['chat-500', 'chat-slow']);
  });

  it('that is switched off is not asked: with nobody else picked, the notes are quoted', async () => {
    await add();
    await pick({ chat: [{ provider: 'gateway', model: 'chat' }] });
    await asAdmin('updateProvider', { name: 'gateway', data: { isEnabled: false } });
    expect((await settings()).problems).toEqual([
      { purpose: 'chat', provider: 'gateway', why: 'off' },
    ]);
    expect((await ask()).receipt).toMatchObject({ isExtractive: true });
    expect([openai.requests, given.requests]).toEqual([[], []]);
  });

  it('goes only once nothing of it is picked, and what was done is in the audit', async () => {
    await add();
    await pick({ chat: [{ provider: 'gateway', model: 'chat' }] });
    expect(await codeOf(asAdmin('deleteProvider', { name: 'gateway' }))).toBe('conflict');
    await pick(NOTHING);
    expect((await asAdmin('deleteProvider', { name: 'gateway' })).status).toBe(200);
    expect((await settings()).providers).toMatchObject([{ name: 'openai', source: 'environment' }]);
    const events = await db()
      .select()
      .from(schema.auditEvents)
      .where(eq(schema.auditEvents.actorId, admin.id));
    const own = events.filter(({ action }) => action.startsWith('ai.')).slice(-4);
    expect(own.map(({ action }) => action)).toEqual([
      'ai.provider_created',
      'ai.models_picked',
      'ai.models_picked',
      'ai.provider_deleted',
    ]);
    expect(own[0]).toMatchObject({ subjectType: 'ai_provider', subjectId: 'gateway' });
  });
});

describe('what cannot be', () => {
  it('is refused by a code: names that are taken, unknown providers, lengths that Volcengine has not', async () => {
    await add();
    expect(await codeOf(asAdmin('createProvider', gateway()))).toBe('name_taken');
    expect(await codeOf(asAdmin('createProvider', gateway({ name: 'openai' })))).toBe('name_taken');
    expect(await codeOf(asAdmin('createProvider', gateway({ name: 'Gate way' })))).toBe(
      'bad_input',
    );
    expect(await codeOf(asAdmin('createProvider', gateway({ name: 'b', apiKey: '密钥' })))).toBe(
      'bad_input',
    );
    expect(await codeOf(asAdmin('updateProvider', { name: 'none', data: {} }))).toBe('not_found');
    const chat = [{ provider: 'none', model: 'chat' }];
    expect(await codeOf(asAdmin('pickModels', { ...NOTHING, chat }))).toBe('not_found');
    await add({ name: 'ark', kind: 'ark', baseUrl: ark.baseUrl });
    const embedding = { provider: 'ark', model: 'embed', dimensions: 768 };
    expect(await codeOf(asAdmin('pickModels', { ...NOTHING, embedding }))).toBe('bad_input');
  });

  it('is an address of the own network that the operator has not named', async () => {
    for (const baseUrl of [
      given.baseUrl,
      'http://localhost:11434/v1',
      'http://169.254.169.254/latest',
      'http://10.0.0.1/v1',
      'http://db/v1',
      'https://models.example.org:8443/v1',
      'ftp://models.example.org/v1',
      'https://models.example.org/v1?key=1',
    ])
      expect(await codeOf(asAdmin('createProvider', gateway({ baseUrl }))), baseUrl).toBe(
        'bad_input',
      );
    await add({ baseUrl: 'https://models.example.org/v1' });
    await add({ name: 'inside' });
    const { end, ...closed } = processWith(undefined, { ...env(), AI_ALLOW_PRIVATE_HOSTS: '' });
    await pick({ chat: [{ provider: 'inside', model: 'chat' }] });
    await expect.poll(() => chatOf(closed)).toEqual([]);
    await end();
  });

  it('is another address with the key that was entered for the first', async () => {
    await add();
    const move = (data: object) => asAdmin('updateProvider', { name: 'gateway', data });
    expect(await codeOf(move({ baseUrl: ark.baseUrl }))).toBe('bad_input');
    expect((await move({ baseUrl: ark.baseUrl, apiKey: KEY })).status).toBe(200);
    // By hand, in the database: then the key does not open.
    await db().update(schema.aiProviders).set({ baseUrl: openai.baseUrl });
    expect((await settings()).providers.at(-1)).toMatchObject({ key: 'unreadable' });
  });
});

describe('other processes', () => {
  it('use what was picked soon, and keep what they know of providers until then', async () => {
    const { end, ...other } = processWith();
    expect(chatOf(other)).toEqual(['openai/chat']);
    await add();
    await pick({ chat: [{ provider: 'gateway', model: 'chat' }] });
    await expect.poll(() => chatOf(other)).toEqual(['gateway/chat']);
    const before = other.models();
    await other.inUse.reload();
    expect(other.models()).toBe(before);
    await asAdmin('updateProvider', { name: 'gateway', data: { isEnabled: false } });
    await expect.poll(() => chatOf(other)).toEqual([]);
    await end();
  });

  it('that cannot read what was picked go on with what they have', async () => {
    const { end, ...other } = processWith();
    await other.inUse.reload();
    await db().execute(sql`alter table ai_providers rename to ai_providers_away`);
    await db().execute(sql`insert into cache_inval (key) values ('ai')`);
    await expect(other.inUse.reload()).rejects.toThrow();
    expect(chatOf(other)).toEqual(['openai/chat']);
    await db().execute(sql`alter table ai_providers_away rename to ai_providers`);
    await add();
    await pick({ chat: [{ provider: 'gateway', model: 'chat' }] });
    await expect.poll(() => chatOf(other)).toEqual(['gateway/chat']);
    await end();
  });
});

describe('ENCRYPTION_KEY', () => {
  const NEXT = 'another-encryption-key-of-the-tests-01234';

  it('that is another one leaves keys unread, and says so; with the former one they are sealed anew', async () => {
    await add();
    await pick({ chat: [{ provider: 'gateway', model: 'chat' }] });
    const sealed = async () => (await db().select().from(schema.aiProviders))[0]?.sealedKey ?? null;
    const first = await sealed();
    const lost = processWith({ current: NEXT, former: null });
    await lost.inUse.reload();
    expect(chatOf(lost)).toEqual([]);
    expect(lost.log.lines).toMatchObject([
      { level: 'warn', message: expect.stringMatching(/gateway cannot be read: ENCRYPTION_KEY/) },
    ]);
    expect(await sealed()).toBe(first);
    await lost.end();
    const both = processWith({ current: NEXT, former: CURRENT });
    await both.inUse.reload();
    expect(chatOf(both)).toEqual(['gateway/chat']);
    await both.end();
    expect(await sealed()).not.toBe(first);
    const next = processWith({ current: NEXT, former: null });
    await next.inUse.reload();
    expect(chatOf(next)).toEqual(['gateway/chat']);
    await next.end();
    // This server knows the first secret only.
    expect((await settings()).providers.at(-1)).toMatchObject({ key: 'unreadable' });
    expect(
      await codeOf(asAdmin('test', { kind: 'model', provider: 'gateway', model: 'chat' })),
    ).toBe('encryption_off');
    await asAdmin('updateProvider', { name: 'gateway', data: { apiKey: KEY } });
    expect(await test('chat')).toMatchObject({ failure: null });
  });
});

describe('without an ENCRYPTION_KEY', () => {
  const bare = useServer({ ai: env, encryption: null });

  it('no key is kept; a server that asks for none can be added', async () => {
    const boss = await bare.register();
    const { db: own } = bare.services();
    await own.update(schema.users).set({ role: 'admin' }).where(eq(schema.users.id, boss.id));
    const create = (input: unknown) => bare.mutate('admin.ai.createProvider', input, bearer(boss));
    expect(await codeOf(create(gateway()))).toBe('encryption_off');
    const made = await create(gateway({ apiKey: null }));
    expect(dataOf(made)).toMatchObject({ canKeepKeys: false, providers: [{}, { key: 'none' }] });
  });
});

describe('where money is counted', () => {
  const priced = useServer({
    ai: () => ({
      ...env(),
      AI_BUDGET_YUAN: '10',
      AI_PRICES_JSON: '{"chat":{"input":1,"output":1}}',
    }),
  });

  it('no model is picked without a price', async () => {
    const boss = await priced.register();
    const { db: own } = priced.services();
    await own.update(schema.users).set({ role: 'admin' }).where(eq(schema.users.id, boss.id));
    const choose = (model: string) => {
      const chat = [{ provider: 'openai', model }];
      return priced.mutate('admin.ai.pickModels', { ...NOTHING, chat }, bearer(boss));
    };
    expect(errorOf(await choose('unpriced')).data).toMatchObject({
      appCode: 'bad_input',
      fields: [{ path: 'chat.0.model' }],
    });
    expect((await choose('chat')).status).toBe(200);
  });
});
