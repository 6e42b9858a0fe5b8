import type { AuthResult, User } from '@ainotebook/contract';
import { TRPCClientError } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { createSession, type SessionMessage, type SessionPorts } from './session.js';

const user = (id: string): User => ({
  id,
  email: `${id}@example.com`,
  handle: id,
  displayName: id,
  bio: '',
  locale: 'zh-CN',
  role: 'user',
  isEmailVerified: false,
  hasNotificationMail: true,
  createdAt: new Date(0),
});

const refused = (appCode: string) =>
  TRPCClientError.from({
    error: { message: appCode, code: -32001, data: { appCode, httpStatus: 401 } },
  } as never);

/** A pretended server with one refresh cookie, and any number of tabs in one browser. */
function browser() {
  const world = {
    nowMs: 0,
    refreshes: 0,
    cookieUser: 'ann' as string | null,
    /** The cookie that scripts can read. It may outlive the session, which ends elsewhere. */
    hasHint: true,
    calls: 0,
    isOnline: true,
    kept: null as string | null,
    /** What the browser remembers of a sign-out; null where it remembers nothing. */
    departed: false as boolean | null,
    changes: [] as string[],
    tab,
  };
  const receivers: { from: number; on: (message: SessionMessage) => void }[] = [];
  let held: Promise<unknown> = Promise.resolve();
  let tabs = 0;
  function tab() {
    tabs += 1;
    const number = tabs;
    const ports: SessionPorts = {
      hasSession: () => world.hasHint,
      async refresh() {
        await Promise.resolve();
        world.calls += 1;
        if (!world.isOnline) throw new TRPCClientError('Failed to fetch');
        if (world.cookieUser === null) throw refused('unauthenticated');
        world.refreshes += 1;
        return {
          user: user(world.cookieUser),
          accessToken: `token-${world.refreshes}`,
          accessTokenExpiresAt: new Date(world.nowMs + 900_000),
          refreshToken: null,
        } satisfies AuthResult;
      },
      async logout() {
        if (!world.isOnline) throw new TRPCClientError('Failed to fetch');
        world.cookieUser = null;
      },
      lock(work) {
        const run = held.then(work, work);
        held = run.catch(() => undefined);
        return run;
      },
      channel: {
        post(message) {
          for (const receiver of receivers) if (receiver.from !== number) receiver.on(message);
        },
        listen: (on) => receivers.push({ from: number, on }),
      },
      departure: {
        isPending: () => world.departed ?? false,
        set(isPending) {
          if (world.departed === null) return false;
          world.departed = isPending;
          return true;
        },
      },
      now: () => world.nowMs,
      recall: async () => (world.kept === null ? null : user(world.kept)),
      onUserChange: (former) => world.changes.push(`${number}:${former.id}`),
    };
    return createSession(ports);
  }
  return world;
}

describe('a session', () => {
  it('is restored from the cookie at load', async () => {
    const session = browser().tab();
    await session.start();
    expect(session.getState()).toMatchObject({ status: 'signed-in', user: { id: 'ann' } });
  });

  it('is not asked for where the browser holds none', async () => {
    const world = browser();
    world.hasHint = false;
    world.cookieUser = null;
    const session = world.tab();
    await session.start();
    expect(session.getState()).toEqual({ status: 'signed-out', reason: 'none' });
    expect(world.calls).toBe(0);
  });

  it('renews once for any number of calls at the same time', async () => {
    const world = browser();
    const session = world.tab();
    await session.start();
    world.nowMs = 890_000;
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.accessToken()));
    expect(new Set(tokens)).toEqual(new Set(['token-2']));
    expect(world.refreshes).toBe(2);
  });

  it('renews once over twenty tabs that wake up together', async () => {
    const world = browser();
    const tabs = Array.from({ length: 20 }, () => world.tab());
    await tabs[0]?.start();
    await Promise.all(tabs.slice(1).map((tab) => tab.start()));
    const before = world.refreshes;
    world.nowMs = 880_000;
    const tokens = await Promise.all(tabs.map((tab) => tab.accessToken()));
    expect(world.refreshes).toBe(before + 1);
    expect(new Set(tokens).size).toBe(1);
  });

  it('renews after the server refused its token, but not for a token that is already old', async () => {
    const world = browser();
    const session = world.tab();
    await session.start();
    session.refuse('token-1');
    expect(await session.accessToken()).toBe('token-2');
    session.refuse('token-1');
    expect(await session.accessToken()).toBe('token-2');
  });

  it('stays signed in while the server cannot be reached', async () => {
    const world = browser();
    const session = world.tab();
    await session.start();
    world.isOnline = false;
    world.nowMs = 1_000_000;
    expect(await session.accessToken()).toBeNull();
    expect(session.getState().status).toBe('signed-in');
    world.isOnline = true;
    expect(await session.accessToken()).toBe('token-2');
  });

  it('says that the server is out of reach when it starts without one', async () => {
    const world = browser();
    world.isOnline = false;
    const session = world.tab();
    await session.start();
    expect(session.getState()).toMatchObject({ status: 'unreachable', error: { code: 'network' } });
  });

  it('starts without a server as whoever was here last, and is confirmed when there is one', async () => {
    const world = browser();
    world.isOnline = false;
    world.kept = 'ann';
    const session = world.tab();
    await session.start();
    expect(session.getState()).toMatchObject({ user: { id: 'ann' }, isFromDevice: true });
    expect(await session.accessToken()).toBeNull();
    world.isOnline = true;
    expect(await session.accessToken()).toBe('token-1');
    expect(session.getState()).toMatchObject({ user: { id: 'ann' }, isFromDevice: false });
    expect(world.changes).toEqual([]);
  });

  it('is not who was here last once the server says that nobody or somebody else is', async () => {
    for (const cookieUser of [null, 'bo']) {
      const world = browser();
      world.isOnline = false;
      world.kept = 'ann';
      const session = world.tab();
      await session.start();
      world.isOnline = true;
      world.cookieUser = cookieUser;
      await session.accessToken();
      const state = session.getState();
      expect(state.status === 'signed-in' ? state.user.id : null).toBe(cookieUser);
      expect(world.changes).toEqual(['1:ann']);
    }
  });

  it('ends when the server says so, and says why', async () => {
    const world = browser();
    const session = world.tab();
    await session.start();
    world.cookieUser = null;
    session.refuse('token-1');
    expect(await session.accessToken()).toBeNull();
    expect(session.getState()).toEqual({ status: 'signed-out', reason: 'ended' });
    expect(world.changes).toEqual(['1:ann']);
  });
});

