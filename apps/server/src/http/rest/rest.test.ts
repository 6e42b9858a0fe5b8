import { beforeAll, describe, expect, it } from 'vitest';
import { bearer, type Person, useServer } from '../../test-support.js';
import { keyOf, type RestCall, rest } from './test-support.js';

const server = useServer();
let anna: Person;
let ben: Person;
let key: string;
let bens: string;

beforeAll(async () => {
  anna = await server.register();
  ben = await server.register();
  key = await keyOf(server, anna);
  bens = await keyOf(server, ben);
});

const call = (operation: string, more: Omit<RestCall, 'operation'> = {}) =>
  rest(server, key, { operation, ...more });
const create = async (body: object) => (await call('post /articles', { body })).json();

describe('a call', () => {
  it('does what the procedure of that name does', async () => {
    const made = await create({ title: '龙井', content: '明前茶', tags: ['茶'] });
    const params = { id: String(made.id) };
    expect(made.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const saved = await call('put /articles/{id}', {
      params,
      body: { baseRevision: made.revision, data: { title: '龙井', content: '雨前茶' } },
    });
    expect(saved.json()).toMatchObject({ status: 'saved', revision: 2 });
    expect((await call('get /articles/{id}', { params })).json().content).toBe('雨前茶');
    const list = await server.query('articles.list', { tag: '茶' }, bearer(anna));
    expect(list.text).toContain(String(made.id));
    const gone = await call('delete /articles/{id}', { params });
    expect([gone.status, gone.text]).toEqual([204, '']);
  });

  it('reads numbers, flags, lists and dates out of an address', async () => {
    for (const title of ['a', 'b', 'c']) await create({ title });
    const pinned = await create({ title: 'pinned' });
    const params = { id: String(pinned.id) };
    await call('patch /articles/{id}', { params, body: { data: { isPinned: true } } });
    const listed = async (query: Record<string, string>) =>
      (await call('get /articles', { query })).json() as { items: { title: string }[] };
    expect((await listed({ limit: '2' })).items).toHaveLength(2);
    expect((await listed({ isPinned: 'true' })).items.map(({ title }) => title)).toEqual([
      'pinned',
    ]);
    const unpinned = (await listed({ isPinned: 'false' })).items.map(({ title }) => title);
    expect(unpinned).toEqual(['c', 'b', 'a']);
    const { json } = await call('post /notebooks', { body: { name: 'n' } });
    await create({ title: 'inside', notebookId: json().id });
    expect((await listed({ notebookId: 'null' })).items).toHaveLength(4);
    expect((await listed({ notebookId: String(json().id) })).items).toHaveLength(1);
  });

  it('goes from page to page by its cursor', async () => {
    const query: Record<string, string> = { limit: '2', sort: 'title' };
    const titles: string[] = [];
    for (let page = 0; page < 10; page++) {
      const answer = (await call('get /articles', { query })).json();
      titles.push(...(answer.items as { title: string }[]).map(({ title }) => title));
      if (answer.nextCursor === null) break;
      query.cursor = String(answer.nextCursor);
    }
    expect(titles).toEqual(['a', 'b', 'c', 'inside', 'pinned']);
  });

  it('that is sent again with its idempotency key has one effect', async () => {
    const headers = { 'idempotency-key': 'rest-once-0001' };
    const body = { name: 'once' };
    const first = await call('post /notebooks', { body, headers });
    const again = await call('post /notebooks', { body, headers });
    expect(again.json()).toEqual(first.json());
    const other = await call('post /notebooks', { body: { name: 'other' }, headers });
    expect(other.json()).toMatchObject({ status: 409, code: 'idempotency_mismatch' });
  });

  it('uploads a file as a form', async () => {
    const form = new FormData();
    form.append('file', new Blob(['%PDF-1.7\n'], { type: 'application/pdf' }), 'tea.pdf');
    const init = { method: 'POST', body: form, headers: { authorization: `Bearer ${key}` } };
    const made = await fetch(`${server.url()}/api/v1/files`, init);
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ name: 'tea.pdf', mediaType: 'application/pdf' });
    const bad = { ...init, body: new FormData() };
    const refused = await fetch(`${server.url()}/api/v1/files`, bad);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toMatchObject({ status: refused.status, code: 'bad_input' });
  });

  it('is told what its key has left', async () => {
    const { headers } = await call('get /tags');
    expect(headers['ratelimit-policy']).toMatch(/^"key";q=\d+;w=60$/);
    expect(headers.ratelimit).toMatch(/^"key";r=\d+;t=\d+$/);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-request-id']).toBeTruthy();
  });
});

