import { TRPCClientError } from '@trpc/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDirty, sameText, statusOf } from './save-rules.js';
import {
  createSaveRunner,
  type SavePorts,
  type SaveReply,
  type SaveRunner,
} from './save-runner.js';
import type { Draft, NoteText } from './save-types.js';

const ARTICLE = 'article';
const text = (content: string): NoteText => ({ title: 't', content });

/** A server that behaves like `articles.save`, with every text it ever took or kept. */
function createServer() {
  const server = {
    current: { ...text('start'), revision: 1, savedAt: 0 },
    history: [{ number: 1, text: text('start') }],
    save(next: NoteText, base: number): SaveReply {
      const { current, history } = server;
      if (sameText(next, current))
        return { status: 'saved', revision: current.revision, savedAt: 0 };
      if (base === current.revision) {
        server.current = { ...next, revision: base + 1, savedAt: 0 };
        history.push({ number: base + 1, text: next });
        return { status: 'saved', revision: base + 1, savedAt: 0 };
      }
      if (history.some((one) => one.number === base + 1 && sameText(one.text, next))) {
        return { status: 'saved', revision: base + 1, savedAt: 0 };
      }
      // A losing text is kept, under no number of its own.
      history.push({ number: 0, text: next });
      return { status: 'conflict', current };
    },
    has: (wanted: NoteText) => server.history.some((one) => sameText(one.text, wanted)),
  };
  return server;
}

interface Pending {
  answer: () => SaveReply;
  resolve: (reply: SaveReply) => void;
  reject: (error: Error) => void;
}

