import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bloom } from './bloom.js';
import { createIdFilter, type IdFilter } from './index.js';
import { ManualFeed } from './world-support.js';

/** Time, committed ids, and a filter that hears of them. */
class World {
  now = 0;
  /** How far the clock on the wall is ahead. */
  slept = 0;
  readonly feed = new ManualFeed();
  readonly committed: string[] = [];
  #told = 0;
  readonly #timers = new Set<{ at: number; task: () => void }>();
  /** What a rebuild reads is fixed when it begins; it ends when the test lets it. */
  endRebuild: () => void = () => {};
  readonly filter: IdFilter = createIdFilter({
    feed: this.feed,
    prefix: 'note',
    count: async () => this.committed.length,
    load: () => this.#load(),
    clock: {
      now: () => this.now,
      wallNow: () => 1_767_225_600_000 + this.now + this.slept,
      sleep: async () => undefined,
      after: (ms, task) => {
        const timer = { at: this.now + ms, task };
        this.#timers.add(timer);
        return () => void this.#timers.delete(timer);
      },
    },
  });

  async *#load(): AsyncGenerator<string[]> {
    const ids = [...this.committed];
    await new Promise<void>((resolve) => {
      this.endRebuild = resolve;
    });
    yield ids.slice(0, 3);
    yield ids.slice(3);
  }

  wait(ms: number): void {
    this.now += ms;
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.now)) {
      this.#timers.delete(timer);
      timer.task();
    }
  }

  /** A poll that began at `since`, and so has seen what was committed until then. */
  poll(since = { committed: this.committed.length, at: this.now }): void {
    const ids = this.committed.slice(this.#told, since.committed);
    this.#told = Math.max(this.#told, since.committed);
    this.feed.tell(...ids.map((id) => ({ key: `note:${id}`, ver: 1n, deleted: false })));
    this.feed.prove(since.at);
  }

  async rebuild(): Promise<void> {
    const rebuilt = this.filter.rebuild();
    await settle();
    this.endRebuild();
    await rebuilt;
  }

  /** The answer when the next poll comes after the question. */
  async ask(id: string): Promise<boolean> {
    const answer = this.filter.mayExist(id);
    this.wait(1);
    this.poll();
    return answer;
  }
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('createIdFilter', () => {
  it('refuses an id that was never given, once it knows all', async () => {
    const world = new World();
    world.committed.push('known');
    expect(await world.ask('unknown')).toBe(true);
    await world.rebuild();
    expect(await world.ask('unknown')).toBe(false);
    expect(await world.ask('known')).toBe(true);
    expect(world.filter.stats()).toMatchObject({ ids: 1, refused: 1, isReady: true });
  });

  it('knows an id that was committed just before somebody asks', async () => {
    const world = new World();
    await world.rebuild();
    world.poll();
    const before = { committed: 0, at: world.now };
    world.wait(10);
    world.committed.push('new');
    const answer = world.filter.mayExist('new');
    // This poll began before the commit; it decides nothing.
    world.poll(before);
    world.wait(10);
    world.poll();
    expect(await answer).toBe(true);
    expect(world.filter.stats().refused).toBe(0);
  });

  it('lets through what no poll comes for, and asks for few polls', async () => {
    const world = new World();
    await world.rebuild();
    world.poll();
    const answers = Array.from({ length: 500 }, (_, n) => world.filter.mayExist(`id ${n}`));
    world.wait(150);
    expect(world.feed.nudges).toBe(0);
    world.wait(100);
    expect(world.feed.nudges).toBe(1);
    world.wait(1_000);
    expect((await Promise.all(answers)).every(Boolean)).toBe(true);
  });

  it.each([
    ['the feed was silent for long', (world: World) => world.wait(700_000)],
    ['the machine slept', (world: World) => (world.slept += 700_000)],
  ])('knows nothing any more when %s', async (_, gap) => {
    const world = new World();
    await world.rebuild();
    world.poll();
    const rebuilt = world.filter.rebuild();
    await settle();
    gap(world);
    expect(await world.ask('unknown')).toBe(true);
    world.endRebuild();
    await rebuilt;
    // What the gap has hidden may be missing in what was being loaded, too.
    expect(await world.ask('unknown')).toBe(true);
    await world.rebuild();
    expect(await world.ask('unknown')).toBe(false);
  });

  it('stays as it was when a rebuild fails, and lets all through once it is closed', async () => {
    const feed = new ManualFeed();
    let ids = [['known']];
    const load = async function* () {
      if (ids.length === 0) throw new Error('no Postgres');
      yield* ids;
    };
    const filter = createIdFilter({ feed, prefix: 'note', count: async () => 1, load });
    await filter.rebuild();
    feed.prove();
    ids = [];
    await expect(filter.rebuild()).rejects.toThrow('no Postgres');
    const answers = [filter.mayExist('known'), filter.mayExist('unknown')];
    feed.prove(performance.now() + 1);
    expect(await Promise.all(answers)).toEqual([true, false]);
    const last = filter.mayExist('unknown');
    filter.close();
    expect([await last, await filter.mayExist('unknown')]).toEqual([true, true]);
  });

  it('never says no to an id that was committed when it was asked', async () => {
    const step = fc.oneof(
      fc.constantFrom('commit' as const, 'ask for one that is not' as const),
      fc.nat({ max: 50 }).map((which) => ({ ask: which })),
      fc.constantFrom('begin poll' as const, 'end poll' as const, 'poll' as const),
      fc.constantFrom('rebuild' as const, 'end rebuild' as const),
      fc.constantFrom(1, 100, 1_000, 400_000).map((wait) => ({ wait })),
    );
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
        const world = new World();
        const answers: Promise<boolean>[] = [];
        const strangers: Promise<boolean>[] = [];
        let polling: { committed: number; at: number } | undefined;
        for (const act of steps) {
          if (act === 'commit') world.committed.push(`id ${world.committed.length}`);
          else if (act === 'poll' && !polling) world.poll();
          else if (act === 'begin poll')
            polling ??= { committed: world.committed.length, at: world.now };
          else if (act === 'end poll' && polling) {
            world.poll(polling);
            polling = undefined;
          } else if (act === 'rebuild') void world.filter.rebuild();
          else if (act === 'end rebuild') world.endRebuild();
          else if (act === 'ask for one that is not')
            strangers.push(world.filter.mayExist('stranger'));
          else if (typeof act === 'object' && 'wait' in act) world.wait(act.wait);
          else if (typeof act === 'object') {
            const id = world.committed.at(-1 - act.ask);
            if (id) answers.push(world.filter.mayExist(id));
          }
          await settle();
          // Time passes between any two events.
          world.wait(1);
        }
        world.wait(2_000);
        expect((await Promise.all(answers)).every(Boolean)).toBe(true);
        refused += (await Promise.all(strangers)).filter((mayBe) => !mayBe).length;
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(50);
  });
});

describe('Bloom', () => {
  it('knows all it was given and few others', () => {
    const bloom = new Bloom(20_000, 0.01);
    const texts = Array.from({ length: 20_000 }, (_, at) => `文章-${at}`);
    for (const text of texts) bloom.add(text);
    expect(texts.every((text) => bloom.has(text))).toBe(true);
    const mistaken = texts.filter((text) => bloom.has(`${text}-2`)).length;
    expect(mistaken / texts.length).toBeLessThan(0.02);
    expect(bloom.bytes).toBeLessThan(25_000);
    expect(bloom.added).toBeGreaterThan(19_000);
  });
});
