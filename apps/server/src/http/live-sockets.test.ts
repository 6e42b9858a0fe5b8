import { randomUUID } from 'node:crypto';
import type { LiveRouter } from '@ainotebook/api';
import type { LiveChanges } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { eq } from 'drizzle-orm';
import superjson from 'superjson';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { bearer, dataOf, type Person, useServer } from '../test-support.js';

const server = useServer({
  live: { perUser: 2, helloMs: 300, messagesPerMinute: 20, goodbyeMs: 200 },
});
const APP_URL = 'https://notes.test';
let anna: Person;
let ben: Person;
beforeAll(async () => {
  server.feed().start();
  [anna, ben] = [await server.register(), await server.register()];
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  server.drain(false);
  for (const close of closers.splice(0)) await close();
});

const address = (query = '') => `${server.url().replace('http', 'ws')}/ws${query}`;

/** The client of the web app, as a browser on our origin. */
function watch(token: string) {
  class BrowserSocket extends WebSocket {
    constructor(url: string | URL) {
      super(url, { origin: APP_URL });
    }
  }
  const closes: number[] = [];
  const errors: string[] = [];
  const seen: LiveChanges[] = [];
  let isStarted = false;
  const ws = createWSClient({
    url: address(),
    WebSocket: BrowserSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: async () => ({ token }),
    retryDelayMs: () => 60_000,
    onClose: (cause) => void closes.push(cause?.code ?? 0),
  });
  const client = createTRPCClient<LiveRouter>({
    links: [wsLink({ client: ws, transformer: superjson })],
  });
  const subscription = client.events.mine.subscribe(undefined, {
    onStarted: () => {
      isStarted = true;
    },
    onData: (changes) => void seen.push(changes),
    onError: (error) => void errors.push(error.message),
  });
  closers.push(() => {
    subscription.unsubscribe();
    return ws.close();
  });
  return {
    closes,
    errors,
    articles: () => seen.flatMap((changes) => changes.articles.map(({ id }) => id)),
    started: () => expect.poll(() => isStarted).toBe(true),
  };
}

/** A bare socket. @returns what became of it: a close code, or the status it was refused with */
function raw(options: ClientOptions & { query?: string; send?: (string | Buffer)[] } = {}) {
  const { query = '?connectionParams=1', send = [], ...rest } = options;
  return new Promise<string>((resolve) => {
    const socket = new WebSocket(address(query), { origin: APP_URL, ...rest });
    socket.on('open', () => {
      for (const message of send) socket.send(message);
    });
    socket.on('unexpected-response', (_req, res) => resolve(`status ${res.statusCode}`));
    socket.on('close', (code) => resolve(`closed ${code}`));
    socket.on('error', () => undefined);
    closers.push(() => socket.terminate());
  });
}

async function createArticle(person: Person): Promise<string> {
  const headers = { ...bearer(person), 'idempotency-key': randomUUID() };
  const answer = await server.mutate('articles.create', { title: 'a' }, headers);
  return (dataOf(answer) as { id: string }).id;
}

describe('/ws', () => {
  it('tells a user of the own changes and not of those of another', async () => {
    const [annas, bens] = [watch(anna.accessToken), watch(ben.accessToken)];
    await Promise.all([annas.started(), bens.started()]);
    const mine = await createArticle(anna);
    await expect.poll(annas.articles).toContain(mine);
    const his = await createArticle(ben);
    await expect.poll(bens.articles).toContain(his);
    expect(annas.articles()).not.toContain(his);
    expect(bens.articles()).not.toContain(mine);
  });

  it('refuses other sites, programs without an origin and other addresses', async () => {
    expect(await raw({ origin: 'https://evil.test' })).toBe('status 403');
    expect(await raw({ origin: '' })).toBe('status 403');
    expect(await raw({ origin: server.url() })).not.toContain('status');
    server.drain(true);
    expect(await raw()).toBe('status 503');
  });

  it('refuses names that are none, whatever stands in their place, and goes on', async () => {
    for (const host of ['[', '1.2.3.4.5', 'a b', '%', 'a:b', 'notes.test:99999']) {
      for (const query of ['', '?connectionParams=1', '?%']) {
        expect(await raw({ query, headers: { host } }), host).toBe('status 400');
      }
    }
    expect((await server.page('/health')).status).toBe(200);
  });

  it('refuses who is not signed in, and answers no other procedure', async () => {
    const params = (token: string) =>
      JSON.stringify({ method: 'connectionParams', data: { token } });
    const call = JSON.stringify({
      id: 1,
      method: 'query',
      params: { path: 'articles.list', input: { json: {} } },
    });
    expect(await raw({ send: [params('forged')] })).toMatch('closed');
    expect(await raw({ query: '', send: [call] })).toMatch('closed');
    const answers: string[] = [];
    const socket = new WebSocket(address('?connectionParams=1'), { origin: APP_URL });
    closers.push(() => socket.terminate());
    socket.on('open', () => {
      socket.send(params(anna.accessToken));
      socket.send(call);
    });
    socket.on('message', (data) => void answers.push(String(data)));
    await expect.poll(() => answers.join()).toContain('not_found');
  });

  it('does not wait for those who say nothing, too much or too large things', async () => {
    expect(await raw()).toBe('closed 1006');
    expect(await raw({ send: ['x'.repeat(100_000)] })).toBe('closed 1009');
    const chatter = Array.from({ length: 30 }, () => 'PING');
    expect(await raw({ send: chatter })).toBe('closed 1008');
    // Many in one frame are many.
    const list = Array.from({ length: 30 }, (_, id) => ({ id, method: 'subscription.stop' }));
    expect(await raw({ send: [` ${JSON.stringify(list)}`] })).toBe('closed 1008');
    expect(await raw({ send: ['{"data":1}'] })).toMatch('closed');
    expect((await server.page('/health')).status).toBe(200);
  });

  it('keeps a few windows of a user only', async () => {
    const first = [watch(ben.accessToken), watch(ben.accessToken)];
    for (const one of first) await one.started();
    const third = watch(ben.accessToken);
    await expect.poll(() => third.closes.length).toBe(1);
    const others = watch(anna.accessToken);
    await others.started();
  });

  it('ends with the session', async () => {
    const person = await server.register();
    const one = watch(person.accessToken);
    await one.started();
    const { db } = server.database();
    await db
      .update(schema.sessions)
      .set({ revokedAt: new Date() })
      .where(eq(schema.sessions.userId, person.id));
    await expect.poll(() => one.closes).toEqual([4401]);
  });
});

describe('the end of the server', () => {
  it('sends everybody elsewhere', async () => {
    const one = watch(anna.accessToken);
    await one.started();
    await server.sockets().close();
    await expect.poll(() => one.closes.length).toBeGreaterThan(0);
  });
});
