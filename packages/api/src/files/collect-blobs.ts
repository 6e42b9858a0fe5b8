import type { Db } from '@ainotebook/db';
import { type BlobStore, blobKey, variantKey } from '@ainotebook/files';
import { sql } from 'drizzle-orm';

/** Long enough for an upload that has stored its bytes and not yet its file. */
const GRACE_MS = 3_600_000;

/** Blobs taken by one transaction, so that a slow store holds few rows. */
const BATCH = 20;

/**
 * Removes bytes that no file has had for `graceMs`, and what broken uploads left behind. An upload of
 * the same bytes either renews the row first, which is then passed by, or waits for the removal and
 * stores them anew.
 * @returns how many blobs went
 */
export async function collectBlobs(
  { db, blobs: store }: { db: Db; blobs: BlobStore },
  graceMs = GRACE_MS,
): Promise<number> {
  await store.sweepTemp(Math.max(graceMs, 60_000));
  for (let total = 0; ; ) {
    const removed = await db.transaction(async (tx) => {
      const { rows } = await tx.execute<{ sha256: string }>(sql`
        select sha256 from blobs
        where refs = 0 and touched_at < now() - ${graceMs}::float8 * interval '1 millisecond'
        order by touched_at limit ${BATCH}
        for update skip locked`);
      for (const { sha256 } of rows) {
        // The row goes after the bytes: a crash in between leaves what the next run finds.
        const { rows: variants } = await tx.execute<{ width: number }>(
          sql`select distinct width from blob_variants where sha256 = ${sha256}`,
        );
        for (const { width } of variants) {
          // AVIF has its rows after its bytes.
          for (const format of ['webp', 'avif']) {
            await store.remove(variantKey(sha256, width, format));
          }
        }
        await store.remove(blobKey(sha256));
        await tx.execute(sql`delete from blobs where sha256 = ${sha256}`);
      }
      return rows.length;
    });
    total += removed;
    if (removed < BATCH) return total;
  }
}
