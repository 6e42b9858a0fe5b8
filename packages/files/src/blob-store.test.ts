import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type S3StandIn, type S3StandInOptions, startS3 } from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BlobStore,
  type ListingStore,
  StorageFullError,
  StorageUnavailableError,
} from './blob-store.js';
import { createDiskStore } from './disk-store.js';
import { createS3Store, type S3StoreOptions } from './s3-store.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ainotebook-store-'));
});
afterAll(() => rm(folder, { recursive: true }));

const PICTURE = { mediaType: 'image/png' };
/** The names of the stand-in lead to this machine. */
const lookup: LookupFunction = (_host, { all }, done) =>
  all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

const storeOf = (s3: S3StandIn, change: Partial<S3StoreOptions> = {}) => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const keys = { region, accessKeyId, secretAccessKey };
  return createS3Store({ folder, endpoint, bucket, ...keys, forcePathStyle: true, ...change });
};

async function keep(store: BlobStore, key: string, bytes: Buffer | string): Promise<void> {
  const file = path.join(store.tempFolder, 'a.part');
  await writeFile(file, bytes);
  await store.put(key, file, { ...PICTURE, size: bytes.length });
}

async function read(store: BlobStore, key: string, range?: { start: number; end: number }) {
  const stream = await store.open(key, range);
  return stream && (await buffer(stream)).toString('latin1');
}

/** What every store promises. */
function keepsItsPromises(make: () => ListingStore): void {
  it('keeps, reads in part, and removes; repeats change nothing', async () => {
    const store = make();
    await store.check();
    for (let i = 0; i < 2; i++) {
      await keep(store, 'ab/abc', '0123456789');
      expect(await readdir(store.tempFolder)).toEqual([]);
    }
    expect(await read(store, 'ab/abc')).toBe('0123456789');
    expect(await read(store, 'ab/abc', { start: 2, end: 4 })).toBe('234');
    await store.remove('ab/abc');
    await store.remove('ab/abc');
    expect(await read(store, 'ab/abc')).toBeNull();
  });

  it('lists what is below a name, with sizes', async () => {
    const store = make();
    await store.check();
    for (const key of ['list/a', 'list/b/c', 'other/d']) await keep(store, key, key);
    const listed = [];
    for await (const one of store.list('list/')) listed.push(one);
    expect(listed.sort((a, b) => a.key.localeCompare(b.key))).toEqual([
      { key: 'list/a', size: 6 },
      { key: 'list/b/c', size: 8 },
    ]);
  });

  it('keeps five MiB as they are', async () => {
    const store = make();
    await store.check();
    const bytes = randomBytes(5_242_880);
    await keep(store, 'cd/big', bytes);
    expect((await read(store, 'cd/big')) === bytes.toString('latin1')).toBe(true);
  });

  it('replaces half a file that a crash of the machine left', async () => {
    const store = make();
    await store.check();
    await keep(store, 'cd/cde', '012');
    await keep(store, 'cd/cde', '0123456789');
    expect(await read(store, 'cd/cde')).toBe('0123456789');
  });

  it('sweeps what is old and leaves what is being received', async () => {
    const store = make();
    await store.check();
    await writeFile(path.join(store.tempFolder, 'new.part'), 'x');
    const old = path.join(store.tempFolder, 'old.part');
    await writeFile(old, 'x');
    const anHourAgo = Date.now() / 1000 - 3_600;
    await utimes(old, anHourAgo, anHourAgo);
    expect(await store.sweepTemp(60_000)).toBe(1);
    expect(await readdir(store.tempFolder)).toEqual(['new.part']);
    await rm(path.join(store.tempFolder, 'new.part'));
  });
}

describe('the disk store', () => {
  keepsItsPromises(() => createDiskStore(folder));

  it('says which folder it cannot write', async () => {
    const file = path.join(folder, 'a-file');
    await writeFile(file, 'x');
    await expect(createDiskStore(file).check()).rejects.toThrow(file);
  });
});

