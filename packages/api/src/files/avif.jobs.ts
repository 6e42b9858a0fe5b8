import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Db, schema, type Tx } from '@ainotebook/db';
import {
  type BlobStore,
  blobKey,
  type ImageVariant,
  intoFile,
  variantKey,
} from '@ainotebook/files';
import { defineJob, enqueue, handleJob, type JobHandler } from '@ainotebook/jobs';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';

const { blobs, blobVariants } = schema;

const makeAvif = defineJob({
  topic: 'files.make-avif',
  payload: z.object({ sha256: z.string() }),
  leaseMs: 5 * 60_000,
});

/** Queues the smaller files of a picture, in the transaction that keeps it. */
export function queueAvif(tx: Tx, sha256: string): Promise<unknown> {
  return enqueue(tx, makeAvif, { sha256 }, { priority: 10, dedupeKey: sha256 });
}

interface AvifServices {
  blobs: BlobStore;
  /** Makes a local picture in these widths, beside it. */
  makeAvif: (file: string, widths: number[]) => Promise<ImageVariant[]>;
}

/** Makes AVIF of pictures in the widths in which there is WebP. */
export function avifJobHandlers({ blobs: store, makeAvif: encode }: AvifServices): JobHandler[] {
  return [
    handleJob(makeAvif, async (run, { sha256 }) => {
      const widths = await widthsWithout(run.db, sha256);
      const bytes = widths.length > 0 ? await store.open(blobKey(sha256)) : null;
      if (!bytes) return;
      await mkdir(store.tempFolder, { recursive: true });
      const file = path.join(store.tempFolder, `${randomUUID()}.part`);
      let made: ImageVariant[] = [];
      try {
        await intoFile(file, (out) => pipeline(bytes, out));
        made = await encode(file, widths);
        await run.once((tx) => keep(tx, store, { sha256, made }));
      } finally {
        for (const each of [file, ...made.map((variant) => variant.path)]) {
          await rm(each, { force: true });
        }
      }
    }),
  ];
}

/** Widths in WebP; none when there is AVIF. */
async function widthsWithout(db: Db, sha256: string): Promise<number[]> {
  const rows = await db
    .select({ width: blobVariants.width, format: blobVariants.format })
    .from(blobVariants)
    .where(eq(blobVariants.sha256, sha256));
  return rows.some(({ format }) => format === 'avif') ? [] : rows.map(({ width }) => width);
}

/**
 * Keeps the files if they are smaller than the others. Their rows come after the bytes and all at once, since
 * pages name what has a row; the lock keeps `collectBlobs` away, which removes them by the widths of WebP.
 */
async function keep(
  tx: Tx,
  store: BlobStore,
  { sha256, made }: { sha256: string; made: ImageVariant[] },
): Promise<void> {
  const [blob] = await tx
    .select({
      webpBytes: sql<number>`(select coalesce(sum(v.size), 0)::int from ${blobVariants} v
        where v.sha256 = ${sha256} and v.format = 'webp')`,
    })
    .from(blobs)
    .where(eq(blobs.sha256, sha256))
    .for('key share');
  const bytes = made.reduce((sum, { size }) => sum + size, 0);
  if (!blob || bytes >= blob.webpBytes) return;
  for (const { width, path: file, size } of made) {
    await store.put(variantKey(sha256, width, 'avif'), file, { size, mediaType: 'image/avif' });
  }
  await tx
    .insert(blobVariants)
    .values(made.map(({ width, size }) => ({ sha256, width, format: 'avif' as const, size })))
    .onConflictDoNothing();
}
