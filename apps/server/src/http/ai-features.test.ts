import type { Message } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { type ModelStandIn, startModels } from '@ainotebook/testkit';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, dataOf, errorOf, type Person, useServer } from '../test-support.js';

const KEY = 'sk-canary-0b6d2f91-features';
const TEA = '岩茶要用沸水，水温低了，岩骨花香出不来。';
const SECRET = 'canary-question-7d01';

/** By how many events a stream brought its text. */
const piecesIn = (text: string) => text.match(/"type":"text"/g)?.length ?? 0;
type Place = Pick<ReturnType<typeof useServer>, 'send'>;
const asStream = (person: Person) => ({
  ...bearer(person),
  'trpc-accept': 'application/jsonl',
  'content-type': 'application/json',
  'x-ainotebook-client': 'test',
});
/** A mutation whose answer comes in pieces, all of them together. */
const streamed = (place: Place, path: string, { input, by }: { input: unknown; by: Person }) =>
  place.send({
    method: 'POST',
    path: `/api/trpc/${path}?batch=1`,
    headers: asStream(by),
    body: JSON.stringify({ 0: { json: input } }),
  });
/** The same for a query. */
const watched = (place: Place, path: string, { input, by }: { input: unknown; by: Person }) => {
  const asked = encodeURIComponent(JSON.stringify({ 0: { json: input } }));
  return place.send({ path: `/api/trpc/${path}?batch=1&input=${asked}`, headers: asStream(by) });
};

async function messageOf(
  place: Pick<ReturnType<typeof useServer>, 'query'>,
  by: Person,
  { conversationId, id }: Message,
): Promise<Message | undefined> {
  const got = await place.query('conversations.get', { id: conversationId }, bearer(by));
  const { messages } = dataOf(got) as { messages: Message[] };
  return messages.find((one) => one.id === id);
}

