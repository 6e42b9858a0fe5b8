import { describe, expect, it } from 'vitest';
import { bearer, cookiesOf, dataOf, errorOf, useServer } from '../test-support.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the tRPC edge', () => {
  const server = useServer();

  it('answers queries and says which release it is', async () => {
    const answer = await server.query('system.info', undefined);
    expect(answer.status).toBe(200);
    expect(dataOf(answer)).toMatchObject({ appName: 'AI-NoteBook', version: '0.0.0-test' });
    expect(answer.headers['x-ainotebook-version']).toBe('0.0.0-test');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers long queries sent as POST', async () => {
    const answer = await server.mutate('system.info', undefined);
    expect(answer.status).toBe(200);
  });

  it('never runs a mutation that comes as GET', async () => {
    const person = await server.register();
    const answer = await server.query('auth.logoutEverywhere', undefined, bearer(person));
    expect(answer.status).toBe(405);
    expect((await server.query('users.me', undefined, bearer(person))).status).toBe(200);
  });

  it('keeps a sensible request id and replaces any other', async () => {
    const id = 'proxy-request-0001';
    const kept = await server.send({ path: '/health', headers: { 'x-request-id': id } });
    expect(kept.headers['x-request-id']).toBe(id);
    for (const bad of ['x', 'a b c d e f g h', '<script>alert(1)</script>', 'y'.repeat(65)]) {
      const made = await server.send({ path: '/health', headers: { 'x-request-id': bad } });
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('refuses 7,000 sign-ins in one batch without trying any', async () => {
    // As many as fit into a request line; Node itself refuses more than 16 KB.
    const count = 1000;
    const answer = await server.send({
      method: 'POST',
      path: `/api/trpc/${Array(count).fill('auth.login').join(',')}?batch=1`,
      headers: JSON_TYPE,
      body: '{}',
    });
    expect(answer.status).toBe(400);
    const all = await server.send({
      method: 'POST',
      path: `/api/trpc/${Array(7000).fill('auth.login').join(',')}?batch=1`,
      headers: JSON_TYPE,
      body: '{}',
    });
    expect(all.status).toBe(431);
  });

  it('runs ten calls of a batch and none of eleven', async () => {
    const person = await server.register();
    const batch = (count: number) => {
      const input = Object.fromEntries(
        Array.from({ length: count }, (_, i) => [i, { json: { name: `notebook ${i}` } }]),
      );
      return server.send({
        method: 'POST',
        path: `/api/trpc/${Array(count).fill('notebooks.create').join(',')}?batch=1`,
        headers: { ...JSON_TYPE, ...bearer(person) },
        body: JSON.stringify(input),
      });
    };
    expect((await batch(11)).status).toBe(400);
    const list = await server.query('notebooks.list', undefined, bearer(person));
    expect(dataOf(list)).toEqual([]);
    expect((await batch(10)).status).toBe(200);
  });

  it('lets no two calls of a batch sign in, and none inside a stream', async () => {
    const login = { json: { email: 'a@example.org', password: 'wrong password' } };
    const two = await server.send({
      method: 'POST',
      path: '/api/trpc/auth.login,auth.login?batch=1',
      headers: JSON_TYPE,
      body: JSON.stringify({ 0: login, 1: login }),
    });
    expect(two.status).toBe(400);
    const stream = await server.send({
      method: 'POST',
      path: '/api/trpc/auth.login?batch=1',
      headers: { ...JSON_TYPE, 'trpc-accept': 'application/jsonl' },
      body: JSON.stringify({ 0: login }),
    });
    expect(stream.text).toContain('bad_input');
    expect(stream.text).not.toContain('invalid_credentials');
  });

  it.each(['users.delete', 'auth.logoutEverywhere', 'auth.revokeSession'])(
    'does not run %s inside a stream, whose headers could not take the cookies back',
    async (path) => {
      const person = await server.register();
      const sessions = await server.query('auth.listSessions', undefined, bearer(person));
      const [session] = dataOf(sessions) as { id: string }[];
      const inputs: Record<string, object> = {
        'users.delete': { json: { password: 'correct horse battery' } },
        'auth.revokeSession': { json: { id: session?.id } },
      };
      const stream = await server.send({
        method: 'POST',
        path: `/api/trpc/${path}?batch=1`,
        headers: { ...JSON_TYPE, ...bearer(person), 'trpc-accept': 'application/jsonl' },
        body: JSON.stringify({ 0: inputs[path] ?? {} }),
      });
      expect(stream.text).toContain('bad_input');
      expect((await server.query('users.me', undefined, bearer(person))).status).toBe(200);
    },
  );

  it.each(['user@host', 'user:secret@host', 'a b', '['])(
    'refuses the host name %s',
    async (host) => {
      const answer = await server.query('system.info', undefined, { host });
      expect(answer.status).toBe(400);
    },
  );

  it('checks each call of a batch by itself', async () => {
    const answer = await server.send({
      path: `/api/trpc/system.info,users.me?batch=1&input=${encodeURIComponent('{}')}`,
    });
    expect(answer.status).toBe(207);
    const [info, me] = JSON.parse(answer.text);
    expect(info.result.data.json.appName).toBe('AI-NoteBook');
    expect(me.error.json.data.appCode).toBe('unauthenticated');
  });

  it.each([
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/octet-stream', 'x'],
    ['text/plain', '{}'],
    ['application/x-www-form-urlencoded', 'a=1'],
    ['application/jsonp', '{}'],
  ])('refuses a mutation without input sent as %s', async (type, body) => {
    const person = await server.register();
    const answer = await server.send({
      method: 'POST',
      path: '/api/trpc/auth.logoutEverywhere',
      headers: { 'content-type': type, ...bearer(person) },
      body,
    });
    expect(answer.status).toBe(415);
    expect((await server.query('users.me', undefined, bearer(person))).status).toBe(200);
  });

  it('refuses a POST without a content type', async () => {
    const answer = await server.send({ method: 'POST', path: '/api/trpc/auth.logout' });
    expect(answer.status).toBe(415);
  });

  it.each(['__proto__', 'constructor', 'toString', 'articles.__proto__', '__proto__.get', ''])(
    'has no procedure %s',
    async (path) => {
      const answer = await server.query(path, undefined);
      expect(answer.status).toBe(404);
      expect(errorOf(answer).data.appCode).toBe('not_found');
    },
  );

  it('refuses addresses that are too long or malformed', async () => {
    expect((await server.query('x'.repeat(17_000), undefined)).status).toBe(431);
    expect((await server.send({ path: '/api/trpc/%E0%A4%A' })).status).toBe(400);
    expect((await server.send({ path: '/%E0%A4%A' })).status).toBe(404);
    expect((await server.send({ path: '/p/%E0%A4%A' })).status).toBe(400);
  });

  it('refuses a cookie bomb', async () => {
    const cookie = (size: number) => ({ cookie: `a=${'x'.repeat(size)}` });
    expect((await server.send({ path: '/health', headers: cookie(8000) })).status).toBe(200);
    expect((await server.send({ path: '/health', headers: cookie(20_000) })).status).toBe(431);
  });

  it('refuses a body over 1 MB, declared or not, and 50 MB as well', async () => {
    const over = Buffer.alloc(1_000_001, 'a');
    const declared = await server.send({
      method: 'POST',
      path: '/api/trpc/auth.login',
      headers: { ...JSON_TYPE, 'content-length': String(over.length) },
      body: over,
    });
    expect(declared.status).toBe(413);
    expect(errorOf(declared).data.appCode).toBe('too_large');
    for (const size of [1_000_001, 50_000_000]) {
      const chunked = await server.send({
        method: 'POST',
        path: '/api/trpc/auth.login',
        headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' },
        body: Buffer.alloc(size, 'a'),
      });
      expect(chunked.status).toBe(413);
    }
  });

  it.each([
    ['malformed', '{"json":'],
    ['200,000 levels deep', `{"json":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['200,000 objects deep', `{"json":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}}`],
    ['an infinite number', '{"json":{"email":1e400,"password":"x"}}'],
    [
      'a huge integer',
      `{"json":{"email":"${'9'.repeat(900_000)}"},"meta":{"values":{"email":["bigint"]}}}`,
    ],
    [
      'a planted prototype',
      '{"json":{"__proto__":{"isAdmin":true}},"meta":{"values":{"__proto__.x":["Date"]}}}',
    ],
    ['a list', '[]'],
    ['null', 'null'],
    ['empty', ''],
  ])('answers a body that is %s with a clean 4xx', async (_, body) => {
    const answer = await server.send({
      method: 'POST',
      path: '/api/trpc/auth.login',
      headers: JSON_TYPE,
      body,
    });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).data.appCode).toBe('bad_input');
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('refuses a planted prototype inside an input, as any other unknown key', async () => {
    const person = await server.register();
    const answer = await server.send({
      method: 'POST',
      path: '/api/trpc/users.update',
      headers: { ...JSON_TYPE, ...bearer(person) },
      body: '{"json":{"data":{"displayName":"x","__proto__":{"role":"admin"}}}}',
    });
    expect(answer.status).toBe(400);
  });

  it('takes the last of duplicate keys, as JSON.parse does', async () => {
    const answer = await server.send({
      method: 'POST',
      path: '/api/trpc/auth.login',
      headers: JSON_TYPE,
      body: '{"json":{"email":1,"email":"a@example.org","password":"wrong password"}}',
    });
    expect(answer.status).toBe(401);
  });

  it('writes the session cookies for this name only, and only the empty one in reach of scripts', async () => {
    const answer = await server.mutate('auth.register', {
      email: 'cookies@example.org',
      password: 'correct horse battery',
      displayName: 'Cookies',
    });
    const [refresh, reader, hint, ...more] = cookiesOf(answer);
    expect(more).toEqual([]);
    expect(refresh).toMatch(
      /^__Host-refresh=[\w-]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(reader).toMatch(
      /^__Host-reader=[\w.-]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(hint).toMatch(/^__Host-signed-in=1; Path=\/; Expires=[^;]+; Secure; SameSite=Strict$/);
    expect(dataOf(answer)).toMatchObject({ refreshToken: null });
  });

  it('honours access tokens in the header only, never cookies, on queries', async () => {
    const person = await server.register();
    expect((await server.query('users.me', undefined, { cookie: person.cookie })).status).toBe(401);
    expect((await server.query('users.me', undefined, bearer(person))).status).toBe(200);
    const reader = /__Host-reader=([^;]+)/.exec(person.cookie)?.[1] ?? '';
    expect(
      (await server.query('users.me', undefined, bearer({ accessToken: reader }))).status,
    ).toBe(401);
  });

  it('says when to come back after too many requests', async () => {
    let last = await server.query('system.info', undefined);
    const wrong = { email: 'spray@example.org', password: 'wrong password' };
    for (let i = 0; i < 12; i++) last = await server.mutate('auth.login', wrong);
    expect(last.status).toBe(429);
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    expect(errorOf(last).data.appCode).toBe('rate_limited');
  });
});

describe('session cookies on plain http to this machine', () => {
  const server = useServer({ config: { appUrl: 'http://localhost:3000' } });

  it('have neither prefix nor Secure, or the browser would drop them', async () => {
    const person = await server.register();
    expect(person.cookie).toMatch(/^refresh=[^;]+; reader=/);
    const renewed = await server.mutate('auth.refresh', {}, { cookie: person.cookie });
    expect(renewed.status).toBe(200);
    expect(cookiesOf(renewed)[0]).toMatch(/^refresh=.*HttpOnly; SameSite=Strict$/);
  });

  it('keep both for any other name', async () => {
    const person = await server.register({ host: '192.168.1.5:3000' });
    expect(person.cookie).toMatch(/^__Host-refresh=/);
  });
});

describe('a POST from another site', () => {
  const server = useServer();
  const refresh = (headers: Record<string, string>) =>
    server.send({ method: 'POST', path: '/api/trpc/auth.refresh', headers, body: '{}' });
  const CLIENT = { 'x-ainotebook-client': 'web' };

  it.each([
    ['from the page of the server', { ...JSON_TYPE, ...CLIENT, origin: 'https://notes.test' }, 200],
    [
      'same-origin by Sec-Fetch-Site',
      { ...JSON_TYPE, ...CLIENT, 'sec-fetch-site': 'same-origin' },
      200,
    ],
    ['from a program without Origin', { ...JSON_TYPE, ...CLIENT }, 200],
    ['without the header of our clients', { ...JSON_TYPE, origin: 'https://notes.test' }, 403],
    ['from another origin', { ...JSON_TYPE, ...CLIENT, origin: 'https://evil.example' }, 403],
    ['from a sandboxed page', { ...JSON_TYPE, ...CLIENT, origin: 'null' }, 403],
    ['from a sibling', { ...JSON_TYPE, ...CLIENT, 'sec-fetch-site': 'same-site' }, 403],
    [
      'cross-site',
      { ...JSON_TYPE, ...CLIENT, 'sec-fetch-site': 'cross-site', origin: 'https://notes.test' },
      403,
    ],
    ['as a form', { 'content-type': 'application/x-www-form-urlencoded', ...CLIENT }, 415],
    ['as a multipart form', { 'content-type': 'multipart/form-data; boundary=x', ...CLIENT }, 415],
    [
      'as text that looks like JSON',
      { 'content-type': 'text/plain;application/json', ...CLIENT },
      415,
    ],
  ])('with the session cookie, %s', async (_, headers, status) => {
    const person = await server.register();
    const answer = await refresh({ ...headers, cookie: person.cookie });
    expect(answer.status).toBe(status);
    if (status !== 200) {
      expect(cookiesOf(answer)).toEqual([]);
      // Nothing was spent: the session still renews.
      const after = await refresh({ ...JSON_TYPE, ...CLIENT, cookie: person.cookie });
      expect(after.status).toBe(200);
    }
  });

  it('needs no header of ours where no cookie comes along', async () => {
    const answer = await server.send({
      method: 'POST',
      path: '/api/trpc/auth.login',
      headers: { ...JSON_TYPE, origin: 'https://elsewhere.example' },
      body: JSON.stringify({ json: { email: 'a@example.org', password: 'wrong password' } }),
    });
    expect(answer.status).toBe(401);
  });

  it('gets no permission to read answers', async () => {
    const answer = await server.query('system.info', undefined, { origin: 'https://evil.example' });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});
