import { schema, type Tx } from '@ainotebook/db';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { AppError } from '../errors.js';
import { randomSlug, slugify } from './slugify.js';

const { slugs } = schema;

/** Numbered variants tried before a random ending. */
const NUMBERED_VARIANTS = 50;

/**
 * Gives an article the slug asked for; former ones stay and lead to it. Which of two articles gets
 * a slug is decided by the primary key.
 * @throws AppError slug_taken when another article has or once had it
 */
export async function takeSlug(tx: Tx, articleId: string, slug: string): Promise<void> {
  await tx
    .update(slugs)
    .set({ isCurrent: false })
    .where(and(eq(slugs.articleId, articleId), eq(slugs.isCurrent, true)));
  const taken = await tx
    .insert(slugs)
    .values({ slug, articleId, isCurrent: true })
    .onConflictDoUpdate({
      target: slugs.slug,
      set: { isCurrent: true },
      setWhere: eq(slugs.articleId, articleId),
    })
    .returning({ slug: slugs.slug });
  if (taken.length === 0) throw new AppError('slug_taken', 'This address is taken');
}

/** Keeps the article's slug, or makes one from its title when it never had one. */
export async function keepOrMakeSlug(tx: Tx, articleId: string, title: string): Promise<void> {
  const [current] = await tx
    .select({ slug: slugs.slug })
    .from(slugs)
    .where(and(eq(slugs.articleId, articleId), eq(slugs.isCurrent, true)));
  if (current) return;
  const base = slugify(title) || randomSlug();
  const variants = [
    base,
    ...Array.from({ length: NUMBERED_VARIANTS }, (_, i) => `${base}-${i + 2}`),
  ];
  const used = await tx
    .select({ slug: slugs.slug })
    .from(slugs)
    .where(inArray(slugs.slug, variants));
  const isUsed = new Set(used.map(({ slug }) => slug));
  // One may be taken between the look and the insert; then the next is tried.
  for (const slug of [...variants.filter((v) => !isUsed.has(v)), `${base}-${randomSlug()}`]) {
    const made = await tx
      .insert(slugs)
      .values({ slug, articleId, isCurrent: true })
      .onConflictDoNothing({ target: slugs.slug })
      .returning({ slug: slugs.slug });
    if (made.length > 0) return;
  }
  throw new AppError('slug_taken', 'No free address was found; choose one');
}

/** True when the article may take the slug: nobody has it, or the article itself has or had it. */
export async function isSlugFree(
  db: Pick<Tx, 'select'>,
  slug: string,
  own: { userId: string; articleId: string | undefined },
): Promise<boolean> {
  const { publications } = schema;
  const [holder] = await db
    .select({ articleId: slugs.articleId, userId: publications.userId })
    .from(slugs)
    .innerJoin(publications, eq(publications.articleId, slugs.articleId))
    .where(eq(slugs.slug, slug));
  if (!holder) return true;
  return holder.userId === own.userId && holder.articleId === own.articleId;
}

/** A slug as it is stored: one spelling for equal letters. */
export function storedSlug(slug: string): string {
  return slug.normalize('NFC').toLowerCase();
}

/** The slug of a publication, where its row is at hand. */
export const presentSlug = sql<string>`(
  select s.slug from slugs s where s.article_id = "publications"."article_id" and s.is_current)`;

export const currentSlug = () =>
  sql`${slugs.articleId} = ${schema.publications.articleId} and ${slugs.isCurrent}`;
