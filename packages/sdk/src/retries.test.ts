import { describe, expect, it } from 'vitest';
import {
  AbortError,
  ApiError,
  ConnectionError,
  createClient,
  RateLimitError,
  TimeoutError,
} from './index.js';
import { answer, refuse, serve } from './test-support.js';

describe('retries', () => {
  it('honour Retry-After, then succeed', async () => {
    const { baseUrl, seen } = await serve(
      refuse(429, 'rate_limited', {}, { 'retry-after': '0' }),
      answer([]),
    );
    await expect(createClient({ baseUrl }).tags.list()).resolves.toEqual([]);
    expect(seen).toHaveLength(2);
  });

  it('give up at once when the server asks for a wait of over a minute', async () => {
    const { baseUrl, seen } = await serve(refuse(429, 'rate_limited', { retryAfterMs: 900_000 }));
    const error = await createClient({ baseUrl })
      .tags.list()
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(seen).toHaveLength(1);
  });

  it('do not repeat a mutation that the server could not tell from the first one', async () => {
    const { baseUrl, seen } = await serve((_, response) => response.destroy());
    const client = createClient({ baseUrl });
    const person = { email: 'a@example.org', password: 'long enough', displayName: 'a' };
    await expect(client.auth.register(person)).rejects.toBeInstanceOf(ConnectionError);
    expect(seen).toHaveLength(1);
  });

  it('repeat it where the server says that it has not begun', async () => {
    const { baseUrl, seen } = await serve(
      refuse(503, 'unavailable', { retryAfterMs: 1 }),
      answer({ user: {} }),
    );
    await createClient({ baseUrl }).auth.login({ email: 'a@example.org', password: 'long enough' });
    expect(seen).toHaveLength(2);
  });

  it('wait for the answer to the same key that is under way', async () => {
    const { baseUrl, seen } = await serve(
      refuse(409, 'request_in_flight', { retryAfterMs: 1 }),
      answer({ count: 3 }),
    );
    await expect(createClient({ baseUrl }).articles.emptyTrash()).resolves.toEqual({ count: 3 });
    expect(seen).toHaveLength(2);
  });

  it('never repeat what the server refused for good', async () => {
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

  it('cuts the request, so that the server knows', async () => {
    const controller = new AbortController();
    let isCut = false;
    const { baseUrl } = await serve((_, response) => {
      response.on('close', () => {
        isCut = true;
      });
      controller.abort();
    });
    const call = createClient({ baseUrl }).tags.list({ signal: controller.signal });
    await expect(call).rejects.toBeInstanceOf(AbortError);
    await expect.poll(() => isCut).toBe(true);
  });

  it('needs no token source that ends by itself', async () => {
    const { baseUrl, seen } = await serve(answer([]));
    const auth = () => new Promise<string>(() => {});
    const client = createClient({ baseUrl, auth, timeoutMs: 30 });
    await expect(client.tags.list()).rejects.toBeInstanceOf(TimeoutError);
    const signal = AbortSignal.timeout(30);
    await expect(client.tags.list({ signal, timeoutMs: 60_000 })).rejects.toBeInstanceOf(
      AbortError,
    );
    expect(seen).toEqual([]);
  });
});
