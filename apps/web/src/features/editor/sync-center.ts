import { errorInfo, isSignedOut } from '../../lib/errors.js';
import { uuidv7 } from '../../lib/uuid.js';
import type { DraftStore } from './draft-store.js';
import { sendLeftover } from './leftovers.js';
import { isDirty } from './save-rules.js';
import { createSaveRunner, type SavePorts, type SaveRunner } from './save-runner.js';
import type { Draft, NewArticle, ServerText } from './save-types.js';
import type { Tabs } from './tabs.js';

/** What tabs tell each other about articles. */
export interface RevisionMessage {
  userId: string;
  articleId: string;
  revision: number;
}

export interface SyncPorts extends Pick<SavePorts, 'save' | 'create' | 'now'> {
  drafts: DraftStore;
  tabs: Tabs;
  /** The server's article, at most so old, or what the cache has when the server is away. */
  load: (articleId: string, maxAgeMs: number) => Promise<ServerText>;
  channel: {
    post: (message: RevisionMessage) => void;
    listen: (on: (message: RevisionMessage) => void) => void;
  };
  /** Keeps the caches of lists and articles in step. */
  onConfirmed: (articleId: string, current: ServerText) => void;
  /** Another tab or device saved an article. */
  onForeignRevision: (articleId: string) => void;
}

export type SyncCenter = ReturnType<typeof createSyncCenter>;

interface Entry {
  runner: SaveRunner;
  /** Editors that show it now. */
  users: number;
  /** Shown once, and not any more. */
  isReleased: boolean;
}

/** What was fetched when the pointer came near is fresh enough to begin with. */
const PREFETCHED_MS = 10_000;
const RETRY_LEFTOVERS_MS = 30_000;
const RELEASE_MS = 2000;

