import type { AppErrorCode } from '@ainotebook/contract';
import { TRPCClientError } from '@trpc/client';
import type { DraftStore } from './draft-store.js';
import { sameText } from './save-rules.js';
import {
  createSaveRunner,
  type SavePorts,
  type SaveReply,
  type SaveRunner,
} from './save-runner.js';
import type { Draft, NewArticle, NoteText, ServerText } from './save-types.js';

export const textOf = (content: string): NoteText => ({ title: 't', content });

/** Lets every promise that can go on go on. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export const networkError = () => new TRPCClientError('Failed to fetch');

/** An error as the server answers it. */
export const appError = (appCode: AppErrorCode) =>
  new TRPCClientError(appCode, {
    result: { error: { message: appCode, code: -32_000, data: { appCode } } },
  });

/** A server that behaves like `articles.save` and `create`, with every text it ever took or kept. */
export function createServer(start: string | null = 'start') {
  const server = {
    current: start === null ? null : { ...textOf(start), revision: 1, savedAt: 0 },
    history: start === null ? [] : [{ number: 1, text: textOf(start) }],
    /** Called with every text that takes the place of another one. */
    onTaken: (_before: NoteText, _after: NoteText): void => {},
    create(text: NoteText): ServerText {
      if (!server.current) {
        server.current = { ...text, revision: 1, savedAt: 0 };
        server.history.push({ number: 1, text });
      }
      return server.current;
    },
    save(text: NoteText, base: number): SaveReply {
      const { current, history } = server;
      if (!current) throw new Error('nothing to save');
      if (sameText(text, current)) {
        return { status: 'saved', revision: current.revision, savedAt: 0 };
      }
      if (base === current.revision) {
        server.onTaken(current, text);
        server.current = { ...text, revision: base + 1, savedAt: 0 };
        history.push({ number: base + 1, text });
        return { status: 'saved', revision: base + 1, savedAt: 0 };
      }
      if (history.some((one) => one.number === base + 1 && sameText(one.text, text))) {
        return { status: 'saved', revision: base + 1, savedAt: 0 };
      }
      // A losing text is kept, under no number of its own.
      history.push({ number: 0, text });
      return { status: 'conflict', current };
    },
    has: (wanted: NoteText) => server.history.some((one) => sameText(one.text, wanted)),
  };
  return server;
}

export type TestServer = ReturnType<typeof createServer>;

/** Drafts in memory; `isGone` says that the tab that writes is closed and writes no more. */
export function memoryDrafts(
  device: Map<string, Draft>,
  isGone = (): boolean => false,
): DraftStore {
  const keyOf = (articleId: string, tabId: string) => `${articleId} ${tabId}`;
  const change = async (work: () => void) => {
    await Promise.resolve();
    if (!isGone()) work();
  };
  return {
    put: (draft) =>
      change(() => device.set(keyOf(draft.articleId, draft.tabId), structuredClone(draft))),
    remove: (articleId, tabId) => change(() => device.delete(keyOf(articleId, tabId))),
    discard: (userId, articleId, text) =>
      change(() => {
        for (const [key, draft] of device) {
          if (draft.userId !== userId || draft.articleId !== articleId) continue;
          if (sameText(draft, text)) device.delete(key);
        }
      }),
    adopt: async ({ articleId, tabId: former }, tabId) => {
      const draft = device.get(keyOf(articleId, former));
      if (!draft) return null;
      device.delete(keyOf(articleId, former));
      device.set(keyOf(articleId, tabId), { ...draft, tabId });
      return { ...draft, tabId };
    },
    ofArticle: async (userId, articleId) =>
      [...device.values()].filter(
        (draft) => draft.userId === userId && draft.articleId === articleId,
      ),
    ofUser: async (userId) => [...device.values()].filter((draft) => draft.userId === userId),
    keysOf: async (userId) =>
      [...device.values()]
        .filter((draft) => draft.userId === userId)
        .map(({ articleId, tabId }) => [articleId, tabId]),
    clear: (userId) =>
      change(() => {
        for (const [key, draft] of device) if (draft.userId === userId) device.delete(key);
      }),
  };
}

interface Pending {
  answer: () => unknown;
  resolve: (reply: never) => void;
  reject: (error: Error) => void;
}

/** What the network does with a request: carry it and its answer, lose the answer, lose it all. */
export type Delivery = 'answer' | 'lose' | 'refuse';

export type TestClient = ReturnType<typeof createClient>;

/** One tab after another on one article: a device that stores, and a network that is played by hand. */
export function createClient(server: TestServer, create: NewArticle | null = null) {
  const device = new Map<string, Draft>();
  const pending: Pending[] = [];
  let timers: { at: number; run: () => void }[] = [];
  let tabs = 0;
  const ask = <T>(answer: () => T): Promise<T> =>
    new Promise((resolve, reject) => pending.push({ answer, resolve, reject }));

  async function open(): Promise<void> {
    tabs += 1;
    const tab = tabs;
    const tabId = `tab-${tab}`;
    const drafts = memoryDrafts(device, () => tab !== tabs);
    const ports: SavePorts = {
      drafts,
      save: (_id, text, base) => ask(() => server.save(text, base)),
      create: (_id, text) => ask(() => server.create(text)),
      announce() {},
      now: () => client.now,
      setTimer(run, ms) {
        const timer = { at: client.now + ms, run };
        timers.push(timer);
        return timer;
      },
      clearTimer(timer) {
        timers = timers.filter((other) => other !== timer);
      },
      userId: 'user',
      tabId,
    };
    const draft = [...device.values()].sort((a, b) => b.changedAt - a.changedAt)[0] ?? null;
    client.runner = createSaveRunner(ports, {
      articleId: 'article',
      article: server.current,
      draft: draft && (await drafts.adopt(draft, tabId)),
      create,
    });
    await settle();
  }

  const client = {
    device,
    pending,
    now: 0,
    // Set by `open`, which every test awaits first.
    runner: undefined as unknown as SaveRunner,
    open,
    text: () => client.runner.getState().text,
    type: (content: string) => client.runner.dispatch({ type: 'edited', text: textOf(content) }),
    deliver(how: Delivery): void {
      const request = pending.shift();
      if (!request) return;
      const reply = how === 'refuse' ? null : request.answer();
      // The answer of exactly this request.
      if (how === 'answer') request.resolve(reply as never);
      else request.reject(networkError());
    },
    pass(ms: number): void {
      client.now += ms;
      const due = timers.filter((timer) => timer.at <= client.now);
      timers = timers.filter((timer) => timer.at > client.now);
      for (const timer of due) timer.run();
    },
    /** Fetches the article as it is now. */
    look(): void {
      if (server.current) client.runner.dispatch({ type: 'remote', current: server.current });
    },
    /** The tab dies with what was on its way, and another one opens. */
    async crash(): Promise<void> {
      client.runner.close();
      timers = [];
      pending.length = 0;
      await open();
    },
    /** Lets all be answered, until nothing is left to do. */
    async finish(): Promise<void> {
      for (let round = 0; round < 12; round += 1) {
        client.pass(60_000);
        await settle();
        while (pending.length > 0) {
          client.deliver('answer');
          await settle();
        }
      }
    },
  };
  return client;
}
