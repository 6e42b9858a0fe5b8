import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEVICE_MS } from '../../lib/in-time.js';
import { QUIET_MS } from './save-rules.js';
import type { SaveRunner } from './save-runner.js';
import type { Draft } from './save-types.js';
import { createSyncCenter, type RevisionMessage } from './sync-center.js';
import {
  appError,
  createServer,
  memoryDrafts,
  networkError,
  settle,
  type TestServer,
  textOf,
} from './test-support.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const doc = (...blocks: string[]) => blocks.join('\n\n');
const START = doc('a', 'b', 'c');

/** A tab of a browser in which closed tabs may have left drafts behind. */
function createTab(left: Draft[] = [], device = new Map<string, Draft>()) {
  for (const draft of left) device.set(`${draft.articleId} ${draft.tabId}`, draft);
  const servers = new Map<string, TestServer>();
  const serverOf = (id: string): TestServer => {
    const server = servers.get(id) ?? createServer(id.startsWith('new') ? null : START);
    servers.set(id, server);
    return server;
  };
  const tab = {
    device,
    serverOf,
    isOnline: true,
    isStorageBroken: false,
    /** Takes texts and does not say when they are stored. */
    isDeviceSlow: false,
    /** Never says what it has. */
    isDeviceSilent: false,
    /** What the device was given to store, in order. */
    handed: [] as string[],
    isArticleGone: false,
    now: 0,
    /** What reached the server, in order. */
    sent: [] as string[],
    mostAtOnce: 0,
    live: new Set(['this', 'living']),
    hear: (_message: RevisionMessage): void => {},
    foreign: [] as string[],
  };
  let atOnce = 0;
  const carry = async <T>(id: string, answer: () => T): Promise<T> => {
    atOnce += 1;
    tab.mostAtOnce = Math.max(tab.mostAtOnce, atOnce);
    await settle();
    atOnce -= 1;
    if (!tab.isOnline) throw networkError();
    if (tab.isArticleGone) throw appError('not_found');
    tab.sent.push(id);
    return answer();
  };
  const drafts = memoryDrafts(device);
  const sync = createSyncCenter({
    drafts: {
      ...drafts,
      ofArticle: (...asked) =>
        tab.isDeviceSilent ? new Promise(() => {}) : drafts.ofArticle(...asked),
      put(draft) {
        tab.handed.push(draft.content);
        if (tab.isDeviceSlow) return new Promise(() => {});
        return tab.isStorageBroken ? Promise.reject(new Error('full')) : drafts.put(draft);
      },
    },
    tabs: { id: 'this', live: async () => tab.live, alone: (work) => work() },
    now: () => tab.now,
    async load(id) {
      const { current } = serverOf(id);
      if (!tab.isOnline || !current) throw networkError();
      return current;
    },
    save: (id, text, base) => carry(id, () => serverOf(id).save(text, base)),
    create: (id, text) => carry(id, () => serverOf(id).create(text)),
    channel: {
      post() {},
      listen(on) {
        tab.hear = on;
      },
    },
    onConfirmed() {},
    onForeignRevision: (id) => tab.foreign.push(id),
  });
  return Object.assign(tab, { sync });
}

const draft = (articleId: string, content: string, rest: Partial<Draft> = {}): Draft => ({
  ...textOf(content),
  articleId,
  userId: 'user',
  tabId: 'gone',
  baseRevision: 1,
  baseText: textOf(START),
  changedAt: 0,
  attempted: [],
  create: null,
  isConflict: false,
  ...rest,
});
const create = { notebookId: null, tags: [] };

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if (condition()) return;
    await settle();
  }
  throw new Error('never came true');
}
const statuses = async ({ sync }: ReturnType<typeof createTab>) =>
  (await sync.outbox()).map(({ draft, holder, status }) => [draft.articleId, holder, status]);
const type = (runner: SaveRunner, content: string) =>
  runner.dispatch({ type: 'edited', text: textOf(content) });