describe.each<[string, S3StandInOptions, Partial<S3StoreOptions>]>([
  ['with path style', {}, {}],
  ['as strict as OSS', { isStrict: true }, { forcePathStyle: false, lookup }],
])('the S3 store, %s', (_, options, change) => {
  let s3: S3StandIn;
  beforeAll(async () => {
    s3 = await startS3(options);
  });
  afterAll(() => s3.stop());

  keepsItsPromises(() => storeOf(s3, change));

  it('leaves nothing of its check, and gives objects their type', async () => {
    const store = storeOf(s3, change);
    s3.objects.clear();
    await store.check();
    expect([...s3.objects.keys()]).toEqual([]);
    await keep(store, 'ef/efg', 'x');
    expect(s3.objects.get('ef/efg')?.headers['content-type']).toBe('image/png');
  });

  it('sends what is too large for one request in parts, whole', async () => {
    const store = storeOf(s3, { ...change, partBytes: 1_000 });
    const bytes = randomBytes(3_500);
    s3.requests.length = 0;
    await keep(store, 'fg/fgh', bytes);
    expect(s3.requests).toEqual(
      ['POST', 'PUT', 'PUT', 'PUT', 'PUT', 'POST'].map((method) => `${method} fg/fgh`),
    );
    expect((await read(store, 'fg/fgh')) === bytes.toString('latin1')).toBe(true);
    expect(s3.objects.get('fg/fgh')?.headers['content-type']).toBe('image/png');
    expect(await readdir(store.tempFolder)).toEqual([]);
  });

  it('says of wrong settings what is wrong, without the secret', async () => {
    for (const [wrong, code] of [
      [{ secretAccessKey: 'canary' }, 'SignatureDoesNotMatch'],
      [{ bucket: 'elsewhere' }, 'NoSuchBucket'],
    ] as const) {
      const failure = await storeOf(s3, { ...change, ...wrong })
        .check()
        .catch((error: Error) => error);
      expect(failure).toMatchObject({ name: 'StorageMisconfiguredError' });
      expect(String(failure)).toContain(`(${code}): see the S3_ and AWS_ variables`);
      expect(String(failure)).not.toContain('canary');
    }
  });
});

describe('the S3 store, when the service fails', () => {
  let s3: S3StandIn;
  let store: BlobStore;
  beforeAll(async () => {
    s3 = await startS3();
    store = storeOf(s3);
    await store.check();
  });
  afterAll(() => s3.stop());

  it.each([
    ['is down', () => s3.down(), () => s3.up()],
    ['is busy', () => s3.behave('busy'), () => s3.behave('serve')],
  ])('is unavailable while it %s, keeps nothing, and goes on after it', async (_, fail, heal) => {
    await fail();
    await expect(keep(store, 'aa/a', 'aaa')).rejects.toBeInstanceOf(StorageUnavailableError);
    // What came in is its caller's still.
    expect((await stat(path.join(store.tempFolder, 'a.part'))).size).toBe(3);
    await expect(store.open('aa/a')).rejects.toBeInstanceOf(StorageUnavailableError);
    await expect(store.remove('aa/a')).rejects.toBeInstanceOf(StorageUnavailableError);
    await expect(store.check()).rejects.toBeInstanceOf(StorageUnavailableError);
    await heal();
    expect(s3.objects.size).toBe(0);
    await keep(store, 'aa/a', 'aaa');
    expect(await read(store, 'aa/a')).toBe('aaa');
    await store.remove('aa/a');
  });

  it('tries again by itself when the service is back in time', async () => {
    await s3.down();
    const kept = keep(store, 'bb/b', 'bbb');
    await s3.up();
    await kept;
    expect(await read(store, 'bb/b')).toBe('bbb');
  });

  it('gives up the parts of what cannot be sent', async () => {
    const inParts = storeOf(s3, { partBytes: 1 });
    s3.behave('full');
    s3.requests.length = 0;
    await expect(keep(inParts, 'dd/d', 'ddd')).rejects.toBeInstanceOf(StorageFullError);
    s3.behave('serve');
    expect(s3.requests.at(-1)).toBe('DELETE dd/d');
    expect(s3.objects.has('dd/d')).toBe(false);
  });

  it('says when the bucket is full', async () => {
    s3.behave('full');
    await expect(keep(store, 'cc/c', 'ccc')).rejects.toBeInstanceOf(StorageFullError);
    s3.behave('serve');
  });

  it('refuses a file that is shorter than it says, and keeps nothing', async () => {
    const file = path.join(store.tempFolder, 'short.part');
    await writeFile(file, 'x');
    await expect(store.put('dd/d', file, { ...PICTURE, size: 2 })).rejects.toThrow();
    expect(s3.objects.has('dd/d')).toBe(false);
  });

  it('breaks a reading off that breaks off there', async () => {
    await keep(store, 'ee/e', 'x'.repeat(100_000));
    s3.behave('cut');
    await expect(read(store, 'ee/e')).rejects.toThrow();
    s3.behave('serve');
    expect(await read(store, 'ee/e')).toHaveLength(100_000);
  });
});
