import { describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  createClient,
  isAiNotebookError,
  NotFoundError,
  ServerError,
  UnsupportedByServerError,
} from './index.js';
import { answer, refuse, serve } from './test-support.js';

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

  it.each([
    [413, 'too_large'],
    [502, 'unavailable'],
  ])('JSON of a proxy with status %i has a code too', async (status, code) => {
    const { baseUrl } = await serve((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end('{"error":"not of ours"}');
    });
    await expect(createClient({ baseUrl, maxRetries: 0 }).tags.list()).rejects.toMatchObject({
      status,
      code,
    });
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

  it('a redirect says where the server is, without the input, and is not asked for again', async () => {
    const { baseUrl, seen } = await serve((request, response) => {
      response.writeHead(301, {
        location: `https://notes.example.org${request.path}?input=secret`,
      });
      response.end();
    });
    const error = await createClient({ baseUrl })
      .articles.get({ id: 'secret' })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toHaveProperty('message', expect.stringContaining('https://notes.example.org:'));
    expect(String(error)).not.toContain('secret');
    expect(seen).toHaveLength(1);
  });

  it('an upload is not sent on, or again, where the server redirects', async () => {
    const other = await serve(answer([]));
    const { baseUrl, seen } = await serve((_, response) => {
      response.writeHead(308, { location: `${other.baseUrl}/api/files` });
      response.end();
    });
    const upload = createClient({ baseUrl }).files.upload(new Uint8Array([1, 2, 3]));
    await expect(upload).rejects.toThrow(`redirects to ${other.baseUrl}`);
    expect(seen).toHaveLength(1);
    expect(other.seen).toEqual([]);
  });

  it('truncated JSON is a ConnectionError', async () => {
    const { baseUrl } = await serve((_, response) => response.end('{"result":{"da'));
    await expect(createClient({ baseUrl, maxRetries: 0 }).tags.list()).rejects.toBeInstanceOf(
      ConnectionError,
    );
  });

  it('a refusal that breaks off is a ConnectionError, whatever its status', async () => {
    const { baseUrl } = await serve((_, response) => {
      response.writeHead(409, { 'content-type': 'application/json', 'content-length': 500 });
      response.write('{"error":', () => response.destroy());
    });
    await expect(createClient({ baseUrl, maxRetries: 0 }).tags.list()).rejects.toBeInstanceOf(
      ConnectionError,
    );
  });
});
