import { schema, type Tx } from '@ainotebook/db';
import { titleKey } from '@ainotebook/text/search';
import { and, eq, isNull, sql } from 'drizzle-orm';

const { articleLinks } = schema;

/** A wiki link of a text: its target as it is compared and as it was typed, and where it stands. */
export interface LinkKey {
  key: string;
  title: string;
  offset: number;
}

/** The first of the links to each target. */
export function linkKeysOf(links: readonly { target: string; start: number }[]): LinkKey[] {
  const first = new Map<string, LinkKey>();
  for (const { target, start } of links) {
    const key = titleKey(target);
    if (key !== '' && !first.has(key)) first.set(key, { key, title: target, offset: start });
  }
  // In order, so that articles written side by side wait for each other and no deadlock.
  return [...first.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * Makes the link rows of an article those of its present text. A link keeps the target it once got,
 * whatever that is called today; a new one gets the owner's oldest article of that title. Links of
 * the owner that have waited for this article's title get it. Needs the article's own title key to
 * be written first.
 */
export async function writeLinks(
  tx: Tx,
  { articleId, userId, key }: { articleId: string; userId: string; key: string },
  links: readonly LinkKey[],
): Promise<void> {
  const keys = links.map((link) => link.key);
  await tx.execute(sql`
    delete from article_links
    where source_id = ${articleId} and target_key <> all(${sql.param(keys)}::text[])`);
  if (links.length > 0) {
    await tx.execute(sql`
      insert into article_links (source_id, user_id, target_key, target_title, target_id, start_offset)
      select ${articleId}, ${userId}, new.key, new.title, (
        select t.article_id from article_titles t
        where t.user_id = ${userId} and t.key = new.key order by t.article_id limit 1), new.place
      from unnest(
        ${sql.param(keys)}::text[],
        ${sql.param(links.map(({ title }) => title))}::text[],
        ${sql.param(links.map(({ offset }) => offset))}::int[]) as new(key, title, place)
      on conflict (source_id, target_key) do update
      set target_title = excluded.target_title, start_offset = excluded.start_offset,
        target_id = coalesce(article_links.target_id, excluded.target_id)`);
  }
  await tx
    .update(articleLinks)
    .set({ targetId: articleId })
    .where(
      and(
        eq(articleLinks.userId, userId),
        eq(articleLinks.targetKey, key),
        isNull(articleLinks.targetId),
      ),
    );
}

/** Forgets where an article that is in the trash leads; what leads to it waits until it is back. */
export async function dropLinks(tx: Tx, articleId: string): Promise<void> {
  await tx.delete(articleLinks).where(eq(articleLinks.sourceId, articleId));
}
