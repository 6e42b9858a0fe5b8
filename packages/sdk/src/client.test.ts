import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import superjson from 'superjson';
import { afterEach, describe, expect, it } from 'vitest';
import {
  AbortError,
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  createClient,
  isAiNotebookError,
  type LogEvent,
  NotFoundError,
  RateLimitError,
  ServerError,
  TimeoutError,
  UnsupportedByServerError,
} from './index.js';

interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  input: unknown;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that answers the n-th request with `script[n]` (the last one again and again). */
async function serve(...script: ((request: Seen, response: ServerResponse) => void)[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://test');
      const raw =
        request.method === 'GET' ? url.searchParams.get('input') : Buffer.concat(chunks).toString();
      const entry: Seen = {
        method: request.method ?? '',
        path: url.pathname,
        headers: request.headers,
        input: raw ? superjson.parse(raw) : undefined,
      };
      seen.push(entry);
      script[Math.min(seen.length, script.length) - 1]?.(entry, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, seen };
}

const answer = (data: unknown) => (_: Seen, response: ServerResponse) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ result: { data: superjson.serialize(data) } }));
};

const refuse =
  (status: number, appCode: string, extra: object = {}, headers: Record<string, string> = {}) =>
  (_: Seen, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    const shape = {
      message: extra && 'message' in extra ? extra.message : 'refused',
      code: -32000,
      data: { code: 'X', httpStatus: status, appCode, requestId: 'r-1', ...extra },
    };
    response.end(JSON.stringify({ error: superjson.serialize(shape) }));
  };

describe('a call', () => {
  it('sends the input and revives dates', async () => {
    const createdAt = new Date('2026-01-02T03:04:05.678Z');
    const { baseUrl, seen } = await serve(
      answer({ handle: 'tea', displayName: '茶', bio: '', createdAt }),
    );
    const profile = await createClient({ baseUrl }).users.profile({ handle: 'tea' });
    expect(profile.createdAt).toEqual(createdAt);
    expect(seen[0]).toMatchObject({
      method: 'GET',
      path: '/api/trpc/users.profile',
      input: { handle: 'tea' },
    });
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  it('accepts a base address with a trailing slash and refuses one that is not http', async () => {
    const { baseUrl } = await serve(answer([]));
    await expect(createClient({ baseUrl: `${baseUrl}/` }).tags.list()).resolves.toEqual([]);
    expect(() => createClient({ baseUrl: 'ftp://x' })).toThrow(TypeError);
  });

  it('travels as POST when the input is long', async () => {
    const { baseUrl, seen } = await serve(answer({ items: [] }));
    await createClient({ baseUrl }).$call('query', 'search.query', { q: '长'.repeat(5000) });
    expect(seen[0]?.method).toBe('POST');
  });

  it('sends one idempotency key on every attempt of a mutation', async () => {
    const { baseUrl, seen } = await serve(
      refuse(503, 'unavailable', { retryAfterMs: 1 }),
      refuse(503, 'unavailable', { retryAfterMs: 1 }),
      answer({ count: 0 }),
    );
    await createClient({ baseUrl }).articles.emptyTrash();
    const keys = seen.map((request) => request.headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\x21-\x7e]{8,128}$/);
  });
});

describe('errors', () => {
  it.each([
    [401, 'unauthenticated', AuthenticationError],
    [404, 'not_found', NotFoundError],
    [409, 'slug_taken', ConflictError],
  ])('%i becomes a typed error with code, request id and fields', async (status, code, type) => {
    const fields = [{ path: 'id', message: 'bad' }];
    const { baseUrl } = await serve(refuse(status, code, { fields }));
    const error = await createClient({ baseUrl })
      .tags.list()
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({
      status,
      code,
      requestId: 'r-1',
      path: 'tags.list',
      issues: fields,
    });
    expect(isAiNotebookError(error)).toBe(true);
  });

  it('an unknown procedure says that the server does not support it', async () => {
    const message = 'No procedure found on path "future.thing"';
    const { baseUrl } = await serve(refuse(404, 'not_found', { message }));
    await expect(createClient({ baseUrl }).$call('query', 'future.thing')).rejects.toBeInstanceOf(
      UnsupportedByServerError,
    );
  });

  it('an HTML error page of a proxy is a server error, not a crash', async () => {
    const { baseUrl } = await serve((_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<h1>Bad Gateway</h1>');
    });
    const error = await createClient({ baseUrl, maxRetries: 0 })
      .tags.list()
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ status: 502, code: 'unavailable' });
  });

  it('a cut or refused connection is a ConnectionError', async () => {
    const { baseUrl } = await serve((_, response) => response.destroy());
    await expect(createClient({ baseUrl, maxRetries: 0 }).tags.list()).rejects.toBeInstanceOf(
      ConnectionError,
    );
  });

  it('a redirect is not followed: it would carry the input to another host', async () => {
    const other = await serve(answer([]));
    const { baseUrl } = await serve((_, response) => {
      response.writeHead(307, { location: `${other.baseUrl}/api/trpc/auth.login` });
      response.end();
    });
    const login = createClient({ baseUrl, maxRetries: 0 }).auth.login({
      email: 'a@example.org',
      password: 'secret password',
    });
    await expect(login).rejects.toBeInstanceOf(ConnectionError);
    expect(other.seen).toEqual([]);
  });

  it('truncated JSON is a ConnectionError', async () => {
    const { baseUrl } = await serve((_, response) => response.end('{"result":{"da'));
    await expect(createClient({ baseUrl, maxRetries: 0 }).tags.list()).rejects.toBeInstanceOf(
      ConnectionError,
    );
  });
});

