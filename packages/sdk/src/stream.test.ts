import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type AnswerEvent,
  ConnectionError,
  createClient,
  RateLimitError,
  ServerError,
  TimeoutError,
} from './index.js';
import { refuse, type Seen, serve } from './test-support.js';

const TEXT = '明前🍵茶最嫩，雨前次之。';

interface Opened {
  /** How often it has been opened. */
  count: number;
  after: number;
  response: ServerResponse;
}

/** A tRPC server whose answers are what `write` makes of them. */
async function answering(write: (opened: Opened) => AsyncIterable<unknown>) {
  const opened: number[] = [];
  const ended: string[] = [];
  const t = initTRPC.context<{ response: ServerResponse }>().create({
    transformer: superjson,
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      data: { ...shape.data, httpStatus: 429, appCode: error.message, requestId: 'r-9' },
    }),
  });
  const events = async function* (ctx: { response: ServerResponse }, after: number) {
    opened.push(after);
    try {
      yield* write({ count: opened.length, after, ...ctx });
    } finally {
      ended.push('ended');
    }
  };
  const procedure = t.procedure.input((value) => value as { after?: number });
  const router = t.router({
    messages: {
      stream: procedure.query(({ ctx, input }) => events(ctx, input.after ?? 0)),
    },
    assist: { edit: procedure.mutation(({ ctx }) => events(ctx, 0)) },
  });
  const server = createServer(
    createHTTPHandler({
      router,
      basePath: '/api/trpc/',
      allowMethodOverride: true,
      createContext: ({ res }) => ({ response: res }),
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, opened, ended };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const END = { type: 'end' };

/** The text unit by unit, so that characters come in halves; `at` is asked before each. */
async function* unitByUnit(after: number, at: (place: number) => unknown = () => undefined) {
  for (let place = after; place < TEXT.length; place += 1) {
    await at(place);
    yield { type: 'text', text: TEXT[place] };
    await pause(2);
  }
  yield END;
}

async function read(events: AsyncIterable<AnswerEvent>): Promise<string> {
  let text = '';
  for await (const event of events) if (event.type === 'text') text += event.text;
  return text;
}

const ID = { id: '01890000-0000-7000-8000-000000000000' };
const EDIT = { action: 'continue' as const, articleId: ID.id };

describe('a stream', () => {
  it('sends nothing before somebody reads', async () => {
    const { baseUrl, opened } = await answering(({ after }) => unitByUnit(after));
    const events = createClient({ baseUrl }).messages.stream(ID);
    await pause(50);
    expect(opened).toEqual([]);
    expect(await read(events)).toBe(TEXT);
    expect(opened).toEqual([0]);
  });

  it.each([
    ['that is reset', (response: ServerResponse) => response.destroy()],
    // What a proxy does whose server went away.
    ['that ends as if all were said', (response: ServerResponse) => response.end()],
  ])('goes on where it was on a line %s', async (_, cut) => {
    const { baseUrl, opened } = await answering(({ after, count, response }) =>
      unitByUnit(after, async (place) => {
        if (count > 2 || place !== count * 3) return;
        cut(response);
        await pause(5_000);
      }),
    );
    expect(await read(createClient({ baseUrl }).messages.stream(ID))).toBe(TEXT);
    expect(opened).toHaveLength(3);
    expect(opened).toEqual([...opened].sort((a, b) => a - b));
  });

  it('begins where its caller says, and counts on from there', async () => {
    const { baseUrl, opened } = await answering(({ after, count, response }) =>
      unitByUnit(after, (place) => count === 1 && place === 9 && response.destroy()),
    );
    const stream = createClient({ baseUrl }).messages.stream({ ...ID, after: 5 });
    expect(await read(stream)).toBe(TEXT.slice(5));
    expect(opened).toEqual([5, 9]);
  });

  it('gives up after as many cuts in a row as there are retries; a piece begins a new row', async () => {
    const { baseUrl, opened } = await answering(({ after, count, response }) =>
      unitByUnit(after, (place) => (count > 2 || place === 2) && response.destroy()),
    );
    const { messages } = createClient({ baseUrl });
    await expect(read(messages.stream(ID, { maxRetries: 1 }))).rejects.toBeInstanceOf(
      ConnectionError,
    );
    // What could not even be opened is tried once more by itself.
    expect([...new Set(opened)]).toEqual([0, 2]);
    const before = opened.length;
    expect(before).toBeLessThan(4);
    await expect(read(messages.stream(ID, { maxRetries: 0 }))).rejects.toBeInstanceOf(
      ConnectionError,
    );
    expect(opened).toHaveLength(before + 1);
  });

  it('is silent for no longer than a call may take', async () => {
    const { baseUrl } = await answering(() => unitByUnit(0, () => pause(60_000)));
    const stream = createClient({ baseUrl }).messages.stream(ID, { timeoutMs: 50, maxRetries: 0 });
    await expect(read(stream)).rejects.toBeInstanceOf(TimeoutError);
  });

  it('outlives the time that one call may take', async () => {
    const { baseUrl } = await answering(({ after }) => unitByUnit(after, () => pause(200)));
    const stream = createClient({ baseUrl }).messages.stream(ID, {
      timeoutMs: 2_000,
      maxRetries: 0,
    });
    expect(await read(stream)).toBe(TEXT);
  });

  it('ends the request when its reader leaves', async () => {
    const { baseUrl, ended } = await answering(({ after }) => unitByUnit(after, () => pause(20)));
    for await (const event of createClient({ baseUrl }).messages.stream(ID)) {
      if (event.type === 'text') break;
    }
    await expect.poll(() => ended).toEqual(['ended']);
  });

  it('fails as the server says, whatever has come by then', async () => {
    const { baseUrl, opened } = await answering(async function* () {
      yield { type: 'text', text: '明' };
      throw new Error('limit_reached');
    });
    const seen: unknown[] = [];
    const reading = async () => {
      for await (const event of createClient({ baseUrl }).assist.edit(EDIT)) seen.push(event);
    };
    const error = await reading().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ code: 'limit_reached', path: 'assist.edit', requestId: 'r-9' });
    expect(seen).toEqual([{ type: 'text', text: '明' }]);
    expect(opened).toHaveLength(1);
  });

  it('that writes is never asked for twice', async () => {
    const { baseUrl, opened } = await answering(({ response }) =>
      unitByUnit(0, (place) => place === 2 && response.destroy()),
    );
    const reading = read(createClient({ baseUrl }).assist.edit(EDIT) as AsyncIterable<AnswerEvent>);
    await expect(reading).rejects.toBeInstanceOf(ConnectionError);
    expect(opened).toHaveLength(1);
  });
});

