import type { ArticleUsage } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { count, eq } from 'drizzle-orm';
import { readMyPlan } from '../billing/entitlements.js';
import type { ApiConfig, AuthedContext } from '../context.js';
import { lockLibrary } from './library-lock.js';

const { articles } = schema;

type Settings = Pick<ApiConfig, 'articleQuota'>;

/** What one has, the trash with it, or clearing it would be a way around the quota. */
async function countArticles(db: Db | Tx, userId: string): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(articles)
    .where(eq(articles.userId, userId));
  return row?.count ?? 0;
}

/** The most a person may have: what everybody may, or more by a plan. */
async function readQuota(db: Db | Tx, ofEverybody: number, userId: string): Promise<number> {
  const { benefits } = await readMyPlan(db, userId);
  return Math.max(ofEverybody, benefits.articles ?? 0);
}

/** How many articles the caller has, and may have. */
export async function readArticleUsage({
  db,
  config,
  auth,
}: Pick<AuthedContext, 'db' | 'config' | 'auth'>): Promise<ArticleUsage> {
  const { userId } = auth;
  const { articleQuota } = config;
  return {
    count: await countArticles(db, userId),
    quota: articleQuota === null ? null : await readQuota(db, articleQuota, userId),
  };
}

/**
 * How many more articles a person may make, held to the end of the transaction. A plan that ended leaves
 * all there is, to be read and written: only new ones wait.
 */
export async function roomForArticles(tx: Tx, config: Settings, userId: string): Promise<number> {
  const { articleQuota } = config;
  if (articleQuota === null) return Number.POSITIVE_INFINITY;
  await lockLibrary(tx, userId);
  const quota = await readQuota(tx, articleQuota, userId);
  return Math.max(0, quota - (await countArticles(tx, userId)));
}
