import type { Article, ArticleSummary } from '@ainotebook/contract';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { trpc } from '../../trpc.js';

type Pages = InfiniteData<{ items: ArticleSummary[]; nextCursor: string | null }>;

const listKey = () => getQueryKey(trpc.articles.list);
/** Only the paged lists: the palette keeps a short one of another shape. */
const pagesKey = () => getQueryKey(trpc.articles.list, undefined, 'infinite');
const articleKey = (id: string) => getQueryKey(trpc.articles.get, { id }, 'query');

const mapItems = (pages: Pages, change: (items: ArticleSummary[]) => ArticleSummary[]): Pages => ({
  ...pages,
  pages: pages.pages.map((page) => ({ ...page, items: change(page.items) })),
});

/** What is known of an article without asking. */
export const cachedArticle = (client: QueryClient, id: string): Article | undefined =>
  client.getQueryData<Article>(articleKey(id));

/** What any list or screen knows of an article. */
export function knownArticle(client: QueryClient, id: string): ArticleSummary | undefined {
  const article = cachedArticle(client, id);
  if (article) return article;
  for (const [, list] of client.getQueriesData<Pages>({ queryKey: pagesKey() })) {
    const found = list?.pages.flatMap((page) => page.items).find((item) => item.id === id);
    if (found) return found;
  }
  return undefined;
}

export function setCachedArticle(client: QueryClient, article: Article): void {
  client.setQueryData<Article>(articleKey(article.id), article);
}

/** Asks for an article, or takes the answer fetched within `maxAgeMs` or already on its way. */
export const fetchArticle = (
  client: QueryClient,
  id: string,
  ask: () => Promise<Article>,
  maxAgeMs: number,
): Promise<Article> =>
  client.fetchQuery<Article>({ queryKey: articleKey(id), queryFn: ask, staleTime: maxAgeMs });

/** Changes some articles in the lists, and takes them out of those where they belong no longer. */
export function changeInLists(
  client: QueryClient,
  ids: ReadonlySet<string>,
  change: (item: ArticleSummary) => ArticleSummary,
): void {
  for (const [key, pages] of client.getQueriesData<Pages>({ queryKey: pagesKey() })) {
    if (!pages?.pages.some((page) => page.items.some((item) => ids.has(item.id)))) continue;
    const input = inputOf(key);
    const changed = mapItems(pages, (items) =>
      items
        .map((item) => (ids.has(item.id) ? change(item) : item))
        .filter((item) => !ids.has(item.id) || belongs(item, input)),
    );
    client.setQueryData<Pages>(key, changed);
  }
}

/** What the lists know of some articles. */
export function listedArticles(
  client: QueryClient,
  ids: ReadonlySet<string>,
): Map<string, ArticleSummary> {
  const found = new Map<string, ArticleSummary>();
  for (const [, pages] of client.getQueriesData<Pages>({ queryKey: pagesKey() })) {
    for (const item of pages?.pages.flatMap((page) => page.items) ?? []) {
      if (ids.has(item.id)) found.set(item.id, item);
    }
  }
  return found;
}

/** Changes an article in the lists only. */
export function patchInLists(
  client: QueryClient,
  id: string,
  patch: Partial<Omit<ArticleSummary, 'id'>>,
): void {
  changeInLists(client, new Set([id]), (item) => ({ ...item, ...patch }));
}

/**
 * Changes an article wherever it is shown. Title, content and revision belong together: whoever
 * changes one of them here says all three.
 */
export function patchArticle(
  client: QueryClient,
  id: string,
  patch: Partial<Omit<Article, 'id'>>,
): void {
  client.setQueryData<Article>(articleKey(id), (article) => article && { ...article, ...patch });
  const { content: _content, contentHash: _hash, indexedRevision: _indexed, ...summary } = patch;
  patchInLists(client, id, summary);
}

/** Takes an article out of every list. */
export function dropFromLists(client: QueryClient, id: string): void {
  client.setQueriesData<Pages>(
    { queryKey: pagesKey() },
    (pages) => pages && mapItems(pages, (items) => items.filter((item) => item.id !== id)),
  );
}

/** Puts a note that was just started on top of the lists it belongs to. */
export function addToLists(client: QueryClient, article: ArticleSummary): void {
  for (const [key, pages] of client.getQueriesData<Pages>({ queryKey: pagesKey() })) {
    const [first, ...rest] = pages?.pages ?? [];
    if (!belongs(article, inputOf(key)) || !pages || !first) continue;
    const items = [article, ...first.items.filter((item) => item.id !== article.id)];
    client.setQueryData<Pages>(key, { ...pages, pages: [{ ...first, items }, ...rest] });
  }
}

interface ListInput {
  notebookId?: string | null;
  tag?: string;
  status?: string;
  isArchived?: boolean;
  isPinned?: boolean;
  hasOpenTasks?: boolean;
  isTrashed?: boolean;
}

/** Whether a list of that input shows an article. */
function belongs(article: ArticleSummary, input: ListInput): boolean {
  const { notebookId, tag, status, isTrashed = false, isArchived, isPinned } = input;
  return (
    isTrashed === (article.deletedAt !== null) &&
    (status === undefined || status === article.status) &&
    (isArchived === undefined || isArchived === (article.status === 'archived')) &&
    (isPinned === undefined || isPinned === article.isPinned) &&
    (!input.hasOpenTasks || article.openTasks > 0) &&
    (notebookId === undefined || notebookId === article.notebookId) &&
    (tag === undefined || article.tags.some((name) => isSameTag(name, tag)))
  );
}

const isSameTag = (a: string, b: string) => a.toLocaleLowerCase() === b.toLocaleLowerCase();

/** The input inside a query key of tRPC: `[path, { input, type }]`. */
function inputOf(key: readonly unknown[]): ListInput {
  const options = key[1] as { input?: ListInput } | undefined;
  return options?.input ?? {};
}

export const refreshLists = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: listKey() });

/** A copy of every cached list and some articles, to put back when a change failed. */
export async function snapshot(client: QueryClient, ...ids: string[]): Promise<() => void> {
  await Promise.all([
    client.cancelQueries({ queryKey: listKey() }),
    ...ids.map((id) => client.cancelQueries({ queryKey: articleKey(id) })),
  ]);
  const lists = client.getQueriesData<Pages>({ queryKey: pagesKey() });
  const articles = ids.map((id) => cachedArticle(client, id));
  return () => {
    for (const [key, pages] of lists) client.setQueryData(key, pages);
    for (const article of articles) if (article) setCachedArticle(client, article);
  };
}