describe.each(['ark', 'openai'] as const)('with a provider that speaks as %s', (kind) => {
  let models: ModelStandIn;
  beforeAll(async () => {
    models = await startModels({ kind, apiKey: KEY, answer: () => '用沸水冲泡 [1]，水温要高。' });
  });
  const variables = (chat: string): Record<string, string> =>
    kind === 'ark'
      ? {
          VOLCENGINE_API_KEY: KEY,
          VOLCENGINE_BASE_URL: models.baseUrl,
          VOLCENGINE_CHAT_MODEL: chat,
          VOLCENGINE_EMBEDDING_MODEL: 'embed',
        }
      : {
          OPENAI_API_KEY: KEY,
          OPENAI_BASE_URL: models.baseUrl,
          OPENAI_CHAT_MODEL: chat,
          OPENAI_EMBEDDING_MODEL: 'embed',
        };
  const server = useServer({ ai: () => variables('chat') });
  afterAll(() => models?.stop());

  let person: Person;
  let other: Person;
  let noteId: string;
  beforeAll(async () => {
    [person, other] = [await server.register(), await server.register()];
    const made = { title: '武夷岩茶', content: TEA };
    ({ id: noteId } = dataOf(await server.mutate('articles.create', made, bearer(person))) as {
      id: string;
    });
    for (let ran = 1; ran > 0; ) {
      await server
        .services()
        .db.execute(sql`update outbox set next_at = now() where done_at is null`);
      ran = await server.runJobs();
    }
  });

  async function send(content: string, by = person) {
    const made = await server.mutate('conversations.create', {}, bearer(by));
    const { id: conversationId } = dataOf(made) as { id: string };
    const question = { conversationId, id: v7(), parentId: null, content };
    return server.mutate('messages.send', question, bearer(by));
  }
  const edit = (more: object = {}) =>
    streamed(server, 'assist.edit', {
      input: { articleId: noteId, action: 'fix', text: TEA, ...more },
      by: person,
    });
  /** What is set aside and not settled, of anybody. */
  const open = async () => {
    const { rows } = await server.services().db.execute<{ count: number; reserved: number }>(
      sql`select (select count(*)::int from usage_records where outcome = 'open') as count,
          (select coalesce(sum(reserved_tokens), 0)::int from usage_months) as reserved`,
    );
    return rows[0];
  };

  it('answers stream, found by words and meaning, and cite', async () => {
    const { answer } = dataOf(await send('岩茶用什么水泡？')) as { answer: Message };
    const input = { id: answer.id, after: 0 };
    const { text } = await watched(server, 'messages.stream', { input, by: person });
    expect(piecesIn(text)).toBeGreaterThan(0);
    expect(await messageOf(server, person, answer)).toMatchObject({
      status: 'done',
      citations: [{ articleId: noteId }],
      receipt: { provider: kind === 'ark' ? 'volcengine' : 'openai', retrieval: { how: 'hybrid' } },
    });
  });

  it('help with a passage streams, and suggestions come', async () => {
    const fixed = await edit({});
    expect(piecesIn(fixed.text)).toBeGreaterThan(2);
    for (const what of ['title', 'tags', 'summary', 'slug']) {
      const suggested = await server.mutate('assist.suggest', { id: noteId, what }, bearer(person));
      expect(dataOf(suggested)).toMatchObject({ isExtractive: false });
    }
  });

  it('prompts of a million tokens and ten thousand attachments are refused before anybody is asked', async () => {
    models.requests.length = 0;
    const tooMuch = `${SECRET} ${'茶'.repeat(200_000)}`;
    expect(errorOf(await send(tooMuch)).data.appCode).toBe('bad_input');
    expect((await edit({ text: tooMuch })).text).toContain('"appCode":"bad_input"');
    const ids = Array.from({ length: 10_000 }, () => v7());
    const scope = { kind: 'articles', ids };
    const made = await server.mutate('conversations.create', { scope }, bearer(person));
    expect(errorOf(made).data.appCode).toBe('bad_input');
    const huge = await send(`${SECRET} ${'茶'.repeat(1_000_000)}`);
    expect(errorOf(huge).data).toMatchObject({ appCode: 'too_large', httpStatus: 413 });
    expect(models.requests).toEqual([]);
    expect(JSON.stringify(server.log.lines)).not.toContain(SECRET);
  });

  it('of a hundred streams of a person two are written, and the others told why not', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => edit()));
    const refused = answers.filter(({ text }) => text.includes('limit_reached'));
    const written = answers.filter(({ text }) => piecesIn(text) > 0);
    expect(written.length + refused.length).toBe(100);
    expect(written.length).toBeGreaterThan(0);
    const theirs = dataOf(await server.query('articles.list', {}, bearer(other)));
    expect(theirs).toMatchObject({ items: [] });
    expect(await open()).toMatchObject({ count: 0, reserved: 0 });
  });

  it('streams that are left at once end at the provider, and leave nothing set aside', async () => {
    models.requests.length = 0;
    const leave = async () => {
      const controller = new AbortController();
      const body = JSON.stringify({
        0: { json: { articleId: noteId, action: 'fix', text: TEA } },
      });
      const asked = fetch(`${server.url()}/api/trpc/assist.edit?batch=1`, {
        method: 'POST',
        signal: controller.signal,
        headers: asStream(person),
        body,
      });
      const before = models.requests.length;
      await Promise.race([
        asked.catch(() => undefined),
        expect.poll(() => models.requests.length).toBeGreaterThan(before),
      ]);
      controller.abort();
      await asked.then((answer) => answer.text()).catch(() => undefined);
    };
    for (let i = 0; i < 10; i += 1) await leave();
    await expect.poll(open, { timeout: 10_000 }).toMatchObject({ count: 0, reserved: 0 });
  });

  describe('that does not take what it is told', () => {
    const wrong = useServer({
      ai: () => ({
        ...variables('chat'),
        [`${kind === 'ark' ? 'VOLCENGINE' : 'OPENAI'}_API_KEY`]: 'sk-wrong-canary-3c77',
      }),
    });
    const unknown = useServer({ ai: () => variables('no-such-model') });

    it.each([
      ['the key', () => wrong, 'bad_key'],
      ['the model', () => unknown, 'unknown_model'],
    ] as const)(
      '%s: the answer says so by its code, and nothing is set aside',
      async (_, of, code) => {
        const place = of();
        const one = await place.register();
        const note = { title: '岩茶', content: TEA };
        const made = await place.mutate('articles.create', note, bearer(one));
        const { id } = dataOf(made) as { id: string };
        await place.runJobs();
        const talk = await place.mutate('conversations.create', {}, bearer(one));
        const { id: conversationId } = dataOf(talk) as { id: string };
        const question = {
          conversationId,
          id: v7(),
          parentId: null,
          content: `岩茶用什么水？${SECRET}`,
        };
        const sent = dataOf(await place.mutate('messages.send', question, bearer(one)));
        const { answer } = sent as { answer: Message };
        const read = () => messageOf(place, one, answer);
        await expect
          .poll(read, { timeout: 10_000 })
          .toMatchObject({ status: 'failed', failure: code });
        const fixed = await streamed(place, 'assist.edit', {
          input: { articleId: id, action: 'fix', text: TEA },
          by: one,
        });
        expect(fixed.text).toContain(`"failure":"${code}"`);
        const suggested = await place.mutate('assist.suggest', { id, what: 'title' }, bearer(one));
        expect(errorOf(suggested).data.appCode).toBe('ai_failed');
        const calls = await place
          .services()
          .db.select()
          .from(schema.usageRecords)
          .where(eq(schema.usageRecords.userId, one.id));
        expect(calls.map(({ outcome }) => outcome)).not.toContain('open');
        // Vectors may have been had all the same.
        const chats = calls.filter(({ feature }) => feature !== 'embedding');
        expect(chats.length).toBeGreaterThan(2);
        for (const call of chats)
          expect(call).toMatchObject({ outcome: 'failed', inputTokens: 0, outputTokens: 0 });
        const lines = JSON.stringify(place.log.lines);
        for (const word of [SECRET, KEY, 'sk-wrong-canary-3c77']) expect(lines).not.toContain(word);
      },
    );
  });
});
