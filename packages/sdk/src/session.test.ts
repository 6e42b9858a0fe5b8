import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type ApiError, createClient, type LogEvent } from './index.js';
import { answer, refuse, type Seen, serve } from './test-support.js';

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

  it('is not renewed again for a call whose refusal comes after the renewal', async () => {
    const late: (() => void)[] = [];
    const { baseUrl, seen } = await serve((request, response) => {
      const isLate = request.path.endsWith('notebooks.list');
      if (isLate && request.headers.authorization === 'Bearer old') {
        late.push(() => route(request, response));
      } else route(request, response);
    });
    const client = createClient({ baseUrl }).withSession(session);
    const slow = client.notebooks.list();
    await expect.poll(() => late).toHaveLength(1);
    await client.tags.list();
    late[0]?.();
    await slow;
    expect(seen.filter(({ path }) => path.endsWith('auth.refresh'))).toHaveLength(1);
  });

  it('is stored before a call uses it', async () => {
    const { baseUrl, seen } = await serve(route);
    let isStored = false;
    const onChange = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      isStored = !seen.some(({ headers }) => headers.authorization === 'Bearer new');
    };
    await createClient({ baseUrl }).withSession(session, { onChange }).tags.list();
    expect(isStored).toBe(true);
  });

  it('is not renewed with every call by a clock that is wrong', async () => {
    const expired = answer({
      user: {},
      accessToken: 'new',
      accessTokenExpiresAt: new Date(0),
      refreshToken: 'refresh-token-9876543210',
    });
    const { baseUrl, seen } = await serve((request, response) =>
      (request.path.endsWith('auth.refresh') ? expired : route)(request, response),
    );
    const client = createClient({ baseUrl }).withSession(session);
    for (let i = 0; i < 3; i++) await client.tags.list();
    expect(seen.filter(({ path }) => path.endsWith('auth.refresh'))).toHaveLength(1);
  });

  it('that another program renews holds no token to renew, and stores none', async () => {
    const { baseUrl, seen } = await serve((request, response) => {
      if (!request.path.endsWith('auth.refresh')) return route(request, response);
      answer({
        user: {},
        accessToken: 'new',
        accessTokenExpiresAt: new Date(),
        refreshToken: null,
      })(request, response);
    });
    const stored: unknown[] = [];
    const client = createClient({ baseUrl }).withSession(session, {
      onChange: (changed) => stored.push(changed),
    });
    await client.tags.list();
    await client.tags.list();
    expect(stored).toEqual([]);
    expect(seen.filter(({ path }) => path.endsWith('auth.refresh'))).toHaveLength(1);
  });

  it('that has ended says so to every call', async () => {
    const { baseUrl } = await serve((request, response) =>
      refuse(401, request.path.endsWith('auth.refresh') ? 'session_revoked' : 'unauthenticated')(
        request,
        response,
      ),
    );
    const client = createClient({ baseUrl }).withSession(session);
    const codes = await Promise.all(
      [client.tags.list(), client.users.me()].map((call) =>
        Promise.resolve(call).then(
          () => null,
          (error: ApiError) => error.code,
        ),
      ),
    );
    expect(codes).toEqual(['session_revoked', 'session_revoked']);
  });

  it('is renewed before it ends, also when it was kept as JSON', async () => {
    const { baseUrl, seen } = await serve(route);
    await createClient({ baseUrl })
      .withSession(JSON.parse(JSON.stringify({ ...session, accessTokenExpiresAt: new Date() })))
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
