import { describe, expect, it } from 'vitest';
import { type Answer, bearer, dataOf, type Person, useServer } from '../test-support.js';

const ORIGIN = 'https://reader.example.org';
const from = (origin: string) => ({ origin, 'sec-fetch-site': 'cross-site' });

const permissions = ({ headers }: Answer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control')));

const preflightOf = (path: string, method: string, asked: string, origin = ORIGIN) => ({
  method: 'OPTIONS',
  path,
  headers: {
    ...from(origin),
    'access-control-request-method': method,
    ...(asked ? { 'access-control-request-headers': asked } : {}),
  },
});

async function keyOf(server: ReturnType<typeof useServer>, person: Person): Promise<string> {
  const input = { name: 'page', scopes: ['articles:read'], expiresInDays: 1 };
  const answer = await server.mutate('apiKeys.create', input, bearer(person));
  return (dataOf(answer) as { secret: string }).secret;
}

describe('a page of another origin', () => {
  const server = useServer();

  it.each([
    ['/api/trpc/articles.list', 'GET'],
    ['/api/trpc/articles.create', 'POST'],
    ['/api/v1/articles/some-id', 'PATCH'],
    ['/api/v1/articles', 'DELETE'],
    ['/api/files', 'POST'],
    ['/api/imports', 'POST'],
    ['/api/exports/some-id', 'GET'],
    ['/api/mcp', 'POST'],
  ])('may ask for %s by %s with a token, and is told so for two hours', async (path, method) => {
    const asked = 'authorization,content-type,idempotency-key,x-ainotebook-client';
    const answer = await server.send(preflightOf(path, method, asked));
    expect(answer.status).toBe(204);
    expect(permissions(answer)).toEqual({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'authorization, *',
      'access-control-max-age': '7200',
    });
  });

  it.each([
    ['without a token', preflightOf('/api/trpc/auth.refresh', 'POST', 'content-type')],
    ['with nothing', preflightOf('/api/v1/articles', 'GET', '')],
    [
      'for what is no business of programs',
      preflightOf('/api/payments/alipay', 'POST', 'authorization'),
    ],
    ['for a page', preflightOf('/p/some-article', 'GET', 'authorization')],
  ])('may not ask %s', async (_, request) => {
    expect(permissions(await server.send(request))).toEqual({});
  });

  it('reads answers to a key, what is left of its budget, and why it is refused', async () => {
    const person = await server.register();
    const key = { authorization: `Bearer ${await keyOf(server, person)}`, ...from(ORIGIN) };
    const answer = await server.query('articles.list', {}, key);
    expect(answer.status).toBe(200);
    expect(permissions(answer)).toEqual({
      'access-control-allow-origin': '*',
      'access-control-expose-headers':
        'x-request-id, x-ainotebook-version, Retry-After, RateLimit, RateLimit-Policy',
    });
    expect(answer.headers.ratelimit).toBeDefined();
    const rest = await server.send({ path: '/api/v1/articles', headers: key });
    expect(permissions(rest)).toHaveProperty('access-control-allow-origin', '*');

    const lacking = await server.mutate('articles.create', {}, key);
    expect(lacking.status).toBe(403);
    expect(permissions(lacking)).toHaveProperty('access-control-allow-origin', '*');
    const madeUp = { ...key, authorization: `Bearer anb_${'A'.repeat(43)}` };
    const unknown = await server.query('articles.list', {}, madeUp);
    expect(unknown.status).toBe(401);
    expect(permissions(unknown)).toHaveProperty('access-control-allow-origin', '*');
  });

  it('reads nothing with a session, with cookies, or as a visitor', async () => {
    const person = await server.register();
    const ways: Record<string, string>[] = [bearer(person), { cookie: person.cookie }, {}];
    for (const headers of ways) {
      for (const path of ['/api/trpc/system.info', '/api/v1/system', '/api/trpc/users.me']) {
        const answer = await server.send({ path, headers: { ...headers, ...from(ORIGIN) } });
        expect(permissions(answer)).toEqual({});
      }
    }
    const forged = await server.mutate('auth.refresh', undefined, {
      cookie: person.cookie,
      ...from(ORIGIN),
    });
    expect(forged.status).toBe(403);
    expect(permissions(forged)).toEqual({});
  });

  it('gets no cookie by a key, and none is read', async () => {
    const [one, two] = [await server.register(), await server.register()];
    const authorization = `Bearer ${await keyOf(server, one)}`;
    await server.mutate('articles.create', { title: 'of the other' }, bearer(two));
    const headers = { authorization, cookie: two.cookie, ...from(ORIGIN) };
    const answer = await server.query('articles.list', {}, headers);
    expect(dataOf(answer)).toMatchObject({ items: [] });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(permissions(answer)).not.toHaveProperty('access-control-allow-credentials');
  });
});

describe('where origins are named', () => {
  const server = useServer({ app: { corsOrigins: [ORIGIN] } });

  it('they may call, and no other', async () => {
    const person = await server.register();
    const authorization = `Bearer ${await keyOf(server, person)}`;
    const call = (origin: string) =>
      server.send({ path: '/api/v1/articles', headers: { authorization, ...from(origin) } });
    const answer = await call(ORIGIN);
    expect(permissions(answer)).toHaveProperty('access-control-allow-origin', ORIGIN);
    // What a cache keeps for one is not for the other.
    expect(answer.headers.vary).toContain('Origin');
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`]) {
      const other = await call(origin);
      expect(permissions(other)).toEqual({});
      const asked = preflightOf('/api/trpc/articles.list', 'GET', 'authorization', origin);
      expect(permissions(await server.send(asked))).toEqual({});
    }
  });
});

describe('where no origin may', () => {
  const server = useServer({ app: { corsOrigins: [] } });

  it('none does', async () => {
    const asked = preflightOf('/api/trpc/articles.list', 'GET', 'authorization');
    expect(permissions(await server.send(asked))).toEqual({});
  });
});
