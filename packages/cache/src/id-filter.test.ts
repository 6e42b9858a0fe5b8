import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bloom, uuidWords } from './bloom.js';
import { createIdFilter, type IdFilter } from './index.js';
import { ManualFeed } from './world-support.js';

const YEAR_2026 = 1_767_225_600_000;

/** A UUIDv7 made at a time. */
function uuidAt(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  const rest = randomBytes(10).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}

/** Time, committed ids, and a filter that hears of them. */
class World {
  now = 0;
  readonly feed = new ManualFeed();
  readonly committed: string[] = [];
  #told = 0;
  /** What a rebuild reads is fixed when it begins; it ends when the test lets it. */
  endRebuild: () => void = () => {};
  readonly filter: IdFilter = createIdFilter({
    feed: this.feed,
    prefix: 'note',
    count: async () => this.committed.length,
    load: () => this.#load(),
    clock: {
      now: () => this.now,
      wallNow: () => YEAR_2026 + this.now,
      sleep: async () => undefined,
      after: () => () => undefined,
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

  id(): string {
    return uuidAt(YEAR_2026 + this.now);
  }

  poll(): void {
    const ids = this.committed.slice(this.#told);
    this.#told = this.committed.length;
    this.feed.tell(...ids.map((id) => ({ key: `note:${id}`, ver: 1n, deleted: false })));
    this.feed.prove(this.now);
  }

  async rebuild(): Promise<void> {
    const rebuilt = this.filter.rebuild();
    await settle();
    this.endRebuild();
    await rebuilt;
  }
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('createIdFilter', () => {
  it('refuses an id that was never given, once it knows', async () => {
    const world = new World();
    const [known, unknown] = [world.id(), world.id()];
    world.committed.push(known);
    world.now += 120_000;
    expect(world.filter.mayExist(unknown)).toBe(true);
    await world.rebuild();
    expect(world.filter.mayExist(unknown)).toBe(true);
    world.poll();
    expect(world.filter.mayExist(unknown)).toBe(false);
    expect(world.filter.mayExist(known)).toBe(true);
    expect(world.filter.stats()).toMatchObject({ ids: 1, refused: 1, isFull: false });
    world.now += 3_000;
    expect(world.filter.mayExist(unknown)).toBe(true);
  });

  it('lets through what may be on its way, what it cannot date, and what it was told of', async () => {
    const world = new World();
    const old = world.id();
    world.now += 120_000;
    await world.rebuild();
    world.poll();
    expect(world.filter.mayExist(world.id())).toBe(true);
    expect(world.filter.mayExist('0b7e1f0a-7f8d-4c7e-9d57-3f1d9a1f5b11')).toBe(true);
    expect(world.filter.mayExist('not an id')).toBe(true);
    expect(world.filter.mayExist(old)).toBe(false);
    world.filter.add(old);
    expect(world.filter.mayExist(old)).toBe(true);
  });

  it('stays as it was when a rebuild fails', async () => {
    const feed = new ManualFeed();
    const id = uuidAt(Date.now() - 120_000);
    let ids = [[id]];
    const load = async function* () {
      if (ids.length === 0) throw new Error('no Postgres');
      yield* ids;
    };
    const filter = createIdFilter({ feed, prefix: 'note', count: async () => 1, load });
    feed.prove();
    await filter.rebuild();
    ids = [];
    await expect(filter.rebuild()).rejects.toThrow('no Postgres');
    expect(filter.mayExist(id)).toBe(true);
    expect(filter.mayExist(uuidAt(Date.now() - 120_000))).toBe(false);
    filter.close();
  });

  it('never says no to a committed id', async () => {
    const step = fc.oneof(
      fc.constant('make' as const),
      fc.nat({ max: 5 }).map((which) => ({ commit: which })),
      fc.constantFrom('poll' as const, 'rebuild' as const, 'end rebuild' as const),
      fc.constantFrom(100, 1_000, 10_000, 58_000).map((wait) => ({ wait })),
    );
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const world = new World();
        let made: { id: string; at: number }[] = [];
        for (const act of steps) {
          if (act === 'make') made.push({ id: world.id(), at: world.now });
          else if (act === 'poll') world.poll();
          else if (act === 'rebuild') void world.filter.rebuild();
          else if (act === 'end rebuild') world.endRebuild();
          else if ('wait' in act) world.now += act.wait;
          else {
            const [one] = made.splice(act.commit, 1);
            if (one) world.committed.push(one.id);
          }
          await settle();
          // What is not committed within a minute is rolled back.
          made = made.filter(({ at }) => world.now - at <= 60_000);
          for (const id of world.committed) expect(world.filter.mayExist(id)).toBe(true);
          if (!world.filter.mayExist(uuidAt(YEAR_2026 - 1_000))) refused += 1;
        }
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

describe('Bloom', () => {
  const words = (id: string) => uuidWords(id) ?? [];

  it('knows all it was given and few others', () => {
    const bloom = new Bloom(20_000, 0.01);
    const ids = Array.from({ length: 20_000 }, (_, at) => uuidAt(YEAR_2026 + at));
    for (const id of ids) bloom.add(words(id));
    expect(ids.every((id) => bloom.has(words(id)))).toBe(true);
    const others = Array.from({ length: 20_000 }, (_, at) => uuidAt(YEAR_2026 + at));
    const mistaken = others.filter((id) => bloom.has(words(id))).length;
    expect(mistaken / others.length).toBeLessThan(0.02);
    expect(bloom.bytes).toBeLessThan(25_000);
  });
});
