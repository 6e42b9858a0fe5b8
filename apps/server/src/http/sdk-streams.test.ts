// Streams of the published client over a real server, and over a network that fails.
import {
  AbortError,
  type AiNotebook,
  type AnswerEvent,
  ApiError,
  AuthenticationError,
  ConnectionError,
  createClient,
  type Message,
  NotFoundError,
  PermissionDeniedError,
} from '@ainotebook/sdk';
import {
  type FaultProxy,
  type ModelStandIn,
  startFaultProxy,
  startModels,
} from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { useServer } from '../test-support.js';

/** No piece of it is like another; some of its characters are two units long. */
const LONG = `${Array.from({ length: 40 }, (_, n) => `第${n}泡🍵`).join('，')}。用沸水 [1]。`;

let provider: ModelStandIn;
let said = LONG;
beforeAll(async () => {
  provider = await startModels({ kind: 'openai', apiKey: 'key', answer: () => said });
});
afterAll(() => provider.stop());

const server = useServer({
  ai: () => ({
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: provider.baseUrl,
    // A piece every 50 ms.
    OPENAI_CHAT_MODEL: 'chat-slow',
    OPENAI_EMBEDDING_MODEL: 'embed',
  }),
});

let people = 0;

/** Somebody new with a note that answers. */
async function register(baseUrl = server.url()): Promise<{ notes: AiNotebook; noteId: string }> {
  people += 1;
  const guest = createClient({ baseUrl });
  const session = await guest.auth.register({
    email: `stream${people}@example.org`,
    password: 'correct horse battery',
    displayName: `${people}`,
    session: 'token',
  });
  const notes = guest.withSession(session);
  const { id } = await notes.articles.create({ title: '岩茶', content: '岩茶要用沸水冲泡。\n' });
  await server.runJobs();
  return { notes, noteId: id };
}

const QUESTION = '岩茶用什么水冲泡？';

