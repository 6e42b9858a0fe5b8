import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import {
  type ListingStore,
  StorageFullError,
  StorageMisconfiguredError,
  StorageUnavailableError,
} from './blob-store.js';
import { attempt, createS3Client, isPassing, type S3Connection, s3CodeOf } from './s3-client.js';
import { PART_BYTES, putInParts } from './s3-parts.js';
import { codeOf, sweepTemp, tempFolderOf } from './temp-folder.js';

export interface S3StoreOptions extends S3Connection {
  bucket: string;
  /** A folder of this machine, in which files are received. */
  folder: string;
  /** What is larger is sent in parts of this size. Default 512 MiB. */
  partBytes?: number;
}

/** What services call a bucket, or an account, that is full. */
const FULL = new Set(['QuotaExceeded', 'XMinioStorageFull', 'StorageQuotaExceeded']);

function toStorageError(error: unknown): Error {
  const code = s3CodeOf(error);
  return FULL.has(code)
    ? new StorageFullError('There is no room left for files', { cause: error })
    : new StorageUnavailableError(`The store of files does not serve: ${code}`, { cause: error });
}

/**
 * Blobs as objects of a bucket. An object is there whole or not at all: the service shows it when its
 * last byte has come, and refuses a body shorter than its length.
 */
export function createS3Store(options: S3StoreOptions): ListingStore {
  const { bucket, folder, partBytes = PART_BYTES, ...connection } = options;
  const tempFolder = tempFolderOf(folder);
  let loading: ReturnType<typeof load> | undefined;
  const load = async () => ({
    sdk: await import('@aws-sdk/client-s3'),
    client: await createS3Client(connection),
  });
  const at = (key: string) => ({ Bucket: bucket, Key: key });
  const connect = () => {
    loading ??= load();
    return loading;
  };

  async function put(key: string, file: string, info: { size: number; mediaType: string }) {
    const { sdk, client } = await connect();
    const { size, mediaType } = info;
    // The service would wait for the rest.
    if ((await stat(file)).size !== size) throw new Error(`${file} does not hold ${size} bytes`);
    if (size > partBytes) {
      await putInParts({ sdk, client }, at(key), { path: file, size, mediaType, partBytes });
    } else {
      await attempt(async (options) => {
        const Body = createReadStream(file);
        try {
          const head = { ContentLength: size, ContentType: mediaType };
          await client.send(new sdk.PutObjectCommand({ ...at(key), ...head, Body }), options);
        } finally {
          Body.destroy();
        }
      }, size);
    }
    await rm(file, { force: true });
  }

  async function open(key: string, range?: { start: number; end: number }) {
    const { sdk, client } = await connect();
    const Range = range && `bytes=${range.start}-${range.end}`;
    try {
      const { Body } = await attempt((options) =>
        client.send(new sdk.GetObjectCommand({ ...at(key), Range }), options),
      );
      // In Node a body is the response itself.
      return Body instanceof Readable ? Body : null;
    } catch (error) {
      if (s3CodeOf(error) === 'NoSuchKey') return null;
      throw error;
    }
  }

  /** One by one: removing many at once needs a checksum that not every service takes. */
  async function remove(key: string) {
    const { sdk, client } = await connect();
    await attempt((options) => client.send(new sdk.DeleteObjectCommand(at(key)), options));
  }

  async function* list(Prefix: string) {
    const { sdk, client } = await connect();
    for (let ContinuationToken: string | undefined, isLast = false; !isLast; ) {
      const page = { Bucket: bucket, Prefix, ContinuationToken };
      const answer = await attempt((options) =>
        client.send(new sdk.ListObjectsV2Command(page), options),
      ).catch((error: unknown) => {
        throw toStorageError(error);
      });
      for (const { Key, Size } of answer.Contents ?? []) {
        if (Key !== undefined) yield { key: Key, size: Size ?? 0 };
      }
      ContinuationToken = answer.NextContinuationToken;
      isLast = ContinuationToken === undefined;
    }
  }

  async function check() {
    const name = `${randomUUID()}.probe`;
    const probe = path.join(tempFolder, name);
    try {
      await mkdir(tempFolder, { recursive: true });
      await writeFile(probe, 'probe', { mode: 0o600 });
    } catch (error) {
      throw new StorageMisconfiguredError(
        `Files cannot be received in ${tempFolder} (${codeOf(error)}): see UPLOAD_DIR.`,
        { cause: error },
      );
    }
    try {
      const key = `probe/${name}`;
      await put(key, probe, { size: 5, mediaType: 'text/plain' });
      (await open(key))?.destroy();
      await remove(key);
    } catch (error) {
      await rm(probe, { force: true });
      if (isPassing(error)) throw error;
      throw new StorageMisconfiguredError(
        `Files cannot be kept in the bucket ${bucket} at ${connection.endpoint} (${s3CodeOf(error)}): see the S3_ and AWS_ variables.`,
        { cause: error },
      );
    }
  }

  const told =
    <A extends unknown[], T>(run: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      run(...args).catch((error: unknown) => {
        throw error instanceof StorageMisconfiguredError ? error : toStorageError(error);
      });
  return {
    tempFolder,
    put: told(put),
    open: told(open),
    localFile: async () => null,
    remove: told(remove),
    list,
    check: told(check),
    sweepTemp: (olderThanMs) => sweepTemp(tempFolder, olderThanMs),
  };
}
