import { schema, type Tx } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { isAnyOf } from '../articles/article-rows.js';
import { emitWebhooks } from '../webhooks/emit.js';
import { presentSlug } from './slugs.js';

const { publications } = schema;

/** Takes what of a user's articles is live off the web. */
export async function withdraw(
  tx: Tx,
  userId: string,
  articleIds: readonly string[],
): Promise<void> {
  const rows = await tx
    .update(publications)
    .set({ withdrawnAt: sql`now()` })
    .where(
      and(
        isAnyOf(publications.articleId, articleIds),
        eq(publications.userId, userId),
        isNull(publications.withdrawnAt),
      ),
    )
    .returning({
      articleId: publications.articleId,
      title: publications.title,
      slug: presentSlug,
      blockedAt: publications.blockedAt,
    });
  await emitWebhooks(
    tx,
    [userId],
    rows
      // Closed by an administrator, it was off the web already.
      .filter(({ blockedAt }) => blockedAt === null)
      .map(({ blockedAt: _, ...data }) => ({ type: 'article.unpublished', data })),
  );
}