/** One tab on one article: a device that stores, a server, and a network that is played by hand. */
function createWorld() {
  const server = createServer();
  const device = new Map<string, Draft>();
  const pending: Pending[] = [];
  let timers: { at: number; run: () => void }[] = [];
  let tabs = 0;
  const world = {
    server,
    device,
    pending,
    now: 0,
    runner: undefined as unknown as SaveRunner,
    /** Texts the device confirmed; what was typed after the last one may die with the tab. */
    lastStored: text('start'),
    open,
    type(content: string) {
      world.runner.dispatch({ type: 'edited', text: text(content) });
    },
    deliver(how: 'answer' | 'lose' | 'refuse') {
      const request = pending.shift();
      if (!request) return;
      if (how === 'refuse') return request.reject(new TRPCClientError('Failed to fetch'));
      const reply = request.answer();
      if (how === 'lose') request.reject(new TRPCClientError('Failed to fetch'));
      else request.resolve(reply);
    },
    pass(ms: number) {
      world.now += ms;
      const due = timers.filter((timer) => timer.at <= world.now);
      timers = timers.filter((timer) => timer.at > world.now);
      for (const timer of due) timer.run();
    },
    async crash() {
      world.runner.close();
      timers = [];
      pending.length = 0;
      await open();
    },
  };
  async function open() {
    tabs += 1;
    const tabId = `tab-${tabs}`;
    const ports: SavePorts = {
      drafts: {
        async put(draft) {
          await Promise.resolve();
          // A tab that is gone writes nothing any more.
          if (tabId !== `tab-${tabs}`) return;
          device.set(draft.tabId, structuredClone(draft));
          world.lastStored = text(draft.content);
        },
        async discard(_user, _article, gone) {
          await Promise.resolve();
          for (const [key, draft] of device) if (sameText(draft, gone)) device.delete(key);
        },
        ofArticle: async () => [...device.values()],
        ofUser: async () => [...device.values()],
        adopt: async () => {},
        clear: async () => {},
      },
      save: (_id, next, base) =>
        new Promise((resolve, reject) => {
          pending.push({ answer: () => server.save(next, base), resolve, reject });
        }),
      create: () => Promise.reject(new Error('the article exists')),
      announce() {},
      now: () => world.now,
      setTimer(run, ms) {
        const timer = { at: world.now + ms, run };
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
    if (draft) {
      device.delete(draft.tabId);
      device.set(tabId, { ...draft, tabId });
    }
    world.runner = createSaveRunner(ports, {
      articleId: ARTICLE,
      article: server.current,
      draft: draft && { ...draft, tabId },
    });
    await settle();
  }
  return world;
}

/** Lets every promise that can go on go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const isKept = (world: ReturnType<typeof createWorld>, wanted: NoteText): boolean =>
  sameText(world.runner.getState().text, wanted) ||
  [...world.device.values()].some((draft) => sameText(draft, wanted)) ||
  world.server.has(wanted);

type Action =
  | { do: 'type' }
  | { do: 'pass'; ms: number }
  | { do: 'deliver'; how: 'answer' | 'lose' | 'refuse' }
  | { do: 'crash' }
  | { do: 'foreign' }
  | { do: 'reload' }
  | { do: 'choose'; choice: 'mine' | 'theirs' };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Action>({ do: 'type' }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(100, 900, 6000) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      how: fc.constantFrom(
        'answer' as const,
        'answer' as const,
        'lose' as const,
        'refuse' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'crash' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'foreign' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'reload' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('choose' as const),
      choice: fc.constantFrom('mine' as const, 'theirs' as const),
    }),
  },
);

/** Half of the runs begin with a refused save: by chance alone they would be rare. */
const toConflict: Action[] = [
  { do: 'type' },
  { do: 'foreign' },
  { do: 'pass', ms: 900 },
  { do: 'deliver', how: 'answer' },
];
const story = (maxLength: number): fc.Arbitrary<Action[]> =>
  fc
    .tuple(fc.boolean(), fc.array(action, { maxLength }))
    .map(([isConflict, rest]) => (isConflict ? [...toConflict, ...rest] : rest));

async function play(actions: Action[]) {
  const world = createWorld();
  await world.open();
  let typed = 0;
  let last = text('start');
  for (const step of actions) {
    switch (step.do) {
      case 'type':
        typed += 1;
        last = text(`${world.runner.getState().text.content} ${typed}`);
        world.type(last.content);
        break;
      case 'pass':
        world.pass(step.ms);
        break;
      case 'deliver':
        world.deliver(step.how);
        break;
      case 'crash': {
        // Only what the device had is promised over a crash.
        last = sameText(last, world.runner.getState().text) ? world.lastStored : last;
        await world.crash();
        break;
      }
      case 'foreign':
        world.server.save(
          text(`foreign ${world.server.current.revision}`),
          world.server.current.revision,
        );
        break;
      case 'reload':
        world.runner.dispatch({ type: 'remote', current: world.server.current });
        break;
      case 'choose':
        world.runner.dispatch({ type: 'choose', choice: step.choice });
        break;
    }
    await settle();
    expect(isKept(world, last), `lost "${last.content}" after ${step.do}`).toBe(true);
  }
  return { world, last };
}

describe('nothing typed is ever lost', () => {
  it('whatever the network, the other devices and the tab do', async () => {
    await fc.assert(
      fc.asyncProperty(story(40), async (actions) => {
        await play(actions);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('and in the end the server has it, and the device is clean', async () => {
    await fc.assert(
      fc.asyncProperty(story(30), async (actions) => {
        const { world, last } = await play(actions);
        for (let round = 0; round < 12; round += 1) {
          world.pass(60_000);
          await settle();
          while (world.pending.length > 0) {
            world.deliver('answer');
            await settle();
          }
          world.runner.dispatch({ type: 'choose', choice: 'mine' });
          await settle();
        }
        const state = world.runner.getState();
        expect(statusOf(state)).toBe('saved');
        expect(world.server.has(last)).toBe(true);
        expect([...world.device.values()]).toEqual([]);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe('a saver', () => {
  it('never has two saves on their way', async () => {
    const world = createWorld();
    await world.open();
    for (let edit = 0; edit < 20; edit += 1) {
      world.type(`edit ${edit}`);
      await settle();
      world.pass(900);
      await settle();
      expect(world.pending.length).toBeLessThanOrEqual(1);
    }
  });

  it('resolves flush when the server has the text, and rejects when it cannot be brought there', async () => {
    const world = createWorld();
    await world.open();
    world.type('one');
    const flushed = world.runner.flush();
    await settle();
    world.deliver('answer');
    await expect(flushed).resolves.toMatchObject({ content: 'one', revision: 2 });
    world.type('two');
    await settle();
    const failed = world.runner.flush();
    await settle();
    world.deliver('refuse');
    await expect(failed).rejects.toMatchObject({ code: 'network' });
    expect(isDirty(world.runner.getState())).toBe(true);
  });

  it('goes on after a reload where the draft ended, also when the answer was lost', async () => {
    const world = createWorld();
    await world.open();
    world.type('one');
    await settle();
    world.pass(900);
    await settle();
    world.type('one two');
    await settle();
    world.deliver('lose');
    await settle();
    await world.crash();
    expect(world.runner.getState().text.content).toBe('one two');
    world.deliver('answer');
    await settle();
    expect(statusOf(world.runner.getState())).toBe('saved');
    expect(world.server.current.content).toBe('one two');
  });
});
