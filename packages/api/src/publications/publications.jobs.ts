import { createHash } from 'node:crypto';
import { publishSettings } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { handleJob, type JobHandler } from '@ainotebook/jobs';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { getSiteSettings } from '../admin/admin-site.service.js';
import { AppError } from '../errors.js';
import type { JobServices, SocialCard } from '../jobs.js';
import { notify } from '../notifications/notify.js';
import { drawPublicationImage, publishScheduled } from './publication-jobs.js';
import { publishWithin } from './publish.js';

const { articles, publicationImages, publicationSchedules, publications, users } = schema;

/** Handlers of the jobs of publications. */
export function publicationJobHandlers(services: JobServices): JobHandler[] {
  return [
    handleJob(drawPublicationImage, async (run, { articleId }) => {
      const card = await readCard(run.db, services, articleId);
      const version = card && versionOf(card);
      if (!version || (await drawnVersion(run.db, articleId)) === version) return;
      const png = await services.drawSocialCard(card);
      await run.once((tx) => writeImage(tx, { articleId, version, png }));
    }),
    handleJob(publishScheduled, async (run, { articleId, publishAt }) => {
      await run.once((tx) => publishDue(tx, services, { articleId, publishAt }));
      services.nudgeJobs();
    }),
  ];
}

async function readCard(
  db: Db,
  services: JobServices,
  articleId: string,
): Promise<SocialCard | null> {
  const [row] = await db
    .select({ title: publications.title, author: users.displayName })
    .from(publications)
    .innerJoin(users, eq(users.id, publications.userId))
    .where(and(eq(publications.articleId, articleId), isNull(publications.withdrawnAt)));
  if (!row) return null;
  const { siteName } = await getSiteSettings({ db, config: services.config });
  return { ...row, siteName };
}

/** Raised when the drawing changes. */
const DRAWING = 1;

function versionOf(card: SocialCard): string {
  const drawn = [DRAWING, card.title, card.author, card.siteName];
  return createHash('sha256').update(JSON.stringify(drawn)).digest('hex').slice(0, 16);
}

async function drawnVersion(db: Db, articleId: string): Promise<string | undefined> {
  const [row] = await db
    .select({ version: publicationImages.version })
    .from(publicationImages)
    .where(eq(publicationImages.articleId, articleId));
  return row?.version;
}

/** An article deleted while its picture was drawn gets none. */
async function writeImage(
  tx: Tx,
  image: { articleId: string; version: string; png: Buffer },
): Promise<void> {
  const [live] = await tx
    .select({ id: publications.articleId })
    .from(publications)
    .where(eq(publications.articleId, image.articleId))
    .for('key share');
  if (!live) return;
  const { version, png } = image;
  await tx
    .insert(publicationImages)
    .values(image)
    .onConflictDoUpdate({
      target: publicationImages.articleId,
      set: { version, png, createdAt: sql`now()` },
    });
}

/** Publishes what is due, or tells the author why it could not be; either way the schedule ends. */
async function publishDue(
  tx: Tx,
  services: JobServices,
  due: { articleId: string; publishAt: string },
): Promise<void> {
  const { articleId } = due;
  const [schedule] = await tx
    .select({
      userId: publicationSchedules.userId,
      publishAt: publicationSchedules.publishAt,
      settings: publicationSchedules.settings,
      title: articles.title,
      status: users.status,
    })
    .from(publicationSchedules)
    .innerJoin(articles, eq(articles.id, publicationSchedules.articleId))
    .innerJoin(users, eq(users.id, publicationSchedules.userId))
    .where(eq(publicationSchedules.articleId, articleId))
    .for('update', { of: publicationSchedules });
  // Cancelled, done by hand, or put to another time.
  if (schedule?.publishAt.toISOString() !== due.publishAt) return;
  await tx.delete(publicationSchedules).where(eq(publicationSchedules.articleId, articleId));
  const { userId, title } = schedule;
  if (schedule.status !== 'active') return;
  try {
    const { url } = await tx.transaction((inner) =>
      publishWithin(inner, services.config, {
        ...publishSettings.parse(schedule.settings),
        articleId,
        userId,
      }),
    );
    const data = { articleId, title, url };
    await notify(tx, { userIds: [userId], event: { kind: 'scheduled_published', data } });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const data = { articleId, title, code: error.code };
    await notify(tx, { userIds: [userId], event: { kind: 'scheduled_failed', data } });
  }
}
