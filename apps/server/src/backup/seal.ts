import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline as connect, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip, createGzip } from 'node:zlib';
import { StorageFullError } from '@ainotebook/files';
import type { BackupKey } from './key.js';

/** Length and SHA-256 of what went through. */
export interface Sum {
  bytes: number;
  sha256: string;
}

/** Passes bytes on and sums them. */
function meter(): { stream: Transform; sum: () => Sum } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, sum: () => ({ bytes, sha256: hash.digest('hex') }) };
}

/** Reads all of it. */
export async function sumOf(source: AsyncIterable<Buffer>): Promise<Sum> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest('hex') };
}

interface Wrapping {
  isZipped: boolean;
  key: Pick<BackupKey, 'recipient'> | null;
}

/**
 * Writes a stream into a new private file, zipped and encrypted as told; it is on the disk when this
 * resolves, and gone when it rejects.
 */
export async function seal(
  source: Readable,
  file: string,
  { isZipped, key }: Wrapping,
): Promise<{ plain: Sum; stored: Sum }> {
  const plain = meter();
  const stored = meter();
  const body = chain(source, [
    plain.stream,
    ...(isZipped ? [createGzip()] : []),
    ...(key ? [encryptTo(key.recipient)] : []),
    stored.stream,
  ]);
  try {
    await pipeline(body, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }));
  } catch (error) {
    await rm(file, { force: true });
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    if (!isFull) throw error;
    const folder = path.dirname(path.dirname(file));
    throw new StorageFullError(`There is no room left in ${folder}.`, { cause: error });
  }
  return { plain: plain.sum(), stored: stored.sum() };
}

/** The bytes that `seal` was given. */
export function unseal(
  stored: Readable,
  { isZipped, identity }: { isZipped: boolean; identity: string | null },
): Readable {
  return chain(stored, [
    ...(identity === null ? [] : [decryptWith(identity)]),
    ...(isZipped ? [createGunzip()] : []),
  ]);
}

type Step = Transform | ((source: AsyncIterable<Buffer>) => AsyncIterable<Uint8Array>);

/** One stream of several: what fails in any of them fails the last, which is what is read. */
function chain(source: Readable, steps: Step[]): Readable {
  return steps.reduce<Readable>(
    (from, step) =>
      typeof step === 'function'
        ? Readable.from(step(from), { objectMode: false })
        : connect(from, step, () => undefined),
    source,
  );
}

function encryptTo(recipient: string) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
    const { Encrypter } = await import('age-encryption');
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    yield* fromWeb(await encrypter.encrypt(toWeb(source)));
  };
}

function decryptWith(identity: string) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
    const { Decrypter } = await import('age-encryption');
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    yield* fromWeb(await decrypter.decrypt(toWeb(source)));
  };
}

// The two declarations of a web stream, of Node and of the browser, differ in what is not used here.
type AnyWebStream = Parameters<
  InstanceType<typeof import('age-encryption').Encrypter>['encrypt']
>[0] &
  globalThis.ReadableStream;
const toWeb = (source: AsyncIterable<Buffer>) =>
  Readable.toWeb(Readable.from(source)) as unknown as AnyWebStream;
const fromWeb = (stream: unknown): AsyncIterable<Uint8Array> =>
  Readable.fromWeb(stream as ReadableStream) as AsyncIterable<Uint8Array>;
