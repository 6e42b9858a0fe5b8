import type { LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';

/** How a bucket of an S3-compatible service is reached. */
export interface S3Connection {
  /** `https://s3.oss-cn-hangzhou.aliyuncs.com`. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`: MinIO and the like. OSS refuses it. */
  forcePathStyle: boolean;
  /** Resolves names; the system does when absent. */
  lookup?: LookupFunction;
}

/** Slow readers hold a connection each, and must not stop uploads. */
const MAX_SOCKETS = 256;
const CONNECT_MS = 5_000;
/** A connection on which nothing happens; a reader that stands still so long asks for the rest again. */
const IDLE_MS = 60_000;

/** The SDK would write to the console what is thrown as well. */
const silent = () => undefined;
const NO_LOG = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 200;
const ANSWER_MS = 10_000;
/** 50 kB/s: slower than any connection between a server and its store. */
const BYTES_PER_MS = 50;

/**
 * A client that speaks to other services than AWS as well: without the checksums in chunks that they
 * refuse, and without attempts of its own (see `attempt`). The SDK is loaded here, not at the start of a
 * process that has no use for it.
 */
export async function createS3Client({ lookup, ...connection }: S3Connection): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { accessKeyId, secretAccessKey, ...where } = connection;
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS, ...(lookup ? { lookup } : {}) };
  return new S3Client({
    ...where,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    maxAttempts: 1,
    logger: NO_LOG,
    requestHandler: {
      httpAgent: agent,
      httpsAgent: agent,
      connectionTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
    },
  });
}

/** The name S3 gives an error: `NoSuchKey`; else that of the system or of the class. */
export function s3CodeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isNamed = statusOf(error) !== undefined || !('code' in error);
  return isNamed ? error.name : String(error.code);
}

/** The HTTP status of an answer; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  // Every error that the SDK makes of an answer carries it.
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/** Whether the same request may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  return (
    status === undefined || status === 429 || (status >= 500 && status !== 501 && status !== 507)
  );
}

/**
 * Does something at the store, three times at most. Each time has a deadline, which ends with the answer's
 * head; `run` makes its body anew, since a stream that was read cannot be sent again.
 * @param bytes of the body that is sent
 */
export async function attempt<T>(
  run: (options: { abortSignal: AbortSignal }) => Promise<T>,
  bytes = 0,
): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), ANSWER_MS + bytes / BYTES_PER_MS);
    try {
      return await run({ abortSignal: abort.signal });
    } catch (error) {
      if (attempts === ATTEMPTS || !isPassing(error)) throw error;
    } finally {
      clearTimeout(timer);
    }
    await sleep(FIRST_WAIT_MS * 2 ** attempts * (0.5 + Math.random() / 2));
  }
}
