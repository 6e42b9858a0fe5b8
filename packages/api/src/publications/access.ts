import type { ArticleAccess } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { readMyPlan } from '../billing/entitlements.js';
import type { LivePublication } from './public-articles.js';

const { publications } = schema;

/** What a reader shows who asks for all of an article. */
export interface Reader {
  userId: string;
  /** Plans held now. */
  planIds: readonly string[];
}

/** What an article says about its readers. */
export interface Guarded {
  access: ArticleAccess;
  authorId: string;
}

/**
 * Whether a reader (null: a visitor) may read all of a published article. Nothing else decides it.
 * Administrators are readers like others, who can give themselves a plan.
 */
export function mayReadAll({ access, authorId }: Guarded, reader: Reader | null): boolean {
  if (access.kind === 'everyone') return true;
  if (!reader) return false;
  if (reader.userId === authorId) return true;
  switch (access.kind) {
    case 'members':
      return reader.planIds.length > 0;
    case 'plan':
      return reader.planIds.includes(access.planId);
  }
}

/** A person as a reader: with the plans of this moment, from Postgres. */
export async function readReader(db: Db | Tx, userId: string | null): Promise<Reader | null> {
  if (userId === null) return null;
  const { plans } = await readMyPlan(db, userId);
  return { userId, planIds: plans.map(({ planId }) => planId) };
}

/**
 * The same article with all of its text, if the reader may read it. That text is read from Postgres
 * each time: no cache that answers visitors ever holds it.
 */
export async function openWhole(
  db: Db | Tx,
  publication: LivePublication,
  readerId: string | null,
): Promise<LivePublication> {
  if (!mayReadAll(publication, await readReader(db, readerId))) return publication;
  const { articleId } = publication;
  const [row] = await db
    .select({ content: publications.content })
    .from(publications)
    .where(
      and(
        eq(publications.articleId, articleId),
        isNull(publications.withdrawnAt),
        isNull(publications.blockedAt),
      ),
    );
  return row ? { ...publication, content: row.content, isPreview: false } : publication;
}

/** The text that everybody may read. */
export const publicText = sql<string>`coalesce(${publications.preview}, ${publications.content})`;

/** The columns in which an access is stored. */
export type AccessColumns = Pick<typeof publications.$inferSelect, 'access' | 'accessPlanId'>;

export function toAccess({ access, accessPlanId }: AccessColumns): ArticleAccess {
  if (access !== 'plan') return { kind: access };
  if (accessPlanId === null) throw new Error('An article for a plan names one');
  return { kind: 'plan', planId: accessPlanId };
}
