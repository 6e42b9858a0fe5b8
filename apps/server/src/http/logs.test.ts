import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hideValues, redact, redactText } from '../redact.js';
import { bearer, cookiesOf, dataOf, errorOf, useServer } from '../test-support.js';

/** What the session cookies hold that no script can read; the third one says only that they are there. */
const secretsOf = (answer: Parameters<typeof cookiesOf>[0]): string[] =>
  cookiesOf(answer)
    .filter((line) => line.includes('HttpOnly'))
    .map((line) => /=([^;]*)/.exec(line)?.[1] ?? '');

describe('the log', () => {
  const server = useServer();

  it('tells each refused call once, at the level it deserves, with its request id', async () => {
    server.log.lines.length = 0;
    const answer = await server.query('users.me', undefined);
    const lines = server.log.lines.filter((line) => line.message === 'Call refused');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'info',
      meta: { code: 'unauthenticated', status: 401, path: 'users.me' },
    });
    expect(lines[0]?.meta.requestId).toBe(answer.headers['x-request-id']);
    expect(errorOf(answer).data.requestId).toBe(answer.headers['x-request-id']);
  });

  it('holds no secret after sign-in, wrong sign-in, renewal, failures and a published page', async () => {
    server.log.lines.length = 0;
    const secrets = ['canary password of a person', 'canary-setup-token-0123456789'];
    const fields = {
      email: 'canary@example.org',
      password: secrets[0],
      displayName: 'Canary',
      handle: 'canary',
    };
    const made = await server.mutate('auth.register', fields);
    const { accessToken } = dataOf(made) as { accessToken: string };
    const cookies = cookiesOf(made).map((line) => line.split(';')[0] ?? '');
    secrets.push(accessToken, ...secretsOf(made));
    const cookie = cookies.join('; ');
    await server.mutate('auth.login', { email: fields.email, password: `${secrets[0]} wrong` });
    await server.mutate('auth.register', { ...fields, email: 'canary2@example.org' });
    await server.mutate('auth.register', { ...fields, setupToken: secrets[1] });
    await server.mutate('auth.resetPassword', {
      token: 'canary-reset-token-0123456789',
      newPassword: secrets[0],
    });
    const renewed = await server.mutate('auth.refresh', {}, { cookie });
    secrets.push('canary-reset-token-0123456789');
    secrets.push(...secretsOf(renewed));
    await server.page(`/p/x?token=canary-in-query&code=canary-code`, { cookie });
    await server.page('/register?invitation=canary-invitation&setup=canary-setup');
    secrets.push('canary-in-query', 'canary-code', 'canary-invitation', 'canary-setup');

    const { db } = server.services();
    const select = db.select;
    db.select = () => {
      throw new Error(`Failed query: select $1\nparams: ${secrets[0]}`);
    };
    await server.query('users.me', undefined, bearer({ accessToken }));
    db.select = select;
    await sleep(50);

    const text = JSON.stringify(server.log.lines);
    expect(server.log.lines.length).toBeGreaterThan(8);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(5);
      expect(text).not.toContain(secret);
    }
  });

  it.each(['/api/trpc/auth.login', '/api/v1/articles', '/api/mcp'])(
    'quotes nothing of a body that cannot be read, nor does the answer: %s',
    async (path) => {
      server.log.lines.length = 0;
      const person = await server.register();
      for (const body of ['Qz7f3a9b21', '{"json":{"password":Qz7f3a9b21}}', '{"a":"Qz7f3a9b21']) {
        const { status, text } = await server.send({
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json', ...bearer(person) },
          body,
        });
        expect(status).toBeGreaterThanOrEqual(400);
        expect(text).not.toContain('Qz7f3');
      }
      expect(JSON.stringify(server.log.lines)).not.toContain('Qz7f3');
    },
  );

  it('warns of a slow request with its address, but without the secrets in it', async () => {
    server.log.lines.length = 0;
    const { pool } = server.database();
    const holders = await Promise.all(Array.from({ length: 5 }, () => pool.connect()));
    // Another's statements are not this request's.
    const other = server.page('/sitemap-2.xml');
    const asked = server.send({
      path: '/sitemap-1.xml?token=hidden',
      headers: { 'user-agent': 'tests' },
    });
    await sleep(1200);
    for (const holder of holders) holder.release();
    await Promise.all([asked, other]);
    await sleep(20);
    const line = server.log.lines.find(
      ({ message, meta }) =>
        message === 'Slow request detected' && String(meta.url).startsWith('/sitemap-1'),
    );
    expect(line?.level).toBe('warn');
    expect(line?.meta).toMatchObject({
      url: '/sitemap-1.xml?token=[redacted]',
      method: 'GET',
      status: 200,
      userAgent: 'tests',
    });
    expect(line?.meta.duration).toMatch(/^1\d{3}\.\d\dms$/);
    expect(line?.meta.statements).toBe(1);
    expect(line?.meta.dbTime).toMatch(/^1\d{3}\.\d\dms$/);
    expect(line?.meta.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a pool with every connection taken', () => {
  const server = useServer({ pool: { max: 2, min: 0, connectTimeoutMs: 1500 } });

  it('is a 503 with Retry-After within 2 s, and over when a connection is free', async () => {
    const person = await server.register();
    const { pool } = server.database();
    const holders = await Promise.all([pool.connect(), pool.connect()]);
    const began = performance.now();
    const [call, page] = await Promise.all([
      server.query('users.me', undefined, bearer(person)),
      server.page('/u/anybody'),
    ]);
    const elapsedMs = performance.now() - began;
    for (const holder of holders) holder.release();
    expect(call.status).toBe(503);
    expect(errorOf(call).data.appCode).toBe('unavailable');
    expect(call.headers['retry-after']).toBe('1');
    expect(page.status).toBe(503);
    expect(page.headers['retry-after']).toBe('1');
    // The promise itself, not a benchmark: nobody hangs.
    expect(elapsedMs).toBeLessThan(2000);
    // Who asked meanwhile was told the same for a second.
    const status = async () => (await server.query('users.me', undefined, bearer(person))).status;
    await expect.poll(status, { timeout: 2000 }).toBe(200);
  });
});

describe('redaction', () => {
  it('hides values under names of secrets, at any depth', () => {
    const clean = redact({
      password: 'p1',
      nested: { Authorization: 'a1', list: [{ refreshToken: 't1' }], 'set-cookie': ['c1'] },
      apiKey: 'k1',
      ALIPAY_PRIVATE_KEY: 'k2',
      harmless: 'visible',
    });
    expect(JSON.stringify(clean)).not.toMatch(/"(p1|a1|t1|c1|k1|k2)"/);
    expect(clean.harmless).toBe('visible');
  });

  it.each([
    ['Authorization: Bearer abc.def-ghi', 'abc.def'],
    ['postgres://user:p%40ss@db/name', 'p%40ss'],
    ['redis://:hunter2@cache:6379', 'hunter2'],
    ['/reset?token=s3cret&x=1', 's3cret'],
    ['/a?api_key=s3cret', 's3cret'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJhbGci'],
  ])('hides what looks like a secret in: %s', (text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain('[redacted]');
  });

  it('hides the secrets of the settings as they are, also where nothing tells that they are secrets', () => {
    try {
      hideValues(['short', 'k3y.with+signs(1)', 'another-longer-key']);
      const text = redactText('401: no key k3y.with+signs(1), another-longer-key or short');
      expect(text).toBe('401: no key [redacted], [redacted] or short');
      expect(redactText('k3yXwith+signs(1)')).toContain('k3yX');
    } finally {
      hideValues([]);
    }
    expect(redactText('another-longer-key')).toBe('another-longer-key');
  });

  it('keeps the text of a failed query and drops its parameters', () => {
    const error = new Error('Failed query: select $1\nparams: a note nobody may read');
    const text = JSON.stringify(redact({ err: new Error('outer', { cause: error }) }));
    expect(text).toContain('select $1');
    expect(text).not.toContain('nobody may read');
  });

  it('survives circles, depth and great length', () => {
    const circle: Record<string, unknown> = { text: 'x'.repeat(100_000) };
    circle.self = circle;
    expect(JSON.stringify(redact(circle)).length).toBeLessThan(40_000);
  });
});
