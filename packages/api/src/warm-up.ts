import { schema } from '@ainotebook/db';
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import pLimit from 'p-limit';
import { readUserAccess } from './auth/access-cache.js';
import { type PageReads, readPage } from './publications/page-cache.js';
import { currentSlug } from './publications/slugs.js';

const { articles, publications, slugs, users } = schema;

/** The most viewed articles and the accounts that signed in of late are read before anybody asks. */
const POPULAR_ARTICLES = 100;
const RECENT_USERS = 1_000;
const RECENT_DAYS = 7;
/** Readers come first. */
const AT_ONCE = 2;

/** Reads ahead what will be asked for. What fails is counted, and read when it is asked for. */
export async function warmCaches(
  reads: PageReads,
): Promise<{ articles: number; users: number; failed: number }> {
  const { db } = reads;
  const popular = await db
    .select({ slug: slugs.slug })
    .from(articles)
    .innerJoin(publications, eq(publications.articleId, articles.id))
    .innerJoin(slugs, currentSlug())
    .where(and(isNull(articles.deletedAt), isNull(publications.withdrawnAt)))
    .orderBy(desc(articles.views), desc(articles.id))
    .limit(POPULAR_ARTICLES);
  const recent = await db
    .select({ id: users.id })
    .from(users)
    .where(gt(users.lastLoginAt, sql`now() - ${RECENT_DAYS} * interval '1 day'`))
    .orderBy(desc(users.lastLoginAt))
    .limit(RECENT_USERS);
  const limit = pLimit(AT_ONCE);
  const read = (work: () => Promise<unknown>) =>
    limit(work).then(
      () => true,
      () => false,
    );
  const [pages, accounts] = await Promise.all([
    Promise.all(popular.map(({ slug }) => read(() => readPage(reads, slug)))),
    Promise.all(recent.map(({ id }) => read(() => readUserAccess(reads, id)))),
  ]);
  const done = (results: boolean[]) => results.filter(Boolean).length;
  const all = pages.length + accounts.length;
  const [articlesRead, usersRead] = [done(pages), done(accounts)];
  return { articles: articlesRead, users: usersRead, failed: all - articlesRead - usersRead };
}