describe('opening a stream', () => {
  it('is tried again where it may pass, and waits as it is asked to', async () => {
    const { baseUrl } = await answering(({ after }) => unitByUnit(after));
    const refused: Seen[] = [];
    const busy = await serve((request, response) => {
      refused.push(request);
      refuse(503, 'unavailable', {}, { 'retry-after': '0' })(request, response);
    });
    let tries = 0;
    const sometimes: typeof fetch = (to, init) => {
      tries += 1;
      return fetch(tries < 3 ? String(to).replace(baseUrl, busy.baseUrl) : to, init);
    };
    const client = createClient({ baseUrl, fetch: sometimes });
    expect(await read(client.messages.stream(ID))).toBe(TEXT);
    expect(refused).toHaveLength(2);
    expect(refused[0]?.headers['trpc-accept']).toBe('application/jsonl');
  });

  it('renews a token that has ended, once', async () => {
    const { baseUrl } = await answering(({ after }) => unitByUnit(after));
    const refusing = await serve(refuse(401, 'unauthenticated'));
    const asked: (string | null)[] = [];
    const client = createClient({
      baseUrl,
      auth: ({ refused }) => {
        asked.push(refused);
        return refused === null ? 'old' : 'new';
      },
      fetch: (to, init) => {
        const isOld = new Headers(init?.headers).get('authorization') === 'Bearer old';
        return fetch(isOld ? String(to).replace(baseUrl, refusing.baseUrl) : to, init);
      },
    });
    expect(await read(client.messages.stream(ID))).toBe(TEXT);
    expect(asked).toEqual([null, 'old']);
  });

  it('says what something in between answers', async () => {
    const page = await serve((_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
    });
    const { messages } = createClient({ baseUrl: page.baseUrl, maxRetries: 0 });
    const error = await messages
      .stream(ID)
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ status: 502, code: 'unavailable' });

    const moved = await serve((_, response) => {
      response.writeHead(308, { location: 'https://elsewhere.example.org/' }).end();
    });
    const elsewhere = createClient({ baseUrl: moved.baseUrl }).messages.stream(ID).next();
    await expect(elsewhere).rejects.toThrow('redirects to https://elsewhere.example.org');
    expect(moved.seen).toHaveLength(1);

    const other = await serve((_, response) => void response.end('<p>hello</p>'));
    const foreign = createClient({ baseUrl: other.baseUrl, maxRetries: 0 }).messages.stream(ID);
    await expect(foreign.next()).rejects.toBeInstanceOf(ConnectionError);
  });
});
