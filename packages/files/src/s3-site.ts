import { createHash } from 'node:crypto';
import { attempt, createS3Client, type S3Connection, s3CodeOf, statusOf } from './s3-client.js';

/** A file as a bucket shows it to the world. */
export interface SiteFile {
  key: string;
  body: Buffer;
  contentType: string;
  cacheControl: string;
  contentEncoding?: 'br' | 'gzip';
}

/** A bucket whose objects a CDN sends to browsers. */
export interface S3Site {
  /** Whether the bucket holds the very bytes under the very headers. */
  holds(file: SiteFile): Promise<boolean>;
  /** Takes the place of what is there. @throws Error with a line for the operator */
  put(file: SiteFile): Promise<void>;
  close(): void;
}

/** Name of the metadata that says what was sent: an ETag knows no headers, and is not always of the bytes. */
const SUM = 'ainotebook-sum';

/** Of bytes and headers. */
function sumOf({ body, contentType, cacheControl, contentEncoding }: SiteFile): string {
  const headers = JSON.stringify([contentType, cacheControl, contentEncoding ?? '']);
  return createHash('sha256').update(headers).update(body).digest('hex');
}

/** Opens a bucket to send files to it. Who may read them is the bucket's own policy: none is set here. */
export async function createS3Site(connection: S3Connection, bucket: string): Promise<S3Site> {
  const { HeadObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
  const client = await createS3Client(connection);
  return {
    async holds(file) {
      const at = { Bucket: bucket, Key: file.key };
      try {
        const { Metadata } = await attempt((options) =>
          client.send(new HeadObjectCommand(at), options),
        );
        return Metadata?.[SUM] === sumOf(file);
      } catch (error) {
        // Who may not list a bucket is told 403 of what is not there; a wrong key is found out by `put`.
        if (statusOf(error) === 404 || statusOf(error) === 403) return false;
        throw refusal(error, bucket, file.key);
      }
    },
    async put(file) {
      const { key: Key, body: Body, contentType, cacheControl, contentEncoding } = file;
      const headers = {
        ContentType: contentType,
        CacheControl: cacheControl,
        ...(contentEncoding ? { ContentEncoding: contentEncoding } : {}),
        Metadata: { [SUM]: sumOf(file) },
      };
      try {
        await attempt(
          (options) =>
            client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...headers }), options),
          Body.length,
        );
      } catch (error) {
        throw refusal(error, bucket, Key);
      }
    },
    close: () => client.destroy(),
  };
}

function refusal(error: unknown, bucket: string, key: string): Error {
  return new Error(`${key} cannot be sent to the bucket ${bucket}: ${s3CodeOf(error)}`, {
    cause: error,
  });
}
