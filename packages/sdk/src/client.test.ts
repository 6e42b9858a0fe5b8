import { describe, expect, it } from 'vitest';
import { createClient } from './index.js';
import { answer, refuse, serve } from './test-support.js';

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
    for (const wrong of [
      'ftp://x',
      'notes.example.org',
      'http://a:b@x',
      'http://x/?a=b',
      'http://x/#a',
    ])
      expect(() => createClient({ baseUrl: wrong })).toThrow(TypeError);
  });

  it('keeps the path of a server that lives below one', async () => {
    const { baseUrl, seen } = await serve(answer([]));
    await createClient({ baseUrl: `${baseUrl}/notes/` }).tags.list();
    expect(seen[0]?.path).toBe('/notes/api/trpc/tags.list');
  });

  it('travels as POST when its address would be long, where a Chinese character takes nine', async () => {
    const { baseUrl, seen } = await serve(answer({ items: [] }));
    const client = createClient({ baseUrl });
    for (const q of ['长'.repeat(500), 'short', '长']) {
      await client.$call('query', 'search.query', { q });
    }
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
    expect(seen[0]?.input).toEqual({ q: '长'.repeat(500) });
  });

  it('tells the log its status and the request id, also when it succeeds', async () => {
    const { baseUrl } = await serve(
      refuse(503, 'unavailable', { retryAfterMs: 1 }, { 'x-request-id': 'r-1' }),
      (request, response) => {
        response.setHeader('x-request-id', 'r-2');
        answer([])(request, response);
      },
    );
    const events: unknown[] = [];
    await createClient({ baseUrl, onLog: (event) => events.push(event) }).tags.list();
    expect(events).toMatchObject([
      { path: 'tags.list', attempt: 1, status: 503, requestId: 'r-1' },
      { path: 'tags.list', attempt: 2, status: 200, requestId: 'r-2' },
    ]);
  });

  it('sends the token its source gives, asks once for another after a refusal, then gives up', async () => {
    const { baseUrl, seen } = await serve(refuse(401, 'unauthenticated'));
    const asked: (string | null)[] = [];
    const auth = ({ refused }: { refused: string | null }) => {
      asked.push(refused);
      return refused === null ? 'one' : 'two';
    };
    await expect(createClient({ baseUrl, auth }).tags.list()).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(asked).toEqual([null, 'one']);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
  });

  it('leaves the token alone when it was the password that is wrong', async () => {
    const { baseUrl, seen } = await serve(refuse(401, 'invalid_credentials'));
    const login = createClient({ baseUrl, auth: () => crypto.randomUUID() }).auth.login({
      email: 'a@example.org',
      password: 'wrong',
    });
    await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(seen).toHaveLength(1);
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

  it('are asked for one by one: break ends the asking', async () => {
    const { baseUrl, seen } = await serve(page(['a', 'b'], 'c1'), page(['c'], null));
    for await (const _ of createClient({ baseUrl }).articles.list()) break;
    expect(seen).toHaveLength(1);
  });

  it('that do not advance are an error, not an endless loop', async () => {
    const { baseUrl, seen } = await serve(page(['a'], 'same'));
    const walk = async () => {
      for await (const _ of createClient({ baseUrl }).articles.list());
    };
    await expect(walk()).rejects.toThrow('does not advance');
    expect(seen).toHaveLength(2);
  });
});
