import { schema, type Tx } from '@ainotebook/db';
import { and, eq, isNotNull, isNull, ne } from 'drizzle-orm';
import { v7 } from 'uuid';
import { AppError, notFound } from '../errors.js';

const { publications } = schema;

interface Joining {
  articleId: string;
  userId: string;
  language: 'zh-CN' | 'en';
  /** Undefined: as it was; null: of nothing. */
  translationOf?: string | null | undefined;
  /** The group the article is in. */
  present: string | null;
}

/**
 * The group an article that goes live belongs to, made with the first translation. Whether its
 * language is free there is decided by the unique index; an article that is off the web gives way.
 * @throws AppError not_found, bad_input
 */
export async function joinTranslations(tx: Tx, joining: Joining): Promise<string | null> {
  const { articleId, userId, language, translationOf, present } = joining;
  const group =
    typeof translationOf === 'string' ? await groupOf(tx, joining, translationOf) : present;
  if (translationOf === null || !group) return null;
  await tx
    .update(publications)
    .set({ translationGroup: null })
    .where(
      and(
        eq(publications.translationGroup, group),
        eq(publications.userId, userId),
        eq(publications.language, language),
        isNotNull(publications.withdrawnAt),
        ne(publications.articleId, articleId),
      ),
    );
  return group;
}

async function groupOf(tx: Tx, joining: Joining, otherId: string): Promise<string> {
  if (otherId === joining.articleId) {
    throw new AppError('bad_input', 'An article is no translation of itself', {
      fields: [{ path: 'translationOf', message: 'must be another article' }],
    });
  }
  const [other] = await tx
    .select({ group: publications.translationGroup, language: publications.language })
    .from(publications)
    .where(
      and(
        eq(publications.articleId, otherId),
        eq(publications.userId, joining.userId),
        isNull(publications.withdrawnAt),
      ),
    )
    .for('no key update');
  if (!other) throw notFound('Article');
  if (other.language === joining.language) {
    throw new AppError('translation_taken', 'The other article is in this language too');
  }
  if (other.group) return other.group;
  const group = v7();
  await tx
    .update(publications)
    .set({ translationGroup: group })
    .where(eq(publications.articleId, otherId));
  return group;
}
