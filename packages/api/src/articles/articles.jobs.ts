import { type Db, schema, type Tx } from '@ainotebook/db';
import { defineJob, enqueueMany, handleJob, type JobHandler } from '@ainotebook/jobs';
import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { CONFLICT_AGE_MS, revisionsToThin, THINNING_STEPS } from '../revisions/thinning.js';
import { isAnyOf } from './article-rows.js';

const { publications, revisions, siteSettings } = schema;

const thinRevisionsJob = defineJob({
  topic: 'revisions.thin',
  payload: z.object({ articleId: z.uuid() }),
});

/** Handlers of the jobs of articles and revisions. */
export const articleJobHandlers: JobHandler[] = [
  handleJob(thinRevisionsJob, (run, { articleId }) =>
    run.once(async (tx) => {
      await thinRevisions(tx, articleId);
    }),
  ),
];

/** Thins out an article's revisions by age. @returns how many went */
export async function thinRevisions(db: Db | Tx, articleId: string): Promise<number> {
  const rows = await db
    .select({
      id: revisions.id,
      kind: revisions.kind,
      name: revisions.name,
      isLive: sql<boolean>`${publications.articleId} is not null`,
      createdAt: revisions.createdAt,
    })
    .from(revisions)
    .leftJoin(
      publications,
      and(
        eq(publications.articleId, revisions.articleId),
        eq(publications.revision, revisions.number),
        ne(revisions.kind, 'conflict'),
      ),
    )
    .where(eq(revisions.articleId, articleId))
    .orderBy(desc(revisions.createdAt), desc(revisions.id));
  const gone = await db
    .delete(revisions)
    // A revision may have got its name since it was read.
    .where(and(isAnyOf(revisions.id, revisionsToThin(rows, new Date())), isNull(revisions.name)));
  return gone.rowCount ?? 0;
}

const THINNED_UNTIL = 'revisions.thinned-until';
/** Covers a clock of the application that is behind another's. */
const SLACK_MS = 60_000;
const AGES = [...THINNING_STEPS.map((step) => step.fromAge), CONFLICT_AGE_MS];

/** The smallest UUIDv7 of a moment: the ids of revisions are ordered by when they were made. */
function firstIdAt(timeMs: number): string {
  const hex = Math.max(0, timeMs).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/**
 * Queues thinning for the articles with a revision that reached one of the ages since the last
 * call; so saving pays nothing for it, and a time when nothing ran is made up for.
 * @returns how many articles
 */
export async function queueThinning(db: Db, now = new Date()): Promise<number> {
  return db.transaction(async (tx) => {
    const [last] = await tx
      .select({ value: siteSettings.value })
      .from(siteSettings)
      .where(eq(siteSettings.key, THINNED_UNTIL));
    const until = now.getTime();
    const since = typeof last?.value === 'number' ? last.value - SLACK_MS : 0;
    const reached = AGES.map(
      (age) => sql`(id >= ${firstIdAt(since - age)} and id < ${firstIdAt(until - age)})`,
    );
    const { rows } = await tx.execute<{ article_id: string }>(
      sql`select distinct article_id from ${revisions} where ${sql.join(reached, sql` or `)}`,
    );
    await enqueueMany(
      tx,
      thinRevisionsJob,
      rows.map((row) => ({
        payload: { articleId: row.article_id },
        dedupeKey: row.article_id,
      })),
      { priority: 10 },
    );
    await tx
      .insert(siteSettings)
      .values({ key: THINNED_UNTIL, value: until })
      .onConflictDoUpdate({
        target: siteSettings.key,
        set: { value: until, updatedAt: sql`now()` },
      });
    return rows.length;
  });
}
