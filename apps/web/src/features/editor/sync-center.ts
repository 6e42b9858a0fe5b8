import { errorInfo, isSignedOut } from '../../lib/errors.js';
import { DEVICE_MS, inTime } from '../../lib/in-time.js';
import { uuidv7 } from '../../lib/uuid.js';
import type { DraftStore } from './draft-store.js';
import { byAge, createOutbox, type DraftKey } from './outbox.js';
import { isDirty } from './save-rules.js';
import { createSaveRunner, type SavePorts, type SaveRunner } from './save-runner.js';
import type { Draft, NewArticle, ServerText } from './save-types.js';
import type { Tabs } from './tabs.js';
import { createTurns } from './turns.js';

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
  /** Another tab saved an article, or a text of this device was given up. */
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
const RELEASE_MS = 2000;

/** Owns the open editors' savers and whatever unsaved text lies on this device. */
export function createSyncCenter(ports: SyncPorts) {
  const runners = new Map<string, Entry>();
  const opening = new Map<string, Promise<SaveRunner>>();
  const listeners = new Set<() => void>();
  const inTurn = createTurns();
  let userId: string | null = null;

  const allRunners = () => [...runners.values()].map(({ runner }) => runner);
  const outbox = createOutbox({
    ...ports,
    savePorts,
    userId: () => userId,
    runners: allRunners,
    isOpen: (articleId) => runners.has(articleId) || opening.has(articleId),
    onChange() {
      for (const listener of listeners) listener();
    },
  });

  function announce(articleId: string, current: ServerText): void {
    ports.onConfirmed(articleId, current);
    if (userId) ports.channel.post({ userId, articleId, revision: current.revision });
  }

  function savePorts(owner: string): SavePorts {
    /** One request at a time, and none for a user who has left: another one's session would carry it. */
    const send = <T>(request: () => Promise<T>): Promise<T> =>
      inTurn(() => {
        if (owner !== userId) throw new Error('the account changed before the text was sent');
        return request();
      });
    return {
      ...ports,
      save: (...text) => send(() => ports.save(...text)),
      create: (...text) => send(() => ports.create(...text)),
      announce,
      setTimer: (run, ms) => setTimeout(run, ms),
      // Made by the line above.
      clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
      userId: owner,
      tabId: ports.tabs.id,
    };
  }

  function register(owner: string, input: Parameters<typeof createSaveRunner>[1]): SaveRunner {
    const runner = createSaveRunner(savePorts(owner), input);
    const entry = { runner, users: 0, isReleased: false };
    runners.set(input.articleId, entry);
    runner.subscribe(() => {
      void runner.deviceIdle().then(outbox.count);
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

  /** The newest draft that nobody else is writing. */
  async function freeDraft(owner: string, articleId: string): Promise<Draft | null> {
    const drafts = await inTime(ports.drafts.ofArticle(owner, articleId), DEVICE_MS).catch(
      () => [],
    );
    const live = await ports.tabs.live();
    const free = drafts.filter((draft) => draft.tabId === ports.tabs.id || !live?.has(draft.tabId));
    return free.sort((a, b) => b.changedAt - a.changedAt)[0] ?? null;
  }

  async function openArticle(owner: string, articleId: string): Promise<SaveRunner> {
    const found = await freeDraft(owner, articleId);
    let article: ServerText | null = null;
    try {
      article = await ports.load(articleId, PREFETCHED_MS);
    } catch (error) {
      // Text on this device is shown even when the server has nothing to say.
      if (!found) throw error;
      if (isSignedOut(errorInfo(error).code)) throw error;
    }
    const draft = found && (await inTime(ports.drafts.adopt(found, ports.tabs.id), DEVICE_MS));
    if (owner !== userId) throw new Error('the account changed while the article was opening');
    return runners.get(articleId)?.runner ?? register(owner, { articleId, article, draft });
  }

  function takeOver(articleId: string, runner: SaveRunner): void {
    ports.load(articleId, 0).then(
      (current) => runner.dispatch({ type: 'remote', current }),
      // The next save or focus will find out.
      () => undefined,
    );
  }

  function heard(articleId: string, revision: number): void {
    const runner = runners.get(articleId)?.runner;
    ports.onForeignRevision(articleId);
    if (runner && revision > runner.getState().base) takeOver(articleId, runner);
  }

  ports.channel.listen(({ userId: owner, articleId, revision }) => {
    if (owner === userId) heard(articleId, revision);
  });

  /** Savers with unsaved text, in the order in which it is sent. */
  const waiting = () =>
    allRunners()
      .filter((runner) => isDirty(runner.getState()))
      .sort((a, b) => byAge(a.getDraft(), b.getDraft()));

  const ownRunner = ({ articleId, tabId }: DraftKey): SaveRunner | null =>
    tabId === ports.tabs.id ? (runners.get(articleId)?.runner ?? null) : null;

  return {
    /** Switches to a user's text; the former user's drafts stay on the device under that user's id. */
    setUser(next: string | null): void {
      if (next === userId) return;
      for (const runner of allRunners()) runner.close();
      runners.clear();
      opening.clear();
      userId = next;
      void outbox.count();
      void outbox.sendLeftovers();
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
    /** An article of this user has that revision now, wherever it was written. */
    heard,
    /** Any article may have changed meanwhile: those that are open are looked at. */
    lookAgain(): void {
      for (const [articleId, { runner }] of runners) takeOver(articleId, runner);
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
    /** The page may go: the device gets all newest texts at once, and the server what it can. */
    flushAll(): void {
      const unsaved = waiting();
      for (const runner of unsaved) runner.storeNow();
      for (const runner of unsaved) runner.dispatch({ type: 'flush' });
    },
    /** Tries to send everything, the oldest first. */
    retryAll(): void {
      for (const runner of waiting()) runner.dispatch({ type: 'retry' });
      void outbox.sendLeftovers();
    },
    sendLeftovers: outbox.sendLeftovers,
    /** Tries to bring everything to the server. Returns how many articles' text is still only here. */
    async settleAll(): Promise<number> {
      await Promise.all(waiting().map((runner) => runner.flush().catch(() => undefined)));
      await Promise.all(allRunners().map((runner) => runner.deviceIdle()));
      await outbox.sendLeftovers();
      await outbox.count();
      return outbox.getPending();
    },
    /** Every text that is on this device only. */
    outbox: outbox.list,
    /** Tries to send one of them now. */
    async sendNow(key: DraftKey): Promise<void> {
      const runner = ownRunner(key);
      if (runner) await runner.flush().catch(() => undefined);
      else await outbox.sendOne(key);
    },
    /** Gives up one of them for good: what the server has stays. */
    async giveUp(key: DraftKey): Promise<void> {
      const runner = ownRunner(key);
      if (runner) {
        runner.close();
        runners.delete(key.articleId);
        await runner.deviceIdle();
      }
      await outbox.remove(key);
      ports.onForeignRevision(key.articleId);
    },
    /** Unsaved texts of the present user, for a last resort download. */
    drafts: async (): Promise<Draft[]> => (await outbox.list()).map(({ draft }) => draft),
    clearDrafts: async (): Promise<void> => {
      if (userId) await ports.drafts.clear(userId);
    },
    /** True when leaving now would lose text. */
    isUnprotected: (): boolean =>
      waiting().some((runner) => runner.getState().storage === 'failed'),
    /** How many articles have text that is only on this device. */
    getPending: outbox.getPending,
    /** How many of them do not go on their way by themselves now. */
    getWaiting: outbox.getWaiting,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
