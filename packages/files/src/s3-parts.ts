import { createReadStream } from 'node:fs';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { attempt } from './s3-client.js';

type Sdk = typeof import('@aws-sdk/client-s3');

/** Services take 5 GiB at once, and 10,000 parts of at least 5 MiB each. */
export const PART_BYTES = 512 * 1024 * 1024;

/** Sends a file in parts, each with attempts of its own; a part that cannot be sent takes the others with it. */
export async function putInParts(
  { sdk, client }: { sdk: Sdk; client: S3Client },
  at: { Bucket: string; Key: string },
  file: { path: string; size: number; mediaType: string; partBytes: number },
): Promise<void> {
  const { UploadId } = await attempt((options) =>
    client.send(
      new sdk.CreateMultipartUploadCommand({ ...at, ContentType: file.mediaType }),
      options,
    ),
  );
  const upload = { ...at, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    for (let start = 0; start < file.size; start += file.partBytes) {
      const end = Math.min(start + file.partBytes, file.size) - 1;
      const ContentLength = end - start + 1;
      const PartNumber = Parts.length + 1;
      const { ETag } = await attempt(async (options) => {
        const Body = createReadStream(file.path, { start, end });
        try {
          const part = { ...upload, PartNumber, ContentLength, Body };
          return await client.send(new sdk.UploadPartCommand(part), options);
        } finally {
          Body.destroy();
        }
      }, ContentLength);
      Parts.push({ ETag, PartNumber });
    }
    await attempt((options) =>
      client.send(
        new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
        options,
      ),
    );
  } catch (error) {
    // Parts of an upload that nobody ends are kept, and paid for.
    await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}
