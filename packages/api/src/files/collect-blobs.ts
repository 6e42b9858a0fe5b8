import { type Db, dbFailure } from '@ainotebook/db';
import { type BlobStore, blobKey, StorageUnavailableError, variantKey } from '@ainotebook/files';
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

/**
 * Removes at once what of these bytes nothing holds: for what is large and needed no more. An upload of the very same
 * bytes that has stored them and not yet its row finds that they are gone, and has to begin again. What cannot be
 * removed now goes with `collectBlobs`.
 */
export async function collectNow(
  { db, blobs: store }: { db: Db; blobs: BlobStore },
  hashes: readonly string[],
): Promise<void> {
  for (let at = 0; at < hashes.length; at += BATCH) {
    const wanted = sql.param(hashes.slice(at, at + BATCH));
    try {
      await db.transaction(async (tx) => {
        const { rows } = await tx.execute<{ sha256: string }>(sql`
          select sha256 from blobs b
          where sha256 = any(${wanted}::text[]) and refs = 0
            and not exists (select 1 from blob_variants v where v.sha256 = b.sha256)
          order by sha256 for update skip locked`);
        const gone = rows.map(({ sha256 }) => sha256);
        await Promise.all(gone.map((sha256) => store.remove(blobKey(sha256))));
        await tx.execute(sql`delete from blobs where sha256 = any(${sql.param(gone)}::text[])`);
      });
    } catch (error) {
      if (error instanceof StorageUnavailableError || dbFailure(error)) return;
      throw error;
    }
  }
}