describe('text that closed tabs left behind', () => {
  it('is sent one at a time, new notes first, then the oldest first', async () => {
    const tab = createTab([
      draft('late', doc('A', 'b', 'c'), { changedAt: 3 }),
      draft('early', doc('A', 'b', 'c'), { changedAt: 1 }),
      draft('new', 'note', { changedAt: 4, create, baseRevision: 0 }),
      draft('middle', doc('A', 'b', 'c'), { changedAt: 2 }),
    ]);
    tab.sync.setUser('user');
    await until(() => tab.device.size === 0);
    expect(tab.sent).toEqual(['new', 'early', 'middle', 'late']);
    expect(tab.mostAtOnce).toBe(1);
    expect(tab.sync.getPending()).toBe(0);
  });

  it('stops at the first failure and goes on later, ever more slowly, in the same order', async () => {
    const left = [draft('one', 'ONE', { changedAt: 1 }), draft('two', 'TWO', { changedAt: 2 })];
    const tab = createTab(left);
    tab.isOnline = false;
    tab.sync.setUser('user');
    await settle();
    await until(() => vi.getTimerCount() === 1);
    expect(await statuses(tab)).toEqual([
      ['one', 'nobody', 'offline'],
      ['two', 'nobody', 'unsaved'],
    ]);
    vi.advanceTimersByTime(30_000);
    await until(() => vi.getTimerCount() === 1);
    tab.isOnline = true;
    vi.advanceTimersByTime(30_000);
    await settle();
    expect(tab.sent).toEqual([]);
    vi.advanceTimersByTime(30_000);
    await until(() => tab.device.size === 0);
    expect(tab.sent).toEqual(['one', 'two']);
  });

  it('is merged with what the note became since', async () => {
    const tab = createTab([draft('note', doc('a', 'b', 'C'))]);
    tab.serverOf('note').save(textOf(doc('A', 'b', 'c')), 1);
    tab.sync.setUser('user');
    await until(() => tab.device.size === 0);
    expect(tab.serverOf('note').current?.content).toBe(doc('A', 'b', 'C'));
    expect(tab.serverOf('note').has(textOf(doc('a', 'b', 'C')))).toBe(true);
  });

  it('waits for a person where it overlaps, and is sent no more until then', async () => {
    const tab = createTab([draft('note', doc('a', 'b', 'C'))]);
    tab.serverOf('note').save(textOf(doc('a', 'b', 'ç')), 1);
    tab.sync.setUser('user');
    await until(() => [...tab.device.values()].some(({ isConflict }) => isConflict));
    await tab.sync.sendLeftovers();
    expect(await statuses(tab)).toEqual([['note', 'nobody', 'conflict']]);
    expect(tab.sent).toEqual(['note']);
    expect(tab.serverOf('note').current?.content).toBe(doc('a', 'b', 'ç'));
    const runner = await tab.sync.open('note');
    await until(() => runner.getState().conflict !== null);
    expect(runner.getState().text.content).toBe(doc('a', 'b', 'C'));
  });

  it('is left alone while the tab that writes it lives, and when it is another person’s', async () => {
    const tab = createTab([
      draft('theirs', 'X', { userId: 'other' }),
      draft('living', 'Y', { tabId: 'living' }),
    ]);
    tab.sync.setUser('user');
    await tab.sync.sendLeftovers();
    expect(tab.sent).toEqual([]);
    expect(await statuses(tab)).toEqual([['living', 'elsewhere', 'unsaved']]);
    expect(tab.sync.getPending()).toBe(1);
  });

  it('is never sent in the name of another person who signs in meanwhile', async () => {
    const tab = createTab([draft('one', 'ONE'), draft('new', 'mine', { create, baseRevision: 0 })]);
    tab.sync.setUser('user');
    tab.sync.setUser('other');
    await tab.sync.sendLeftovers();
    await settle();
    expect(tab.sent).toEqual([]);
    expect(tab.device.size).toBe(2);
  });
});

describe('leaving', () => {
  it('hands the newest text to the device without waiting for what is being written', async () => {
    const tab = createTab();
    tab.sync.setUser('user');
    const runner = await tab.sync.open('note');
    tab.isOnline = false;
    tab.isDeviceSlow = true;
    type(runner, 'first');
    await settle();
    type(runner, 'first second');
    tab.sync.flushAll();
    expect(tab.handed).toEqual(['first', 'first second']);
  });
});

describe('a device that never answers', () => {
  it('holds up an opening and a save for its deadline only', async () => {
    const tab = createTab();
    tab.isDeviceSilent = true;
    tab.sync.setUser('user');
    const opening = tab.sync.open('note');
    await vi.advanceTimersByTimeAsync(DEVICE_MS);
    const runner = await opening;
    tab.isDeviceSlow = true;
    type(runner, doc('A', 'b', 'c'));
    tab.now = DEVICE_MS + QUIET_MS;
    await vi.advanceTimersByTimeAsync(tab.now);
    await until(() => tab.sent.length > 0);
    expect(tab.serverOf('note').current?.content).toBe(doc('A', 'b', 'c'));
  });
});