describe('retries', () => {
  it('honours Retry-After, then succeeds', async () => {
    const { baseUrl, seen } = await serve(
      refuse(429, 'rate_limited', {}, { 'retry-after': '0' }),
      answer([]),
    );
    await expect(createClient({ baseUrl }).tags.list()).resolves.toEqual([]);
    expect(seen).toHaveLength(2);
  });

  it('gives up at once when the server asks for a wait of over a minute', async () => {
    const { baseUrl, seen } = await serve(refuse(429, 'rate_limited', { retryAfterMs: 900_000 }));
    const error = await createClient({ baseUrl })
      .tags.list()
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(seen).toHaveLength(1);
  });

  it('never repeats what the server refused for good', async () => {
    const { baseUrl, seen } = await serve(refuse(400, 'bad_input'));
    await expect(createClient({ baseUrl }).tags.list()).rejects.toBeInstanceOf(ApiError);
    expect(seen).toHaveLength(1);
  });
});

describe('ending a call', () => {
  it('a time-out is a TimeoutError', async () => {
    const { baseUrl } = await serve(() => undefined);
    const client = createClient({ baseUrl, timeoutMs: 30, maxRetries: 0 });
    await expect(client.tags.list()).rejects.toBeInstanceOf(TimeoutError);
  });

  it('the caller’s signal ends it, also while it waits to retry', async () => {
    const { baseUrl } = await serve(refuse(503, 'unavailable', { retryAfterMs: 30_000 }));
    const controller = new AbortController();
    const call = createClient({ baseUrl }).tags.list({ signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(call).rejects.toBeInstanceOf(AbortError);
  });
});

describe('pages', () => {
  const page = (ids: string[], nextCursor: string | null) =>
    answer({ items: ids.map((id) => ({ id })), nextCursor });

  it('await gives the first page, for await every item', async () => {
    const { baseUrl, seen } = await serve(
      page(['a', 'b'], 'c1'),
      page(['a', 'b'], 'c1'),
      page(['c'], null),
    );
    const client = createClient({ baseUrl });
    expect((await client.articles.list({ limit: 2 })).nextCursor).toBe('c1');
    const ids: string[] = [];
    for await (const article of client.articles.list({ limit: 2 })) ids.push(article.id);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(seen[2]?.input).toEqual({ limit: 2, cursor: 'c1' });
  });
});

describe('a session', () => {
  const session = {
    accessToken: 'old',
    accessTokenExpiresAt: new Date(Date.now() + 900_000),
    refreshToken: 'refresh-token-0123456789',
  };
  const renewed = answer({
    user: {},
    accessToken: 'new',
    accessTokenExpiresAt: new Date(Date.now() + 900_000),
    refreshToken: 'refresh-token-9876543210',
  });
  const route = (request: Seen, response: ServerResponse) => {
    if (request.path.endsWith('auth.refresh')) renewed(request, response);
    else if (request.headers.authorization === 'Bearer new') answer([])(request, response);
    else refuse(401, 'unauthenticated')(request, response);
  };

  it('is renewed once for five calls that were refused together, and stored', async () => {
    const { baseUrl, seen } = await serve(route);
    const stored: (string | null)[] = [];
    const client = createClient({ baseUrl }).withSession(session, {
      onChange: (changed) => stored.push(changed.refreshToken),
    });
    await Promise.all(Array.from({ length: 5 }, () => client.tags.list()));
    expect(seen.filter((request) => request.path.endsWith('auth.refresh'))).toHaveLength(1);
    expect(stored).toEqual(['refresh-token-9876543210']);
  });

  it('is renewed before it ends', async () => {
    const { baseUrl, seen } = await serve(route);
    await createClient({ baseUrl })
      .withSession({ ...session, accessTokenExpiresAt: new Date() })
      .tags.list();
    expect(seen.map((request) => request.path)).toEqual([
      '/api/trpc/auth.refresh',
      '/api/trpc/tags.list',
    ]);
  });

  it('never shows a token to the log', async () => {
    const { baseUrl } = await serve(route);
    const events: LogEvent[] = [];
    await createClient({ baseUrl, onLog: (event) => events.push(event) })
      .withSession(session)
      .tags.list();
    expect(events.length).toBeGreaterThan(0);
    expect(JSON.stringify(events)).not.toMatch(/old|new|refresh-token/);
  });
});
