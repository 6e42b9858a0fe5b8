import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDiskStore } from './disk-store.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ainotebook-store-'));
});
afterAll(() => rm(folder, { recursive: true }));

const PICTURE = { mediaType: 'image/png' };

it('keeps, reads in part, and removes; repeats change nothing', async () => {
  const store = createDiskStore(folder);
  await store.check();
  for (let i = 0; i < 2; i++) {
    const file = path.join(store.tempFolder, 'a.part');
    await writeFile(file, '0123456789');
    await store.put('ab/abc', file, { ...PICTURE, size: 10 });
    expect(await readdir(store.tempFolder)).toEqual([]);
  }
  const read = async (range?: { start: number; end: number }) => {
    const stream = await store.open('ab/abc', range);
    return stream && (await buffer(stream)).toString();
  };
  expect(await read()).toBe('0123456789');
  expect(await read({ start: 2, end: 4 })).toBe('234');
  await store.remove('ab/abc');
  await store.remove('ab/abc');
  expect(await read()).toBeNull();
});

it('replaces half a file that a crash of the machine left', async () => {
  const store = createDiskStore(folder);
  await store.check();
  for (const text of ['012', '0123456789']) {
    const file = path.join(store.tempFolder, 'b.part');
    await writeFile(file, text);
    await store.put('cd/cde', file, { ...PICTURE, size: text.length });
  }
  const stream = await store.open('cd/cde');
  expect(stream && (await buffer(stream)).toString()).toBe('0123456789');
});

it('sweeps what is old and leaves what is being received', async () => {
  const store = createDiskStore(folder);
  await store.check();
  await writeFile(path.join(store.tempFolder, 'new.part'), 'x');
  await writeFile(path.join(store.tempFolder, 'old.part'), 'x');
  const anHourAgo = Date.now() / 1000 - 3_600;
  await utimes(path.join(store.tempFolder, 'old.part'), anHourAgo, anHourAgo);
  expect(await store.sweepTemp(60_000)).toBe(1);
  expect(await readdir(store.tempFolder)).toEqual(['new.part']);
});

it('says which folder it cannot write', async () => {
  const file = path.join(folder, 'a-file');
  await writeFile(file, 'x');
  await expect(createDiskStore(file).check()).rejects.toThrow(file);
});