/** Reads to the end. */
async function readAll(events: AsyncIterable<AnswerEvent>) {
  const pieces: string[] = [];
  let whole: Message | undefined;
  for await (const event of events) {
    if (event.type === 'text') pieces.push(event.text);
    if (event.type === 'end') whole = event.message;
  }
  if (!whole) throw new Error('the stream ended before the answer');
  return { pieces, text: pieces.join(''), whole };
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** The last answer of the latest conversation, as it is stored. */
async function storedAnswer(notes: AiNotebook): Promise<Message | undefined> {
  const [latest] = (await notes.conversations.list()).items;
  if (!latest) return undefined;
  return (await notes.conversations.get({ id: latest.id })).messages.at(-1);
}

describe('a question', () => {
  it('is answered word by word, then whole with its citations, and asked further', async () => {
    said = LONG;
    const { notes } = await register();
    const { pieces, text, whole } = await readAll(notes.conversations.chat({ question: QUESTION }));
    expect(pieces.length).toBeGreaterThan(5);
    expect(text).toBe(LONG);
    expect(whole).toMatchObject({ status: 'done', content: LONG });
    expect(whole.createdAt).toBeInstanceOf(Date);
    expect(whole.citations).toMatchObject([{ number: 1, title: '岩茶' }]);

    said = '再用沸水 [1]。';
    const next = await readAll(notes.conversations.chat({ question: '再泡呢？', follows: whole }));
    expect(next.whole.conversationId).toBe(whole.conversationId);
    const { messages } = await notes.conversations.get({ id: whole.conversationId });
    expect(messages.find(({ id }) => id === next.whole.parentId)?.parentId).toBe(whole.id);
  });

  it('is written no further once its reader leaves', async () => {
    said = LONG;
    const { notes } = await register();
    for await (const event of notes.conversations.chat({ question: QUESTION })) {
      if (event.type === 'text') break;
    }
    const left = await storedAnswer(notes);
    expect(left?.status).toBe('stopped');
    expect(left?.content.length).toBeLessThan(LONG.length);
    await expect.poll(() => provider.requests.at(-1)?.leftAt).not.toBeNull();
  });

  it('is written no further once its signal says so', async () => {
    said = LONG;
    const { notes } = await register();
    const { signal, abort } = abortable();
    const reading = (async () => {
      for await (const event of notes.conversations.chat({ question: QUESTION }, { signal })) {
        if (event.type === 'text') abort();
      }
    })();
    expect(await refusal(reading)).toBeInstanceOf(AbortError);
    expect((await storedAnswer(notes))?.status).toBe('stopped');
  });
});

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** An answer that is being written; read by somebody else than who asked. */
async function unfinished(notes: AiNotebook): Promise<string> {
  said = LONG;
  const { id: conversationId } = await notes.conversations.create();
  const sent = { conversationId, id: crypto.randomUUID(), parentId: null, content: QUESTION };
  return (await notes.messages.send(sent)).answer.id;
}

describe('an answer', () => {
  it('goes on for its other readers when one leaves, and is read from any place', async () => {
    const { notes } = await register();
    const id = await unfinished(notes);
    for await (const event of notes.messages.stream({ id })) if (event.type === 'text') break;
    const { text, whole } = await readAll(notes.messages.stream({ id, after: 7 }));
    expect(whole).toMatchObject({ status: 'done', content: LONG });
    expect(text).toBe(LONG.slice(7));
    // It is over, and still read as if it were not.
    expect((await readAll(notes.messages.stream({ id, after: 7 }))).text).toBe(LONG.slice(7));
  });

  it('is its owner’s alone, and of keys for conversations', async () => {
    const [one, two] = [await register(), await register()];
    const id = await unfinished(one.notes);
    const read = (client: AiNotebook) => refusal(readAll(client.messages.stream({ id })));
    expect(await read(two.notes)).toBeInstanceOf(NotFoundError);
    expect(await read(createClient({ baseUrl: server.url() }))).toBeInstanceOf(AuthenticationError);
    const other = await keyOf(one.notes, ['articles:read']);
    expect(await read(createClient({ baseUrl: server.url(), auth: other.secret }))).toBeInstanceOf(
      PermissionDeniedError,
    );
    await one.notes.messages.stop({ id });
  });

  it('is read no further with a key that was revoked meanwhile', async () => {
    const { notes } = await register();
    const { id: keyId, secret } = await keyOf(notes, ['conversations:read']);
    const reader = createClient({ baseUrl: server.url(), auth: secret });
    const id = await unfinished(notes);
    let isRevoked = false;
    const reading = (async () => {
      for await (const event of reader.messages.stream({ id })) {
        if (event.type !== 'text' || isRevoked) continue;
        isRevoked = true;
        await notes.$call('mutation', 'apiKeys.revoke', { id: keyId });
      }
    })();
    expect(await refusal(reading)).toBeInstanceOf(AuthenticationError);
    // It was being written still.
    expect((await notes.messages.stop({ id })).status).toBe('stopped');
  });

  it('is read no further in a session that has ended', async () => {
    const { notes } = await register();
    const id = await unfinished(notes);
    let isOut = false;
    const reading = (async () => {
      for await (const event of notes.messages.stream({ id }, { maxRetries: 0 })) {
        if (event.type !== 'text' || isOut) continue;
        isOut = true;
        await notes.$call('mutation', 'auth.logoutEverywhere');
      }
    })();
    expect(await refusal(reading)).toMatchObject({ status: 401, code: 'session_revoked' });
  });
});

async function keyOf(notes: AiNotebook, scopes: string[]) {
  const input = { name: 'stream', scopes, expiresInDays: 1 };
  return (await notes.$call('mutation', 'apiKeys.create', input)) as { id: string; secret: string };
}

describe('over a network that fails', () => {
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await startFaultProxy(Number(new URL(server.url()).port));
  });
  afterAll(() => proxy.close());

  it('an answer goes on where its line broke: no character is lost, none comes twice', async () => {
    const { notes } = await register();
    const id = await unfinished(notes);
    let opened = 0;
    const onLog = ({ path }: { path: string }) => {
      if (path === 'messages.stream') opened += 1;
    };
    const baseUrl = proxy.through(server.url()).replace(/\/$/, '');
    const reader = notes.withOptions({ baseUrl, onLog });
    let cuts = 0;
    let text = '';
    for await (const event of reader.messages.stream({ id })) {
      if (event.type === 'end') expect(event.message.content).toBe(LONG);
      if (event.type !== 'text') continue;
      text += event.text;
      if (text.length > (cuts + 1) * 50 && cuts < 3) {
        cuts += 1;
        proxy.reset();
      }
    }
    expect(cuts).toBe(3);
    expect(opened).toBeGreaterThanOrEqual(4);
    expect(text).toBe(LONG);
  });

  it('fails in the end where nobody answers any more', async () => {
    const { notes } = await register();
    const id = await unfinished(notes);
    const reader = notes.withOptions({ baseUrl: proxy.through(server.url()), maxRetries: 1 });
    const reading = (async () => {
      for await (const event of reader.messages.stream({ id })) {
        if (event.type === 'text') await proxy.set({ isDown: true });
      }
    })();
    expect(await refusal(reading)).toBeInstanceOf(ConnectionError);
    await proxy.set({});
    await notes.messages.stop({ id });
  });

  it('silence is not waited for: the line is opened again', async () => {
    const { notes } = await register();
    const id = await unfinished(notes);
    const reader = notes.withOptions({ baseUrl: proxy.through(server.url()) });
    let isSilent = false;
    let text = '';
    for await (const event of reader.messages.stream({ id }, { timeoutMs: 1_500 })) {
      if (event.type !== 'text') continue;
      text += event.text;
      if (isSilent) continue;
      isSilent = true;
      await proxy.set({ timeout: 'downstream' });
      setTimeout(() => void proxy.set({}), 2_500);
    }
    expect(text).toBe(LONG);
  });
});

