import { createRateLimits } from '@ainotebook/api';
import type { ApiScope } from '@ainotebook/contract';
import {
  AuthenticationError,
  createClient,
  PermissionDeniedError,
  RateLimitError,
} from '@ainotebook/sdk';
import { describe, expect, it } from 'vitest';
import { bearer, dataOf, errorOf, type Person, useServer } from '../test-support.js';

const server = useServer();

async function keyOf(person: Person, scopes: ApiScope[]) {
  const input = { name: 'program', scopes, expiresInDays: null };
  const made = await server.mutate('apiKeys.create', input, bearer(person));
  return dataOf(made) as { id: string; secret: string };
}
const clientOf = (auth: string) => createClient({ baseUrl: server.url(), auth, maxRetries: 0 });
const isLimited = { code: 'rate_limited', status: 429 };

describe('a program with an API key', () => {
  it('does through the SDK what its scopes name, as its owner and as nobody else', async () => {
    const [anna, ben] = [await server.register(), await server.register()];
    const { secret } = await keyOf(anna, ['articles:read', 'articles:write', 'search:read']);
    const others = clientOf((await keyOf(ben, ['articles:read'])).secret);
    const notes = clientOf(secret);
    const { id } = await notes.articles.create({ title: '龙井', content: '明前茶最嫩。' });
    await server.runJobs();
    const { items } = await notes.search.query({ q: '明前' });
    expect(items.map(({ articleId }) => articleId)).toEqual([id]);
    const titles: string[] = [];
    for await (const { title } of notes.articles.list()) titles.push(title);
    expect(titles).toEqual(['龙井']);
    await expect(notes.tags.list()).rejects.toBeInstanceOf(PermissionDeniedError);
    await expect(notes.$call('query', 'apiKeys.list')).rejects.toMatchObject({ code: 'forbidden' });
    expect((await others.articles.list()).items).toEqual([]);
    await expect(others.articles.get({ id })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('ends when its owner revokes it', async () => {
    const anna = await server.register();
    const { id, secret } = await keyOf(anna, ['tags:read']);
    const notes = clientOf(secret);
    expect(await notes.tags.list()).toEqual([]);
    await server.mutate('apiKeys.revoke', { id }, bearer(anna));
    await expect(notes.tags.list()).rejects.toBeInstanceOf(AuthenticationError);
    // What anybody may read is refused as well: a program has to notice.
    await expect(notes.system.info()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is told what it has left, and when to come back', async () => {
    const anna = await server.register();
    const { secret } = await keyOf(anna, ['tags:read']);
    const { secret: other } = await keyOf(anna, ['tags:read']);
    const services = server.services();
    const usual = services.limits;
    services.limits = createRateLimits();
    try {
      const ask = (key: string) =>
        server.query('tags.list', undefined, bearer({ accessToken: key }));
      const { headers } = await ask(secret);
      expect(headers['ratelimit-policy']).toBe('"key";q=300;w=60');
      expect(headers.ratelimit).toMatch(/^"key";r=299;t=\d+$/);
      for (let call = 1; call < 300; call++) await ask(secret);
      const refused = await ask(secret);
      expect(refused.status).toBe(429);
      expect(errorOf(refused).data.appCode).toBe('rate_limited');
      expect(refused.headers.ratelimit).toMatch(/^"key";r=0;t=\d+$/);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      await expect(clientOf(secret).tags.list()).rejects.toBeInstanceOf(RateLimitError);
      await expect(clientOf(secret).tags.list()).rejects.toMatchObject(isLimited);
      // Neither another key nor the person is held up.
      expect((await ask(other)).status).toBe(200);
      const own = await server.query('tags.list', undefined, bearer(anna));
      expect([own.status, own.headers.ratelimit]).toEqual([200, undefined]);
    } finally {
      services.limits = usual;
    }
  });

  it('uploads and reads files where it may', async () => {
    const anna = await server.register();
    const both = clientOf((await keyOf(anna, ['files:write', 'files:read'])).secret);
    const { secret } = await keyOf(anna, ['articles:read']);
    const pdf = Buffer.from('%PDF-1.7\n');
    const { url } = await both.files.upload(pdf, { name: 'tea.pdf' });
    expect((await both.files.list()).items).toHaveLength(1);
    await expect(clientOf(secret).files.upload(pdf)).rejects.toMatchObject({ code: 'forbidden' });
    const headers = bearer({ accessToken: secret });
    expect((await server.send({ path: url, headers })).status).toBe(403);
    const imports = await server.send({ path: '/api/imports', method: 'POST', headers });
    expect(imports.status).toBe(403);
    const gone = '01900000-0000-7000-8000-000000000000';
    const path = (rest: string) => `/api/exports/${rest}`;
    expect((await server.send({ path: path(gone), headers })).status).toBe(403);
    // Its scope: nothing is there.
    expect((await server.send({ path: path(`notes/${gone}.html`), headers })).status).toBe(404);
  });

  it('is in no log, wherever it is put', async () => {
    const anna = await server.register();
    const { secret } = await keyOf(anna, ['tags:read']);
    server.log.lines.length = 0;
    const headers = bearer({ accessToken: secret });
    await server.query('tags.list', undefined, headers);
    await server.query('users.me', undefined, headers);
    await server.send({ path: `/api/files/${secret}`, headers });
    await server.send({ path: `/p/${secret}?x=${secret}` });
    expect(server.log.lines.length).toBeGreaterThan(3);
    expect(JSON.stringify(server.log.lines)).not.toContain(secret.slice(4));
  });
});