describe('signing out', () => {
  it('counts and hands out text that the device refuses to store', async () => {
    const tab = createTab([draft('theirs', 'X', { userId: 'other' })]);
    tab.sync.setUser('user');
    const runner = await tab.sync.open('note');
    tab.isStorageBroken = true;
    tab.isOnline = false;
    type(runner, 'nowhere but here');
    expect(await tab.sync.settleAll()).toBe(1);
    expect(tab.sync.isUnprotected()).toBe(true);
    expect((await tab.sync.drafts()).map(({ content }) => content)).toEqual(['nowhere but here']);
  });
});

describe('open editors', () => {
  it('send what waited the oldest first and one at a time when the network is back', async () => {
    const tab = createTab();
    tab.sync.setUser('user');
    const runners: SaveRunner[] = [];
    for (const id of ['one', 'two', 'three']) runners.push(await tab.sync.open(id));
    tab.isOnline = false;
    for (const runner of runners.toReversed()) {
      tab.now += 10;
      type(runner, doc('A', 'b', 'c'));
    }
    const isFailed = (runner: SaveRunner) => runner.getState().failure !== null;
    await settle();
    tab.sync.flushAll();
    await until(() => runners.every(isFailed));
    tab.isOnline = true;
    tab.sync.retryAll();
    await until(() => tab.device.size === 0);
    expect(tab.sent).toEqual(['three', 'two', 'one']);
    expect(tab.mostAtOnce).toBe(1);
  });

  it('merge what another tab saved into what is being typed', async () => {
    const tab = createTab();
    tab.sync.setUser('user');
    const runner = await tab.sync.open('note');
    type(runner, doc('a', 'b', 'C'));
    tab.serverOf('note').save(textOf(doc('A', 'b', 'c')), 1);
    tab.hear({ userId: 'user', articleId: 'note', revision: 2 });
    await until(() => runner.getState().merges === 1);
    expect(runner.getState().text.content).toBe(doc('A', 'b', 'C'));
    tab.hear({ userId: 'other', articleId: 'note', revision: 3 });
    expect(tab.foreign).toEqual(['note']);
  });

  it('are at risk only when the device refuses to store', async () => {
    const tab = createTab();
    tab.sync.setUser('user');
    const runner = await tab.sync.open('note');
    tab.isOnline = false;
    type(runner, 'unsaved');
    await settle();
    expect(tab.sync.isUnprotected()).toBe(false);
    tab.isStorageBroken = true;
    type(runner, 'unsaved and unsafe');
    await settle();
    expect(tab.sync.isUnprotected()).toBe(true);
    expect(await statuses(tab)).toEqual([['note', 'here', 'unprotected']]);
    expect((await tab.sync.outbox())[0]?.draft.content).toBe('unsaved and unsafe');
  });
});

describe('the outbox', () => {
  it('sends one text on demand, whatever became of it before', async () => {
    const tab = createTab([draft('note', doc('A', 'b', 'c'))]);
    tab.isOnline = false;
    tab.sync.setUser('user');
    await tab.sync.sendLeftovers();
    tab.isOnline = true;
    await tab.sync.sendNow({ articleId: 'note', tabId: 'gone' });
    expect(tab.device.size).toBe(0);
    expect(tab.serverOf('note').current?.content).toBe(doc('A', 'b', 'c'));
  });

  it('gives a text up for good, also when its answer comes late', async () => {
    const tab = createTab();
    tab.sync.setUser('user');
    const runner = await tab.sync.open('note');
    tab.isOnline = false;
    type(runner, 'given up');
    await settle();
    void tab.sync.sendNow({ articleId: 'note', tabId: 'this' });
    await tab.sync.giveUp({ articleId: 'note', tabId: 'this' });
    for (let turn = 0; turn < 10; turn += 1) await settle();
    expect(tab.device.size).toBe(0);
    expect(await tab.sync.outbox()).toEqual([]);
    expect(tab.sync.peek('note')).toBeNull();
    tab.isOnline = true;
    expect((await tab.sync.open('note')).getState().text.content).toBe(START);
  });

  it('says why a text cannot be saved', async () => {
    const tab = createTab([draft('note', 'x')]);
    tab.isArticleGone = true;
    tab.sync.setUser('user');
    await tab.sync.sendLeftovers();
    expect(await tab.sync.outbox()).toMatchObject([{ status: 'failed', code: 'not_found' }]);
  });
});
