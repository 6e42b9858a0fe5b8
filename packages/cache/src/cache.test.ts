import { describeWithRedis, keeperUrl } from '@ainotebook/testkit';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Cache, CacheUnavailableError, cacheClass, createCache } from './index.js';
import { gate, ManualFeed, type Note, Rows } from './world-support.js';

const notes = cacheClass<Note>('note');
const sessions = cacheClass<Note>('session', { isStrict: true, key: (id) => `note:${id}` });
const quick = cacheClass<Note>('quick', { key: (id) => `note:${id}`, localTtlMs: 1 });
const classes = [notes, sessions, quick];

let rows: Rows;
let feed: ManualFeed;
const closing: (() => unknown)[] = [];

beforeEach(() => {
  rows = new Rows();
  feed = new ManualFeed();
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function open(options: Partial<Parameters<typeof createCache>[0]> = {}): Cache {
  const cache = createCache({ classes, feed, maxLoads: 8, ...options });
  closing.push(() => cache.close(), feed.keepProving());
  return cache;
}
const read = async (cache: Cache, id = 'a', cls = notes) =>
  (await cache.get(cls, id, rows.loader(id)))?.title ?? null;

describe('in this process', () => {
  it('answers from memory', async () => {
    const cache = open();
    rows.save('a', 'one');
    expect([await read(cache), await read(cache)]).toEqual(['one', 'one']);
    expect(rows.loads).toBe(1);
    expect(cache.stats().classes.note).toMatchObject({ local: 1, loaded: 1 });
  });

  it('shares a value that nobody can change', async () => {
    const cache = open();
    rows.save('a', 'one');
    const note = await cache.get(notes, 'a', rows.loader('a'));
    expect(note).toBe(await cache.get(notes, 'a', rows.loader('a')));
    expect(Object.isFrozen(note)).toBe(true);
  });

  it('keeps the values of two users apart', async () => {
    const cache = open();
    rows.save('mine', 'one');
    rows.save('hers', 'two');
    expect([await read(cache, 'mine'), await read(cache, 'hers')]).toEqual(['one', 'two']);
  });

  it('asks for an absent row once', async () => {
    const cache = open();
    expect([await read(cache), await read(cache)]).toEqual([null, null]);
    expect(rows.loads).toBe(1);
    feed.tell(rows.save('a', 'one'));
    expect(await read(cache)).toBe('one');
  });

  it('forgets a value when a change is told', async () => {
    const cache = open();
    rows.save('a', 'one');
    await read(cache);
    feed.tell(rows.save('a', 'two'));
    expect(await read(cache)).toBe('two');
    feed.tell(rows.delete('a'));
    expect(await read(cache)).toBeNull();
  });

  it('reads its own writes', async () => {
    const cache = open();
    rows.save('a', 'one');
    await read(cache);
    cache.apply([rows.save('a', 'two')]);
    expect(feed.nudges).toBe(1);
    expect(await read(cache)).toBe('two');
  });

  it('takes a deletion under the version that was deleted', async () => {
    const cache = open();
    const { key, ver } = rows.save('a', 'one');
    await read(cache);
    rows.delete('a');
    cache.apply([{ key, ver, deleted: true }]);
    expect(await read(cache)).toBeNull();
  });

  it('takes a written value over without a load, but not an older one', async () => {
    const cache = open();
    const since = performance.now();
    const old = rows.save('a', 'one');
    const { ver } = rows.save('a', 'two');
    cache.write(notes, 'a', { ver, value: { title: 'two' } }, since);
    cache.write(notes, 'a', { ver: old.ver, value: { title: 'one' } }, since);
    expect(await read(cache)).toBe('two');
    expect(rows.loads).toBe(0);
  });

  it('takes over no value whose transaction began long ago', async () => {
    const cache = open();
    const { ver } = rows.save('a', 'one');
    cache.write(notes, 'a', { ver, value: { title: 'one' } }, performance.now() - 60_000);
    await read(cache);
    expect(rows.loads).toBe(1);
  });

  it('does not let a reader join a load that began before a change', async () => {
    const cache = open();
    rows.save('a', 'one');
    const answer = gate();
    rows.after = () => answer.opened;
    const early = read(cache);
    await vi.waitFor(() => expect(rows.loads).toBe(1));
    feed.tell(rows.save('a', 'two'));
    rows.after = async () => undefined;
    expect(await read(cache)).toBe('two');
    answer.open();
    await early;
    expect(await read(cache)).toBe('two');
  });

  it('hears of a transaction that ended after one with a higher version', async () => {
    const cache = open();
    const list = (ver: bigint, title: string) =>
      cache.get(notes, 'a', async () => ({ ver, value: { title } }));
    feed.tell({ key: 'note:a', ver: 12n, deleted: false });
    // Transaction 11 is under way, so this is all up to 10, and 12.
    expect(await list(10n, 'with 12')).toEqual({ title: 'with 12' });
    expect(await list(10n, 'from memory')).toEqual({ title: 'with 12' });
    feed.tell({ key: 'note:a', ver: 11n, deleted: false });
    expect(await list(12n, 'with both')).toEqual({ title: 'with both' });
  });

  it('loads once for all who wait, and fails once', async () => {
    const cache = open();
    rows.save('a', 'one');
    await Promise.all(Array.from({ length: 100 }, () => read(cache)));
    expect(rows.loads).toBe(1);
    rows.before = () => Promise.reject(new Error('no Postgres'));
    const readers = Array.from({ length: 100 }, () => read(cache, 'b'));
    const outcomes = await Promise.allSettled(readers);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(read(cache, 'b')).rejects.toThrow('no Postgres');
    expect(rows.loads).toBe(2);
  });

  it('refuses loads beyond its places', async () => {
    const cache = open({ maxLoads: 2, loadWaitMs: 10 });
    const answer = gate();
    rows.after = () => answer.opened;
    const held = [read(cache, 'a'), read(cache, 'b')];
    await expect(read(cache, 'c')).rejects.toMatchObject({
      name: 'CacheUnavailableError',
      code: 'unavailable',
      retryAfterMs: 1_000,
    });
    expect(cache.stats().loads).toBe(2);
    answer.open();
    expect(await Promise.all(held)).toEqual([null, null]);
    expect(cache.stats().loads).toBe(0);
    await expect(read(cache, 'c')).rejects.toThrow(CacheUnavailableError);
  });

  it('stays within its count and its bytes; ids that are not there push out nothing', async () => {
    const cache = open({ maxEntries: 100, maxBytes: 100_000 });
    rows.save('a', 'one');
    await read(cache);
    for (let id = 0; id < 300; id += 1) await read(cache, `none-${id}`);
    expect(cache.stats().absent).toBe(10);
    await read(cache);
    expect(rows.loads).toBe(301);
    for (let id = 0; id < 50; id += 1) {
      rows.save(`long-${id}`, 'x'.repeat(5_000));
      await read(cache, `long-${id}`);
    }
    expect(cache.stats().bytes).toBeLessThanOrEqual(100_000);
    expect(cache.stats().entries).toBeLessThan(20);
  });

  it('keeps no value beyond the size', async () => {
    const cache = open({ maxValueBytes: 1_000 });
    rows.save('a', 'x'.repeat(2_000));
    await read(cache);
    await read(cache);
    expect(rows.loads).toBe(2);
  });

  it('warms up', async () => {
    const cache = open();
    rows.save('a', 'one');
    rows.save('b', 'two');
    expect(await cache.warm(notes, ['a', 'b', 'c'], (id) => rows.loader(id)())).toEqual({
      warmed: 3,
      failed: 0,
    });
    await read(cache);
    expect(rows.loads).toBe(3);
  });

  it('refuses a key of whose changes it would not hear, and takes the prefixes a class names', async () => {
    const key = (id: string) => id;
    const strayed = cacheClass<string>('strayed', { key });
    const named = cacheClass<string>('named', { key, prefixes: ['user', 'all'] });
    const cache = createCache({ classes: [strayed, named], feed, maxLoads: 8 });
    closing.push(() => cache.close());
    await expect(cache.get(strayed, 'all', async () => null)).resolves.toBeNull();
    await expect(cache.get(strayed, 'other:1', async () => null)).rejects.toThrow(RangeError);
  });

  it('refuses values that would outlive the change log', () => {
    expect(() => cacheClass<Note>('long', { ttlMs: 4_000_000 })).toThrow(RangeError);
    const article = cacheClass<Note>('article', { ttlMs: 3_600_000, jitterMs: 600_000 });
    expect([article.sharedTtlMs(false, 0), article.sharedTtlMs(false, 0.5)]).toEqual([
      3_600_000, 3_900_000,
    ]);
    expect([notes.localTtlMs(false, 0), notes.sharedTtlMs(true, 0.5)]).toEqual([54_000, 60_000]);
    // @ts-expect-error a date does not survive JSON
    cacheClass<{ at: Date }>('dated');
  });
});

describe('without a proof of freshness', () => {
  const fail = () => Promise.reject(new Error('no Postgres'));
  const openUnproven = async (provenAgoMs: number) => {
    const cache = createCache({ classes, feed, maxLoads: 8 });
    closing.push(() => cache.close());
    rows.save('a', 'one');
    feed.prove(performance.now());
    for (const cls of [notes, sessions]) await read(cache, 'a', cls);
    return {
      cache,
      forget: () => vi.spyOn(performance, 'now').mockReturnValue(performance.now() + provenAgoMs),
    };
  };
  afterEach(() => vi.restoreAllMocks());

  it('asks Postgres', async () => {
    const { cache, forget } = await openUnproven(3_000);
    const loads = rows.loads;
    forget();
    rows.save('a', 'two');
    expect(await read(cache)).toBe('two');
    expect(rows.loads).toBe(loads + 1);
    expect(cache.stats().classes.note).toMatchObject({ bypassed: 1 });
  });

  it('serves an older value when Postgres fails, for some minutes and not where it must be right', async () => {
    const { cache, forget } = await openUnproven(3_000);
    forget();
    rows.before = fail;
    expect(await read(cache)).toBe('one');
    expect(cache.stats().classes.note).toMatchObject({ stale: 1, failed: 0 });
    await expect(read(cache, 'a', sessions)).rejects.toThrow('no Postgres');
    vi.restoreAllMocks();
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 400_000);
    await expect(read(cache)).rejects.toThrow('no Postgres');
  });

  it('trusts nothing before the first proof', async () => {
    const cache = createCache({ classes, feed, maxLoads: 8 });
    closing.push(() => cache.close());
    rows.save('a', 'one');
    await read(cache);
    await read(cache);
    expect(rows.loads).toBe(2);
  });
});

describeWithRedis('with Redis', (url) => {
  const redis = { url, release: 'test' };
  let admin: Redis;
  let caches = 0;
  beforeEach(async () => {
    caches = 0;
    admin = new Redis(keeperUrl(url));
    closing.push(() => admin.disconnect());
    await admin.flushdb();
  });
  const openWith = async (given = feed, release = 'test') => {
    const cache = createCache({ classes, feed: given, maxLoads: 8, redis: { ...redis, release } });
    closing.push(() => cache.close(), given.keepProving());
    caches += release === 'test' ? 1 : 0;
    // Its connections open in the background.
    let probe = 0;
    await vi.waitFor(async () => {
      probe += 1;
      const id = `probe-${caches}-${probe}`;
      await read(cache, id);
      expect(await value(id, release)).not.toBeNull();
      expect(await admin.pubsub('NUMSUB', `ainotebook:${release}:hints`)).toContain(
        release === 'test' ? caches : 1,
      );
    });
    rows.loads = 0;
    return cache;
  };
  const value = (id = 'a', release = 'test') => admin.get(`ainotebook:${release}:note:${id}`);

  it('shares values between processes', async () => {
    const [one, two] = [await openWith(), await openWith()];
    rows.save('a', 'one');
    expect([await read(one), await read(two)]).toEqual(['one', 'one']);
    expect(rows.loads).toBe(1);
    expect(two.stats().classes.note).toMatchObject({ shared: 1 });
    const ttlMs = await admin.pttl('ainotebook:test:note:a');
    expect(ttlMs).toBeGreaterThan(3_000_000);
    expect(ttlMs).toBeLessThan(4_000_000);
  });

  it('loads once when all processes ask for a cold key', async () => {
    const caches = [await openWith(), await openWith(), await openWith()];
    rows.save('a', 'one');
    rows.after = () => new Promise((resolve) => setTimeout(resolve, 30));
    await Promise.all(caches.flatMap((cache) => Array.from({ length: 50 }, () => read(cache))));
    expect(rows.loads).toBe(1);
  });

  it('tells the other processes at once', async () => {
    const [one, two] = [await openWith(), await openWith(new ManualFeed())];
    rows.save('a', 'one');
    await Promise.all([read(one), read(two)]);
    one.apply([rows.save('a', 'two')]);
    await vi.waitFor(async () => expect(await read(two)).toBe('two'));
  });

  it('refuses a fill that read before a change', async () => {
    const [one, two] = [await openWith(), await openWith(new ManualFeed())];
    rows.save('a', 'one');
    const answer = gate();
    rows.after = () => answer.opened;
    const early = read(one);
    await vi.waitFor(() => expect(rows.loads).toBe(1));
    rows.after = async () => undefined;
    two.apply([rows.save('a', 'two')]);
    await vi.waitFor(() => expect(two.stats().owed).toBe(0));
    answer.open();
    await early;
    expect(await value()).toBeNull();
    expect(await read(two)).toBe('two');
    expect(one.stats().refusedFills).toBe(1);
  });

  it('drops the older value of a process that could not say what it wrote', async () => {
    const one = await openWith();
    rows.save('a', 'one');
    await read(one);
    feed.tell(rows.save('a', 'two'));
    await vi.waitFor(async () => expect(await value()).toBeNull());
    expect(await read(one)).toBe('two');
    expect(await value()).toContain('two');
  });

  it('drops what was read before a transaction that ended after a later one', async () => {
    const [one, two] = [await openWith(), await openWith(new ManualFeed())];
    feed.tell({ key: 'note:a', ver: 12n, deleted: false });
    await vi.waitFor(() => expect(one.stats().owed).toBe(0));
    await two.get(notes, 'a', async () => ({ ver: 10n, value: { title: 'without 11' } }));
    expect(await value()).toContain('without 11');
    feed.tell({ key: 'note:a', ver: 11n, deleted: false });
    await vi.waitFor(async () => expect(await value()).toBeNull());
    // What is told again is told to Redis once.
    await vi.waitFor(() => expect(one.stats().owed).toBe(0));
    feed.tell({ key: 'note:a', ver: 11n, deleted: false });
    expect(one.stats().owed).toBe(0);
  });

  it('does not share values with another release', async () => {
    const [one, two] = [await openWith(), await openWith(feed, 'next')];
    rows.save('a', 'one');
    await read(one);
    await read(two);
    expect(rows.loads).toBe(2);
    expect([await value(), await value('a', 'next')]).toEqual([
      expect.stringContaining('one'),
      expect.stringContaining('one'),
    ]);
  });

  it('gives the lease back when the load fails', async () => {
    const one = await openWith();
    rows.before = () => Promise.reject(new Error('no Postgres'));
    await expect(read(one)).rejects.toThrow('no Postgres');
    expect(await admin.exists('ainotebook:test:lease:note:a')).toBe(0);
  });

  it('waits for the lease of another for a bounded time', async () => {
    const one = await openWith();
    rows.save('a', 'one');
    await admin.set('ainotebook:test:lease:note:a', 'a process that died', 'PX', 10_000);
    expect(await read(one)).toBe('one');
    expect(await value()).toBeNull();
    expect(await admin.get('ainotebook:test:lease:note:a')).toBe('a process that died');
  });

  it('renews a value before it ends', async () => {
    const one = await openWith();
    rows.save('a', 'one');
    await read(one, 'a', quick);
    const text = (await value()) ?? '';
    // As if the load had taken a minute and the value were about to end.
    await admin.set('ainotebook:test:note:a', text.replace(/^(\d{20})\d+/, '$160000'), 'PX', 2_000);
    await vi.waitFor(async () => {
      await read(one, 'a', cacheClass('quick', { key: (id) => `note:${id}`, localTtlMs: 60_000 }));
      expect(one.stats().refreshes).toBeGreaterThan(0);
      expect(await admin.pttl('ainotebook:test:note:a')).toBeGreaterThan(3_000_000);
    });
  });

  it('takes what it did not write for a miss', async () => {
    const one = await openWith();
    rows.save('a', 'one');
    await admin.set('ainotebook:test:note:a', 'not ours', 'PX', 60_000);
    expect(await read(one)).toBe('one');
  });
});
