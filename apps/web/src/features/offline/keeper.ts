import { dehydrate, hashKey, hydrate, type Query } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import type { App } from '../../app-context.js';
import { connection } from '../../lib/connection.js';
import { errorInfo } from '../../lib/errors.js';
import { DEVICE_MS, inTime } from '../../lib/in-time.js';
import { trpc } from '../../trpc.js';
import { takeAllAsChanged } from '../live/apply-changes.js';
import { keptPerson } from './kept-person.js';
import { createKeptStore, type KeptQuery, type KeptState, type KeptStore } from './kept-store.js';
import { kindOf, shortened } from './rules.js';

/** Answers come in bursts; they are kept once for each. */
const THROTTLE_MS = 2000;
/** How often the server is looked for while it is away. */
const LOOK_MS = 15_000;

export type Keeper = ReturnType<typeof createKeeper>;

export const noteHash = (id: string): string =>
  hashKey(getQueryKey(trpc.articles.get, { id }, 'query'));

/** A query as it is kept: what the server said, and nothing of how the asking went since. */
function keptOf({ state, ...query }: KeptState): KeptQuery | null {
  const kind = kindOf(query.queryKey);
  if (!kind || state.data === undefined) return null;
  const data = shortened(state.data);
  return {
    hash: query.queryHash,
    kind,
    at: state.dataUpdatedAt,
    bytes: new TextEncoder().encode(JSON.stringify(data)).length,
    query: {
      ...query,
      state: { ...state, data, error: null, fetchFailureReason: null, fetchMeta: null },
    },
  };
}

/** The notes that a change of the signed-in person took away from the lists. */
function leavers(key: readonly unknown[] | undefined, variables: unknown): string[] {
  const path = Array.isArray(key?.[0]) ? key[0].join('.') : '';
  // The variables of our own procedures, by their names.
  const input = (variables ?? {}) as { id?: string; ids?: string[]; action?: string };
  if (path === 'articles.delete' || path === 'articles.purge') return input.id ? [input.id] : [];
  const isLeaving = input.action === 'trash' || input.action === 'purge';
  return path === 'articles.updateMany' && isLeaving ? (input.ids ?? []) : [];
}

/** Keeps lists and the newest notes on the device, and brings them back while the server is away. */
export function createKeeper(
  { queryClient, session, sync, api, refreshListsSoon }: App,
  store: KeptStore,
  build: string,
) {
  const queries = queryClient.getQueryCache();
  const news = new Set<string>();
  const gone = new Set<string>();
  let userId: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: ReturnType<typeof setInterval> | undefined;

  const isKept = (query: Query) => kindOf(query.queryKey) !== null;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const owner = userId;
    if (owner === null || news.size + gone.size === 0) return;
    const { queries: changed } = dehydrate(queryClient, {
      shouldDehydrateMutation: () => false,
      shouldDehydrateQuery: ({ queryHash, state }) =>
        news.has(queryHash) && state.status === 'success',
    });
    const put = changed.flatMap((query) => keptOf(query) ?? []);
    const drop = [...gone];
    news.clear();
    gone.clear();
    const isAllowed = () => userId === owner && keptPerson.get()?.id === owner;
    const change = { put, drop, now: Date.now() };
    // A device that does not store has nothing to show later; all else goes on.
    await inTime(store.write({ userId: owner, build }, change, isAllowed), DEVICE_MS).catch(
      () => undefined,
    );
  }

  function later(): void {
    timer ??= setTimeout(() => void flush(), THROTTLE_MS);
  }

  queries.subscribe((event) => {
    if (event.type !== 'updated' || userId === null || !isKept(event.query)) return;
    const { queryHash } = event.query;
    if (event.action.type === 'success') {
      gone.delete(queryHash);
      news.add(queryHash);
    } else if (
      event.action.type === 'error' &&
      errorInfo(event.action.error).code === 'not_found'
    ) {
      gone.add(queryHash);
    } else return;
    later();
  });
  queryClient.getMutationCache().subscribe(({ mutation }) => {
    if (mutation?.state.status !== 'success') return;
    const ids = leavers(mutation.options.mutationKey, mutation.state.variables);
    for (const id of ids) gone.add(noteHash(id));
    if (ids.length > 0) later();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void flush();
  });

  /** Brings what is kept of a person into the cache, where nothing newer is. */
  async function restore(owner: string): Promise<void> {
    const kept = await inTime(store.read({ userId: owner, build }, Date.now()), DEVICE_MS).catch(
      () => [],
    );
    // Somebody else may have come meanwhile.
    if (keptPerson.get()?.id !== owner) return;
    hydrate(
      queryClient,
      { queries: kept.map(({ query }) => query) },
      // They cannot be asked for again before the server is back.
      { defaultOptions: { queries: { gcTime: Number.POSITIVE_INFINITY } } },
    );
  }

  /** Asks whether the server is back; who opened without it is made known to it first. */
  async function look(): Promise<void> {
    await session.accessToken();
    const queryKey = getQueryKey(trpc.notebooks.list, undefined, 'query');
    const queryFn = () => api.notebooks.list.query();
    // Its end tells the connection, whichever it is.
    await queryClient
      .fetchQuery({ queryKey, queryFn, staleTime: 0, retry: false })
      .catch(() => undefined);
  }

  function follow(): void {
    clearInterval(looking);
    if (userId === null) return;
    if (connection.isAway()) {
      void restore(userId);
      looking = setInterval(() => {
        if (document.visibilityState === 'visible') void look();
      }, LOOK_MS);
    } else {
      takeAllAsChanged({ queryClient, sync, refreshListsSoon });
      sync.retryAll();
    }
  }
  connection.subscribe(follow);

  return {
    restore,
    look,
    flush,
    /** Keeps what this person is shown from now on, and what is there already; null for nobody. */
    setUser(next: string | null): void {
      if (next === userId) return;
      userId = next;
      news.clear();
      gone.clear();
      clearTimeout(timer);
      timer = undefined;
      clearInterval(looking);
      if (next === null) return;
      for (const query of queries.getAll()) if (isKept(query)) news.add(query.queryHash);
      later();
      if (connection.isAway()) follow();
    },
  };
}

export const startKeeper = (app: App, build: string): Keeper =>
  createKeeper(app, createKeptStore(), build);
