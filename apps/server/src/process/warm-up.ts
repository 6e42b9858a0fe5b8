import { type Services, warmCaches } from '@ainotebook/api';
import { type Db, schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import type { Logger } from '../logger.js';

const { cronRuns } = schema;
const SLOT_SECONDS = 600;
const KEPT = sql`interval '90 days'`;

/** Whether nobody of this release has read ahead in the present ten minutes. */
export async function takeWarmUp(db: Db, release: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.execute(sql`
      insert into ${cronRuns} (name, slot)
      select ${`cache-warmup:${release}`},
        to_timestamp(floor(extract(epoch from now()) / ${SLOT_SECONDS}) * ${SLOT_SECONDS})
      on conflict do nothing`);
    if (rowCount === 0) return false;
    await tx.execute(sql`
      delete from ${cronRuns} where name like 'cache-warmup:%' and slot < now() - ${KEPT}`);
    return true;
  });
}

/**
 * Reads ahead what will be asked for; nobody waits for it, and it never fails.
 * @param release of the caches that all processes share, which one of them fills; null: its own alone
 */
export async function warmUp(
  services: Services,
  { log, release }: { log: Pick<Logger, 'info' | 'warn'>; release: string | null },
): Promise<void> {
  try {
    if (release !== null && !(await takeWarmUp(services.db, release))) return;
    log.info('Starting cache warmup');
    await services.settleCaches();
    log.info('Cache warmup completed', await warmCaches(services));
  } catch (error) {
    log.warn('Cache warmup failed; values are read when they are asked for', { err: error });
  }
}
