import type { SearchHit } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { type ParsedQuery, passageSnippet } from '@ainotebook/text/search';
import { and, count, desc } from 'drizzle-orm';
import { beyondInstant, selectInstantKey } from '../pagination.js';
import { articleConditions, hitColumns, type SearchScope } from './candidates.js';
import type { SearchCursor } from './search-cursor.js';
import { openingColumn } from './titles.js';

const { articles } = schema;

type Newest = Extract<SearchCursor, readonly ['newest', ...unknown[]]>;

/** A page of the articles the filters leave, when there is no word to rank by. */
export async function listNewest(
  tx: Tx,
  scope: SearchScope,
  { query, limit, after }: { query: ParsedQuery; limit: number; after: Newest | null },
): Promise<{ items: SearchHit[]; next: Newest | null; total: number }> {
  const where = and(...articleConditions(scope, Number.POSITIVE_INFINITY));
  const { updatedAt: instant, id } = articles;
  const rows = await tx
    .select({ hit: { ...hitColumns, opening: openingColumn }, key: selectInstantKey(instant) })
    .from(articles)
    .where(
      and(where, after ? beyondInstant('desc', { instant, id }, [after[1], after[2]]) : undefined),
    )
    .orderBy(desc(instant), desc(id))
    .limit(limit + 1);
  const [counted] = await tx.select({ total: count() }).from(articles).where(where);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(({ hit }) => openingHit(hit, query, 'text')),
    next: last ? ['newest', last.key, last.hit.articleId] : null,
    total: counted?.total ?? 0,
  };
}

type Opening = Pick<SearchHit, 'articleId' | 'notebookId' | 'title' | 'status' | 'updatedAt'> & {
  opening: string;
};

/** A hit that shows how the article begins: no passage of it was matched. */
export function openingHit(
  { opening, ...shown }: Opening,
  query: ParsedQuery,
  matchedBy: SearchHit['matchedBy'],
): SearchHit {
  const { text, offset } = passageSnippet(opening, { ...query, clauses: [] });
  return {
    ...shown,
    titleRanges: [],
    snippet: text,
    snippetRanges: [],
    offset,
    headingPath: [],
    matchedBy,
    score: 0,
  };
}