describe('a refusal', () => {
  it('is a problem of RFC 9457, with the fields and the id of the request', async () => {
    const answer = await call('post /articles', { body: { title: 1, tags: [7] } });
    const problem = answer.json();
    expect(problem).toMatchObject({
      type: 'https://notes.test/api/docs#error-bad_input',
      title: 'Bad input',
      status: 400,
      code: 'bad_input',
      requestId: answer.headers['x-request-id'],
    });
    expect(problem.errors).toMatchObject([{ path: 'title' }, { path: 'tags.0' }]);
  });

  it.each([
    ['no key', '', 401, 'unauthenticated'],
    ['a made-up key', `anb_${'A'.repeat(43)}`, 401, 'unauthenticated'],
    ['an access token that is none', 'a.b.c', 401, 'unauthenticated'],
  ])('meets %s', async (_, token, status, code) => {
    const answer = await rest(server, token, { operation: 'get /articles' });
    expect(answer.json()).toMatchObject({ status, code });
  });

  it('meets a key without the scope, which it names', async () => {
    const reader = await keyOf(server, anna, ['tags:read']);
    const answer = await rest(server, reader, { operation: 'get /articles' });
    expect(answer.json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect(answer.json().detail).toContain('articles:read');
    expect((await rest(server, reader, { operation: 'get /tags' })).status).toBe(200);
  });

  it('meets who asks for what is another’s', async () => {
    const { id } = await create({ title: 'mine' });
    const params = { id: String(id) };
    const others = (operation: string, body?: object) =>
      rest(server, bens, { operation, params, ...(body ? { body } : {}) });
    expect((await others('get /articles/{id}')).status).toBe(404);
    expect((await others('delete /articles/{id}')).status).toBe(404);
    expect((await others('patch /articles/{id}', { data: { isPinned: true } })).status).toBe(404);
    expect((await call('get /articles/{id}', { params })).status).toBe(200);
  });

  const raw = (
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
  ) =>
    server.send({
      method,
      path: `/api/v1${path}`,
      headers: { ...bearer({ accessToken: key }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const asJson = { 'content-type': 'application/json' };

  it.each([
    ['an unknown address', () => raw('GET', '/nothing/here'), 404, 'not_found'],
    ['the address of the API itself', () => raw('GET', ''), 404, 'not_found'],
    ['an address that cannot be read', () => raw('GET', '/articles/%ff'), 400, 'bad_input'],
    ['another method', () => raw('DELETE', '/articles'), 405, 'bad_input'],
    ['an unknown parameter', () => raw('GET', '/articles?nope=1'), 400, 'bad_input'],
    [
      'a parameter that is given twice',
      () => raw('GET', '/articles?limit=1&limit=2'),
      400,
      'bad_input',
    ],
    ['a number that is none', () => raw('GET', '/articles?limit=1e1'), 400, 'bad_input'],
    [
      'a field of the address in the body',
      () => raw('PATCH', '/tags/x', { headers: asJson, body: '{"id":"y"}' }),
      400,
      'bad_input',
    ],
    [
      'broken JSON',
      () => raw('POST', '/articles', { headers: asJson, body: '{' }),
      400,
      'bad_input',
    ],
    ['a list', () => raw('POST', '/articles', { headers: asJson, body: '[]' }), 400, 'bad_input'],
    ['a word', () => raw('POST', '/articles', { headers: asJson, body: 'null' }), 400, 'bad_input'],
    [
      'a prototype',
      () => raw('POST', '/articles', { headers: asJson, body: '{"__proto__":{"title":"x"}}' }),
      400,
      'bad_input',
    ],
    ['no type', () => raw('POST', '/articles', { body: '{}' }), 415, 'unsupported_media_type'],
    [
      'a form',
      () => raw('POST', '/articles', { headers: { 'content-type': 'text/plain' }, body: '{}' }),
      415,
      'unsupported_media_type',
    ],
    [
      'too much',
      () => raw('POST', '/articles', { headers: asJson, body: `"${'x'.repeat(1_100_000)}"` }),
      413,
      'too_large',
    ],
  ])('meets %s', async (_, ask, status, code) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ status, code });
  });

  it('of a method names the others', async () => {
    expect((await raw('DELETE', '/articles')).headers.allow).toBe('GET, HEAD, POST, PATCH');
  });

  it('is in the log once, without what was sent', async () => {
    server.log.lines.length = 0;
    await call('get /articles/{id}', { params: { id: 'secret words' } });
    const lines = server.log.lines.filter(({ message }) => message === 'Call refused');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.meta).toMatchObject({ path: 'articles.get', status: 400, code: 'bad_input' });
  });
});

describe('the reference', () => {
  it('is a page without scripts that explains every operation and every code', async () => {
    const page = await server.page('/api/docs');
    expect(page.status).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(page.text).not.toContain('<script');
    const document = (await server.send({ path: '/api/v1/openapi.json' })).json() as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(ids.length).toBeGreaterThan(50);
    for (const id of [...ids, 'error-not_found', 'schema-Article']) {
      expect(page.text).toContain(`id="${id}"`);
    }
    // Every link of the page leads somewhere.
    const anchors = [...page.text.matchAll(/href="#([^"]+)"/g)].map(([, anchor]) => anchor);
    for (const anchor of anchors) expect(page.text).toContain(`id="${anchor}"`);
  });
});