describe('changes', () => {
  beforeAll(() => server.feed().start());

  it('are told across lines that break, each at least once, and nobody else’s', async () => {
    const [one, two] = [await register(), await register()];
    const proxy = await startFaultProxy(Number(new URL(server.url()).port));
    onTestFinished(() => proxy.close());
    const reader = one.notes.withOptions({ baseUrl: proxy.through(server.url()) });
    const made: string[] = [];
    const told = new Set<string>();
    for await (const event of reader.events.changes()) {
      if (event.type === 'changed') for (const { id } of event.articles) told.add(id);
      if (made.length < 4) {
        made.push((await one.notes.articles.create({ title: `${made.length}` })).id);
        await two.notes.articles.create({ title: 'of the other' });
        if (made.length % 2 === 0) proxy.reset();
      } else if (made.every((id) => told.has(id))) break;
    }
    expect([...told].filter((id) => id !== one.noteId).sort()).toEqual(made.sort());
  });
});

describe('help with a passage', () => {
  const rewrite = (articleId: string) => ({
    action: 'rewrite' as const,
    articleId,
    text: '岩茶要用沸水。',
  });

  it('comes as it is written', async () => {
    said = '岩茶，须以沸水冲泡。';
    const { notes, noteId } = await register();
    let text = '';
    for await (const event of notes.assist.edit(rewrite(noteId))) {
      if (event.type === 'text') text += event.text;
      if (event.type === 'end') expect(event).toMatchObject({ failure: null, model: 'chat-slow' });
    }
    expect(text).toBe(said);
  });

  it('ends at the provider when its reader leaves', async () => {
    said = LONG;
    const { notes, noteId } = await register();
    for await (const event of notes.assist.edit(rewrite(noteId))) if (event.type === 'text') break;
    await expect.poll(() => provider.requests.at(-1)?.leftAt).not.toBeNull();
    const { signal, abort } = abortable();
    const reading = (async () => {
      for await (const event of notes.assist.edit(rewrite(noteId), { signal })) {
        if (event.type === 'text') abort();
      }
    })();
    expect(await refusal(reading)).toBeInstanceOf(AbortError);
    await expect.poll(() => provider.requests.at(-1)?.leftAt).not.toBeNull();
  });

  it('is refused with a code, and asked for once', async () => {
    const [one, two] = [await register(), await register()];
    const asked = provider.requests.length;
    const foreign = refusal(two.notes.assist.edit(rewrite(one.noteId)).next());
    expect(await foreign).toBeInstanceOf(NotFoundError);
    const wrong = two.notes.assist.edit({ ...rewrite(two.noteId), text: '' }).next();
    expect(await refusal(wrong)).toMatchObject({
      code: 'bad_input',
      path: 'assist.edit',
      issues: [{ path: 'text' }],
    });
    expect(await refusal(wrong)).toBeInstanceOf(ApiError);
    expect(provider.requests).toHaveLength(asked);
  });
});