describe('two tabs', () => {
  it('sign out together, and both forget the former user', async () => {
    const world = browser();
    const [one, two] = [world.tab(), world.tab()];
    await one.start();
    await two.start();
    await one.signOut();
    expect(two.getState().status).toBe('signed-out');
    expect(await two.accessToken()).toBeNull();
    expect(world.changes).toEqual(['1:ann', '2:ann']);
  });

  it('notice that another account signed in', async () => {
    const world = browser();
    const [one, two] = [world.tab(), world.tab()];
    await one.start();
    await two.start();
    one.signIn({
      user: user('bo'),
      accessToken: 'token-of-bo',
      accessTokenExpiresAt: new Date(900_000),
      refreshToken: null,
    });
    expect(two.getState()).toMatchObject({ user: { id: 'bo' } });
    expect(await two.accessToken()).toBe('token-of-bo');
    expect(world.changes).toContain('2:ann');
  });
});

describe('signing out without a server', () => {
  const away = async (world = browser()) => {
    const session = world.tab();
    await session.start();
    world.isOnline = false;
    return { world, session };
  };

  it('ends the session on this device at once, in every tab, and tells the server later', async () => {
    const { world, session } = await away();
    const leaving = session.signOut();
    expect(session.getState()).toEqual({ status: 'signed-out', reason: 'untold' });
    expect(world.changes).toEqual(['1:ann']);
    await leaving;
    await expect(session.tell()).rejects.toThrow();
    expect(session.getState()).toEqual({ status: 'signed-out', reason: 'untold' });
    world.isOnline = true;
    await session.tell();
    expect(session.getState()).toEqual({ status: 'signed-out', reason: 'none' });
    expect(world).toMatchObject({ cookieUser: null, departed: false });
  });

  it('makes no session of the cookie at the next start, with a server or without', async () => {
    const { world, session } = await away();
    world.kept = 'ann';
    await session.signOut();
    const offline = world.tab();
    await offline.start();
    expect(offline.getState()).toEqual({ status: 'signed-out', reason: 'untold' });
    world.isOnline = true;
    const online = world.tab();
    await online.start();
    expect(online.getState()).toEqual({ status: 'signed-out', reason: 'none' });
    expect(world).toMatchObject({ cookieUser: null, departed: false, refreshes: 1 });
    await offline.tell();
    expect(offline.getState()).toEqual({ status: 'signed-out', reason: 'none' });
  });

  it('holds against a renewal that is on its way', async () => {
    const world = browser();
    const session = world.tab();
    await session.start();
    world.nowMs = 890_000;
    const renewal = session.accessToken();
    const leaving = session.signOut();
    expect(await renewal).toBeNull();
    await leaving;
    expect(session.getState()).toEqual({ status: 'signed-out', reason: 'none' });
    expect(world.cookieUser).toBeNull();
  });

  it('does not end the session of whoever signs in next', async () => {
    const { world, session } = await away();
    const other = world.tab();
    await session.signOut();
    world.isOnline = true;
    await other.tell();
    world.cookieUser = 'bo';
    await session.tell();
    expect(world.cookieUser).toBe('bo');
  });

  it('fails, still signed in, where the browser would forget it', async () => {
    const { world, session } = await away();
    world.departed = null;
    await expect(session.signOut()).rejects.toThrow();
    expect(session.getState().status).toBe('signed-in');
    world.isOnline = true;
    await session.signOut();
    expect(session.getState()).toEqual({ status: 'signed-out', reason: 'none' });
    expect(world.cookieUser).toBeNull();
  });
});
