import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { createKeptStore, type KeptQuery } from './kept-store.js';
import { BOUNDS, MAX_AGE_MS } from './rules.js';

const NOW = 1_800_000_000_000;
const ANN = { userId: 'ann', build: 'one' };
const yes = () => true;

let databases = 0;
const store = () => {
  databases += 1;
  return createKeptStore(`test-${databases}`);
};
const note = (hash: string, at = NOW): KeptQuery => ({
  hash,
  kind: 'note',
  at,
  bytes: 10,
  query: {
    queryKey: [hash],
    queryHash: hash,
    dehydratedAt: at,
    state: {
      data: { title: hash, updatedAt: new Date(at) },
      dataUpdateCount: 1,
      dataUpdatedAt: at,
      error: null,
      errorUpdateCount: 0,
      errorUpdatedAt: 0,
      fetchFailureCount: 0,
      fetchFailureReason: null,
      fetchMeta: null,
      isInvalidated: false,
      status: 'success',
      fetchStatus: 'idle',
    },
  },
});
const put = (...notes: KeptQuery[]) => ({ put: notes, drop: [], now: NOW });
const hashes = async (kept: Promise<KeptQuery[]>) => (await kept).map(({ hash }) => hash).sort();

describe('the store on the device', () => {
  it('gives back what it was given, dates as dates', async () => {
    const kept = store();
    await kept.write(ANN, put(note('a')), yes);
    expect(await kept.read(ANN, NOW)).toEqual([note('a')]);
  });

  it('has nothing for another person, another build, or after a month', async () => {
    const kept = store();
    await kept.write(ANN, put(note('a')), yes);
    expect(await kept.read({ ...ANN, userId: 'bo' }, NOW)).toEqual([]);
    expect(await kept.read({ ...ANN, build: 'two' }, NOW)).toEqual([]);
    expect(await kept.read(ANN, NOW + MAX_AGE_MS + 1)).toEqual([]);
    expect(await hashes(kept.read(ANN, NOW))).toEqual(['a']);
  });

  it('drops what another person or build left when the next one keeps something', async () => {
    const kept = store();
    await kept.write(ANN, put(note('a')), yes);
    await kept.write({ ...ANN, build: 'two' }, put(note('b')), yes);
    expect(await hashes(kept.read({ ...ANN, build: 'two' }, NOW))).toEqual(['b']);
    await kept.write({ ...ANN, userId: 'bo' }, put(), yes);
    expect(await kept.read({ ...ANN, userId: 'bo' }, NOW)).toEqual([]);
    expect(await kept.read(ANN, NOW)).toEqual([]);
  });

  it('keeps the newest notes, over any number of writes', async () => {
    const kept = store();
    const names = Array.from({ length: BOUNDS.note.count + 5 }, (_, i) => `n${i}`);
    for (const [i, name] of names.entries()) await kept.write(ANN, put(note(name, NOW + i)), yes);
    expect(await hashes(kept.read(ANN, NOW))).toEqual(names.slice(5).sort());
  });

  it('takes out what is gone', async () => {
    const kept = store();
    await kept.write(ANN, put(note('a'), note('b')), yes);
    await kept.write(ANN, { put: [], drop: ['a', 'never there'], now: NOW }, yes);
    expect(await hashes(kept.read(ANN, NOW))).toEqual(['b']);
  });

  it('writes nothing once somebody has signed out', async () => {
    const kept = store();
    await kept.write(ANN, put(note('a')), () => false);
    expect(await kept.read(ANN, NOW)).toEqual([]);
  });

  it('lets go of the database when another tab deletes it, and begins anew', async () => {
    const kept = store();
    await kept.write(ANN, put(note('a')), yes);
    await new Promise<void>((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(`test-${databases}`);
      deleting.onsuccess = () => resolve();
      deleting.onerror = () => reject(deleting.error);
    });
    expect(await kept.read(ANN, NOW)).toEqual([]);
    await kept.write(ANN, put(note('b')), yes);
    expect(await hashes(kept.read(ANN, NOW))).toEqual(['b']);
  });
});
