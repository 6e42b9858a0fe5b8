import type { Article, Locale } from '@ainotebook/contract';
import type { App } from './app-context.js';
import {
  cachedArticle,
  fetchArticle,
  patchArticle,
  refreshLists,
  setCachedArticle,
} from './features/articles/article-cache.js';
import { lastOpened } from './features/articles/last-opened.js';
import { createDraftStore } from './features/editor/draft-store.js';
import type { ServerText } from './features/editor/save-types.js';
import { createSyncCenter, type RevisionMessage } from './features/editor/sync-center.js';
import { createTabs } from './features/editor/tabs.js';
import { createOffline } from './features/offline/offline.js';
import { departure } from './features/session/departure.js';
import { createSession, type SessionMessage } from './features/session/session.js';
import { connection } from './lib/connection.js';
import { errorInfo, isTransient } from './lib/errors.js';
import { changeLocale } from './lib/locale.js';
import { createApiClient, createAuthClient, createQueryClient } from './trpc.js';

/** Messages between the tabs of this browser. */
function createChannel<Message>(name: string) {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
  return {
    post: (message: Message) => channel?.postMessage(message),
    listen(on: (message: Message) => void) {
      // Only our own tabs of this origin speak on it.
      channel?.addEventListener('message', (event) => on(event.data as Message));
    },
  };
}

/** One tab at a time; without locks (plain http) at least one call at a time in this tab. */
function withLock<T>(work: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return work();
  return navigator.locks.request('ainotebook-session', work) as Promise<T>;
}

export const toServerText = (article: Article): ServerText => ({
  title: article.title,
  content: article.content,
  revision: article.revision,
  savedAt: article.updatedAt.getTime(),
});

/** A request that hangs on a dead network must not hold up the texts behind it. */
const DEADLINE_MS = 30_000;
const inTime = () => ({ signal: AbortSignal.timeout(DEADLINE_MS) });

/** A list that follows every keystroke would ask too often. */
const LIST_REFRESH_MS = 1500;

/** Makes the long-lived objects of this tab and ties them together. */
export function createApp(): App {
  const queryClient = createQueryClient();
  const authClient = createAuthClient();
  const session = createSession({
    // The server sets it beside the two that no script can read.
    hasSession: () => /(^|; )(__Host-)?signed-in=1/.test(document.cookie),
    refresh: () => authClient.auth.refresh.mutate({}, inTime()),
    logout: () => authClient.auth.logout.mutate({}, inTime()),
    departure,
    lock: withLock,
    channel: createChannel<SessionMessage>('ainotebook-session'),
    now: Date.now,
    recall: () => offline.recall(),
    onUserChange() {
      sync.setUser(null);
      queryClient.clear();
    },
  });
  const api = createApiClient(session);
  let listTimer: ReturnType<typeof setTimeout> | undefined;
  const refreshListsSoon = () => {
    clearTimeout(listTimer);
    listTimer = setTimeout(() => void refreshLists(queryClient), LIST_REFRESH_MS);
  };
  const sync = createSyncCenter({
    drafts: createDraftStore(),
    tabs: createTabs(),
    channel: createChannel<RevisionMessage>('ainotebook-articles'),
    now: Date.now,
    async load(articleId, maxAgeMs) {
      const known = cachedArticle(queryClient, articleId);
      // Nobody waits for tries that are known to fail.
      if (known && connection.isAway()) return toServerText(known);
      try {
        const ask = () => api.articles.get.query({ id: articleId }, inTime());
        return toServerText(await fetchArticle(queryClient, articleId, ask, maxAgeMs));
      } catch (error) {
        const cached = cachedArticle(queryClient, articleId);
        // A save on an old base is noticed by the server, so the cache is a safe start.
        if (cached && isTransient(errorInfo(error).code)) return toServerText(cached);
        throw error;
      }
    },
    async save(id, { title, content }, baseRevision) {
      const data = { title: title.trim(), content };
      const reply = await api.articles.save.mutate({ id, data, baseRevision }, inTime());
      if (reply.status === 'conflict') {
        const { title, content, revision, savedAt } = reply.current;
        const current = { title, content, revision, savedAt: savedAt.getTime() };
        return { status: 'conflict', current };
      }
      return { status: 'saved', revision: reply.revision, savedAt: reply.savedAt.getTime() };
    },
    async create(id, { title, content }, create) {
      const input = { id, title: title.trim(), content, ...create };
      const article = await api.articles.create.mutate(input, inTime());
      setCachedArticle(queryClient, article);
      return toServerText(article);
    },
    onConfirmed(articleId, { title, content, revision, savedAt }) {
      const updatedAt = new Date(savedAt);
      patchArticle(queryClient, articleId, { title, content, revision, updatedAt });
      refreshListsSoon();
    },
    onForeignRevision: refreshListsSoon,
  });
  // By its own name a page knows of which build it is.
  const offline = createOffline(() => app, new URL(import.meta.url).pathname);
  const app: App = { session, authClient, api, queryClient, sync, offline, refreshListsSoon };
  return app;
}

/** Ties the browser's own events to the app. */
export function wire({ session, sync, offline }: App): void {
  let locale: Locale | null = null;
  let isWatching = false;
  session.subscribe(() => {
    const state = session.getState();
    offline.follow(state);
    if (state.status === 'signed-in') {
      // The account's language, once for each time it is news: a choice under way is not undone.
      if (state.user.locale !== locale) changeLocale(state.user.locale);
      locale = state.user.locale;
      if (!isWatching)
        void import('./features/shell/offer-updates.js').then(({ offerUpdates }) =>
          offerUpdates(sync),
        );
      isWatching = true;
      sync.setUser(state.user.id);
      // A renewed session may be what a refused save waited for.
      sync.retryAll();
    } else if (state.status === 'signed-out') {
      sync.setUser(null);
      lastOpened.forget();
    }
  });
  window.addEventListener('online', () => {
    const state = session.getState();
    // The first call that fails says otherwise; who opened without the server needs a session first.
    if (state.status === 'signed-in' && state.isFromDevice) void session.accessToken();
    else connection.set(false);
    sync.retryAll();
  });
  window.addEventListener('offline', () => connection.set(true));
  window.addEventListener('blur', () => sync.flushAll());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') sync.flushAll();
    // Another tab may have been closed with unsaved text meanwhile.
    else void sync.sendLeftovers();
  });
  window.addEventListener('pagehide', () => sync.flushAll());
  window.addEventListener('beforeunload', (event) => {
    sync.flushAll();
    if (sync.isUnprotected()) event.preventDefault();
  });
}