/** Owns the open editors' savers and whatever unsaved text lies on this device. */
export function createSyncCenter(ports: SyncPorts) {
  const runners = new Map<string, Entry>();
  const opening = new Map<string, Promise<SaveRunner>>();
  const listeners = new Set<() => void>();
  let userId: string | null = null;
  let pending = 0;
  let isSweeping = false;
  let sweepTimer: ReturnType<typeof setTimeout> | undefined;

  async function count(): Promise<void> {
    const drafts = userId ? await ports.drafts.ofUser(userId).catch(() => []) : [];
    const next = new Set(drafts.map((draft) => draft.articleId)).size;
    if (next === pending) return;
    pending = next;
    for (const listener of listeners) listener();
  }

  function announce(articleId: string, current: ServerText): void {
    ports.onConfirmed(articleId, current);
    if (userId) ports.channel.post({ userId, articleId, revision: current.revision });
  }

  const savePorts = (owner: string): SavePorts => ({
    ...ports,
    announce,
    setTimer: (run, ms) => setTimeout(run, ms),
    // Made by the line above.
    clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
    userId: owner,
    tabId: ports.tabs.id,
  });

  function register(owner: string, input: Parameters<typeof createSaveRunner>[1]): SaveRunner {
    const runner = createSaveRunner(savePorts(owner), input);
    const entry = { runner, users: 0, isReleased: false };
    runners.set(input.articleId, entry);
    runner.subscribe(() => {
      void runner.deviceIdle().then(count);
      dropIfDone(input.articleId);
    });
    return runner;
  }

  function dropIfDone(articleId: string): void {
    const entry = runners.get(articleId);
    if (!entry || entry.users > 0 || !entry.isReleased) return;
    const state = entry.runner.getState();
    if (isDirty(state) || state.sending) return;
    entry.runner.close();
    runners.delete(articleId);
  }

  /** The newest draft nobody else is writing, made this tab's own. */
  async function takeDraft(owner: string, articleId: string): Promise<Draft | null> {
    const drafts = await ports.drafts.ofArticle(owner, articleId).catch(() => []);
    const live = await ports.tabs.live();
    const free = drafts.filter((draft) => draft.tabId === ports.tabs.id || !live?.has(draft.tabId));
    const newest = free.sort((a, b) => b.changedAt - a.changedAt)[0] ?? null;
    if (newest) await ports.drafts.adopt(newest, ports.tabs.id).catch(() => undefined);
    return newest;
  }

  async function openArticle(owner: string, articleId: string): Promise<SaveRunner> {
    const draft = await takeDraft(owner, articleId);
    let article: ServerText | null = null;
    try {
      article = await ports.load(articleId, PREFETCHED_MS);
    } catch (error) {
      // Text on this device is shown even when the server has nothing to say.
      if (!draft) throw error;
      if (isSignedOut(errorInfo(error).code)) throw error;
    }
    if (owner !== userId) throw new Error('the account changed while the article was opening');
    return runners.get(articleId)?.runner ?? register(owner, { articleId, article, draft });
  }

  async function sweep(): Promise<void> {
    if (isSweeping || !userId) return;
    isSweeping = true;
    clearTimeout(sweepTimer);
    const owner = userId;
    try {
      const live = await ports.tabs.live();
      for (const draft of await ports.drafts.ofUser(owner)) {
        const isTaken = draft.tabId === ports.tabs.id || live?.has(draft.tabId);
        const isOpen = runners.has(draft.articleId) || opening.has(draft.articleId);
        if (isTaken || isOpen || draft.isConflict || owner !== userId) continue;
        const outcome = await sendLeftover(savePorts(owner), draft);
        if (outcome === 'later') {
          sweepTimer = setTimeout(() => void sweep(), RETRY_LEFTOVERS_MS);
          break;
        }
      }
    } catch {
      // Without IndexedDB there are no leftovers.
    } finally {
      isSweeping = false;
      await count();
    }
  }

  ports.channel.listen(({ userId: owner, articleId, revision }) => {
    if (owner !== userId) return;
    const runner = runners.get(articleId)?.runner;
    ports.onForeignRevision(articleId);
    if (!runner || isDirty(runner.getState()) || revision <= runner.getState().base) return;
    ports.load(articleId, 0).then(
      (current) => runner.dispatch({ type: 'remote', current }),
      // The next save or focus will find out.
      () => undefined,
    );
  });

  const each = (act: (runner: SaveRunner) => void) => {
    for (const { runner } of runners.values()) act(runner);
  };

  return {
    /** Switches to a user's text; the former user's drafts stay on the device under that user's id. */
    setUser(next: string | null): void {
      if (next === userId) return;
      each((runner) => runner.close());
      runners.clear();
      opening.clear();
      userId = next;
      void count();
      if (next) void sweep();
    },
    /** The saver of an article, opened once however many ask. @throws what `load` threw */
    open(articleId: string): Promise<SaveRunner> {
      const owner = userId;
      if (!owner) return Promise.reject(new Error('nobody is signed in'));
      const known = runners.get(articleId);
      if (known) return Promise.resolve(known.runner);
      let promise = opening.get(articleId);
      if (!promise) {
        promise = openArticle(owner, articleId).finally(() => opening.delete(articleId));
        opening.set(articleId, promise);
      }
      return promise;
    },
    /** The saver of an article that is open already. */
    peek: (articleId: string): SaveRunner | null => runners.get(articleId)?.runner ?? null,
    /** Starts a note at once, with or without a network. Returns its id. */
    createNote(create: NewArticle, text = { title: '', content: '' }): string {
      if (!userId) throw new Error('nobody is signed in');
      const articleId = uuidv7();
      const draft: Draft = {
        ...text,
        articleId,
        userId,
        tabId: ports.tabs.id,
        baseRevision: 0,
        baseText: null,
        changedAt: ports.now(),
        attempted: [],
        create,
        isConflict: false,
      };
      register(userId, { articleId, article: null, draft });
      return articleId;
    },
    /** An editor shows the article; the returned function says that it no longer does. */
    use(articleId: string): () => void {
      const entry = runners.get(articleId);
      if (!entry) return () => {};
      entry.users += 1;
      entry.isReleased = false;
      return () => {
        entry.users -= 1;
        entry.runner.dispatch({ type: 'flush' });
        // A screen that is drawn anew takes the same saver up again at once.
        setTimeout(() => {
          entry.isReleased = entry.users === 0;
          dropIfDone(articleId);
        }, RELEASE_MS);
      };
    },
    flushAll: () => each((runner) => runner.dispatch({ type: 'flush' })),
    retryAll(): void {
      each((runner) => runner.dispatch({ type: 'retry' }));
      void sweep();
    },
    /** Tries to bring everything to the server. Returns how many articles' text is still only here. */
    async settleAll(): Promise<number> {
      await Promise.all(
        [...runners.values()].map(({ runner }) => runner.flush().catch(() => undefined)),
      );
      await Promise.all([...runners.values()].map(({ runner }) => runner.deviceIdle()));
      await sweep();
      await count();
      return pending;
    },
    /** Unsaved texts of the present user, for a last resort download. */
    drafts: async (): Promise<Draft[]> =>
      userId ? ports.drafts.ofUser(userId).catch(() => []) : [],
    clearDrafts: async (): Promise<void> => {
      if (userId) await ports.drafts.clear(userId);
    },
    /** True when leaving now would lose text. */
    isUnprotected: (): boolean =>
      [...runners.values()].some(({ runner }) => {
        const state = runner.getState();
        return state.storage === 'failed' && isDirty(state);
      }),
    /** How many articles have text that is only on this device. */
    getPending: () => pending,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
