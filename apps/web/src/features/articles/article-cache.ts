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

/** Changes an article in the lists only. */
export function patchInLists(
  client: QueryClient,
  id: string,
  patch: Partial<Omit<ArticleSummary, 'id'>>,
): void {
  client.setQueriesData<Pages>(
    { queryKey: pagesKey() },
    (pages) =>
      pages &&
      mapItems(pages, (items) =>
        items.map((item) => (item.id === id ? { ...item, ...patch } : item)),
      ),
  );
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
    const input = inputOf(key);
    const isMember =
      !input.isTrashed &&
      !input.status &&
      !input.isArchived &&
      !input.isPinned &&
      !input.hasOpenTasks &&
      (input.notebookId === undefined || input.notebookId === article.notebookId) &&
      (input.tag === undefined || article.tags.includes(input.tag));
    const [first, ...rest] = pages?.pages ?? [];
    if (!isMember || !pages || !first) continue;
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

/** The input inside a query key of tRPC: `[path, { input, type }]`. */
function inputOf(key: readonly unknown[]): ListInput {
  const options = key[1] as { input?: ListInput } | undefined;
  return options?.input ?? {};
}

export const refreshLists = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: listKey() });

/** A copy of every cached list and article, to put back when a change failed. */
export async function snapshot(client: QueryClient, id: string): Promise<() => void> {
  await Promise.all([
    client.cancelQueries({ queryKey: listKey() }),
    client.cancelQueries({ queryKey: articleKey(id) }),
  ]);
  const lists = client.getQueriesData<Pages>({ queryKey: pagesKey() });
  const article = cachedArticle(client, id);
  return () => {
    for (const [key, pages] of lists) client.setQueryData(key, pages);
    if (article) setCachedArticle(client, article);
  };
}
