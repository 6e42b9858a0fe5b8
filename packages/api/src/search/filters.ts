import { type Db, schema, type Tx } from '@ainotebook/db';
import { normalize, type QueryFilters } from '@ainotebook/text/search';
import { eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';

const { articles, articleTags, notebooks, tags } = schema;

/** Names are compared as search compares words: width, case and traditional forms fold. */
const fold = (name: string) => normalize(name.trim()).text;

/** True when a query narrows anything besides its words. */
export function hasFilters(filters: QueryFilters): boolean {
  const { tags: names, notebooks: books, statuses, before, after } = filters;
  return names.length + books.length + statuses.length > 0 || before !== null || after !== null;
}

/**
 * Conditions on `articles` for the filters of a query, or null when a name fits nothing of the
 * owner. Every `tag:` must be there; any `notebook:` (with what lies in it) and any `is:` will do.
 * `after:` includes its day, `before:` does not; days begin at 00:00 UTC.
 */
export async function filterConditions(
  db: Db | Tx,
  userId: string,
  filters: QueryFilters,
): Promise<SQL[] | null> {
  const conditions: SQL[] = [];
  if (filters.statuses.length > 0) conditions.push(inArray(articles.status, filters.statuses));
  if (filters.before) conditions.push(lt(articles.updatedAt, startOf(filters.before)));
  if (filters.after) conditions.push(gte(articles.updatedAt, startOf(filters.after)));
  if (filters.tags.length > 0) {
    const found = await tagConditions(db, userId, filters.tags);
    if (!found) return null;
    conditions.push(...found);
  }
  if (filters.notebooks.length > 0) {
    const ids = await notebookIds(db, userId, filters.notebooks);
    if (ids.length === 0) return null;
    conditions.push(inArray(articles.notebookId, ids));
  }
  return conditions;
}

const startOf = (day: string) => new Date(`${day}T00:00:00Z`);

async function tagConditions(
  db: Db | Tx,
  userId: string,
  names: readonly string[],
): Promise<SQL[] | null> {
  const rows = await db
    .select({ id: tags.id, name: tags.name })
    .from(tags)
    .where(eq(tags.userId, userId));
  const conditions: SQL[] = [];
  for (const wanted of new Set(names.map(fold))) {
    const ids = rows.filter(({ name }) => fold(name) === wanted).map(({ id }) => id);
    if (ids.length === 0) return null;
    conditions.push(sql`exists (
      select 1 from ${articleTags}
      where ${articleTags.articleId} = ${articles.id} and ${inArray(articleTags.tagId, ids)})`);
  }
  return conditions;
}

/** Notebooks of these names and everything below them. */
async function notebookIds(
  db: Db | Tx,
  userId: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await db
    .select({ id: notebooks.id, parentId: notebooks.parentId, name: notebooks.name })
    .from(notebooks)
    .where(eq(notebooks.userId, userId));
  const wanted = new Set(names.map(fold));
  return withInner(
    rows,
    rows.filter(({ name }) => wanted.has(fold(name))),
  );
}

/** Notebooks of these ids and everything below them; ids of others are left out. */
export async function notebooksWithInner(
  db: Db | Tx,
  userId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db
    .select({ id: notebooks.id, parentId: notebooks.parentId })
    .from(notebooks)
    .where(eq(notebooks.userId, userId));
  return withInner(
    rows,
    rows.filter(({ id }) => ids.includes(id)),
  );
}

interface NotebookNode {
  id: string;
  parentId: string | null;
}

function withInner(rows: readonly NotebookNode[], outer: readonly NotebookNode[]): string[] {
  const found = new Set(outer.map(({ id }) => id));
  // Depth is limited, so a few rounds reach every notebook below.
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { id, parentId } of rows) if (parentId && found.has(parentId)) found.add(id);
  }
  return [...found];
}
