import type { AuthResult, User } from '@ainotebook/contract';
import { type ErrorInfo, errorInfo, isTransient } from '../../lib/errors.js';

/** `untold`: this device was signed out, and the server has not heard of it yet. */
type SignedOutReason = 'none' | 'ended' | 'suspended' | 'untold';

export type SessionState =
  | { status: 'loading' }
  | { status: 'signed-out'; reason: SignedOutReason }
  /** `isFromDevice`: who was here last, because the server cannot be asked who is here now. */
  | { status: 'signed-in'; user: User; isFromDevice: boolean }
  | { status: 'unreachable'; error: ErrorInfo };

/** What tabs tell each other. The access token travels here and is never stored. */
export type SessionMessage =
  | { type: 'token'; token: string; expiresAt: number; user: User }
  | { type: 'user'; user: User }
  | { type: 'signed-out' };

export interface SessionPorts {
  /** False where the browser holds no session: nothing has to be asked to know that. */
  hasSession: () => boolean;
  /** Trades the refresh cookie for a new access token. */
  refresh: () => Promise<AuthResult>;
  logout: () => Promise<void>;
  /** Runs `work` while no other tab runs its own. */
  lock: <T>(work: () => Promise<T>) => Promise<T>;
  channel: {
    post: (message: SessionMessage) => void;
    listen: (on: (m: SessionMessage) => void) => void;
  };
  now: () => number;
  /**
   * A sign-out that the server has not heard of, remembered over all tabs and starts of this
   * browser: no script can delete the cookie, so until then nothing may be made of it.
   */
  departure: {
    isPending: () => boolean;
    /** False when this browser remembers nothing. */
    set: (isPending: boolean) => boolean;
  };
  /** Who was signed in here last, for a start without the server; null for nobody. */
  recall: () => Promise<User | null>;
  /** Everything of the former user has to leave this tab's memory. */
  onUserChange: (former: User) => void;
}

export type SessionClient = ReturnType<typeof createSession>;

/** A token is renewed this long before it ends. */
const EARLY_MS = 30_000;
/** A server that says nothing so long at the start is gone on without. */
const PATIENCE_MS = 4000;

/** Holds the access token of this tab in memory and renews it, one renewal at a time over all tabs. */
export function createSession(ports: SessionPorts) {
  let state: SessionState = { status: 'loading' };
  let token: { value: string; expiresAt: number } | null = null;
  let renewal: Promise<string | null> | null = null;
  const listeners = new Set<() => void>();

  function become(next: SessionState): void {
    const former = state.status === 'signed-in' ? state.user : null;
    const user = next.status === 'signed-in' ? next.user : null;
    state = next;
    if (former && former.id !== user?.id) ports.onUserChange(former);
    for (const listener of listeners) listener();
  }

  function forget(reason: SignedOutReason): void {
    token = null;
    become({ status: 'signed-out', reason });
  }

  const left = () => forget(ports.departure.isPending() ? 'untold' : 'none');

  function leave(): void {
    left();
    ports.channel.post({ type: 'signed-out' });
  }

  /** Tells the server of a sign-out that it has not heard of; one tab does. */
  async function tell(): Promise<void> {
    await ports.lock(async () => {
      if (!ports.departure.isPending()) return;
      await ports.logout();
      ports.departure.set(false);
    });
    if (state.status === 'signed-out' && state.reason === 'untold') forget('none');
  }

  function adopt(result: { accessToken: string; accessTokenExpiresAt: Date; user: User }): void {
    token = { value: result.accessToken, expiresAt: result.accessTokenExpiresAt.getTime() };
    become({ status: 'signed-in', user: result.user, isFromDevice: false });
  }

  /** Starts as whoever was here last, unless the server has answered by then. */
  async function recall(): Promise<void> {
    const user = await ports.recall();
    if (user && isUnknown()) become({ status: 'signed-in', user, isFromDevice: true });
  }

  const isUnknown = () => state.status === 'loading' || state.status === 'unreachable';
  const isFresh = () => token !== null && token.expiresAt - ports.now() > EARLY_MS;

  async function renew(): Promise<string | null> {
    const before = token?.value;
    return ports.lock(async () => {
      // Another tab renewed while this one waited, and said so.
      if (token && token.value !== before && isFresh()) return token.value;
      try {
        const result = await ports.refresh();
        // Signed out while the answer was on its way.
        if (ports.departure.isPending()) return null;
        adopt(result);
        ports.channel.post({
          type: 'token',
          token: result.accessToken,
          expiresAt: result.accessTokenExpiresAt.getTime(),
          user: result.user,
        });
        return result.accessToken;
      } catch (error) {
        if (ports.departure.isPending()) return null;
        const info = errorInfo(error);
        if (isTransient(info.code)) {
          // Nobody is signed out because the network is away.
          if (isUnknown()) await recall();
          if (isUnknown()) become({ status: 'unreachable', error: info });
          return null;
        }
        const wasSignedIn = state.status === 'signed-in';
        forget(info.code === 'account_suspended' ? 'suspended' : wasSignedIn ? 'ended' : 'none');
        return null;
      }
    });
  }

  ports.channel.listen((message) => {
    switch (message.type) {
      case 'token':
        if (ports.departure.isPending()) return;
        token = { value: message.token, expiresAt: message.expiresAt };
        become({ status: 'signed-in', user: message.user, isFromDevice: false });
        return;
      case 'user':
        if (state.status === 'signed-in' && state.user.id === message.user.id) {
          become({ ...state, user: message.user });
        }
        return;
      case 'signed-out':
        left();
        return;
    }
  });

  return {
    getState: () => state,
    isSignedIn: () => state.status === 'signed-in',
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    /** A token good for at least half a minute; null when nobody is signed in. */
    async accessToken(): Promise<string | null> {
      if (state.status === 'signed-out') return null;
      if (isFresh()) return token?.value ?? null;
      renewal ??= renew().finally(() => {
        renewal = null;
      });
      return renewal;
    },
    /** Called with a token the server refused; the next call renews it, once. */
    refuse(refused: string): void {
      if (token?.value === refused) token = { value: refused, expiresAt: 0 };
    },
    async start(): Promise<void> {
      if (ports.departure.isPending()) {
        left();
        await tell().catch(() => undefined);
        return;
      }
      if (!ports.hasSession()) return forget('none');
      if (state.status !== 'signed-in') become({ status: 'loading' });
      const impatience = setTimeout(() => void recall(), PATIENCE_MS);
      await this.accessToken();
      clearTimeout(impatience);
    },
    signIn(result: AuthResult): void {
      adopt(result);
      ports.channel.post({
        type: 'token',
        token: result.accessToken,
        expiresAt: result.accessTokenExpiresAt.getTime(),
        user: result.user,
      });
    },
    updateUser(user: User): void {
      if (state.status !== 'signed-in') return;
      become({ ...state, user });
      ports.channel.post({ type: 'user', user });
    },
    /**
     * Ends the session on this device at once and tells the server, now or when it can be reached.
     * Rejects, still signed in, where a browser that remembers nothing has no server to tell.
     */
    async signOut(): Promise<void> {
      if (!ports.departure.set(true)) await ports.logout();
      leave();
      await tell().catch(() => undefined);
    },
    /** Rejects while the server cannot be told of the last sign-out. Before any sign-in. */
    tell,
    /** The session ended on the server by itself: account deleted, signed out everywhere. */
    dropped: leave,
  };
}
