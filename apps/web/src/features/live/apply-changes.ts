import type { LiveArticle, LiveChanges, LiveList } from '@ainotebook/contract';
import type { QueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import type { App } from '../../app-context.js';
import { trpc } from '../../trpc.js';
import { knownArticle, patchArticle } from '../articles/article-cache.js';

type Parts = Pick<App, 'queryClient' | 'sync' | 'refreshListsSoon'>;

/** What is asked for again; the lists of articles follow the savers, see `refreshListsSoon`. */
const KEYS: Record<Exclude<LiveList, 'articles'>, readonly unknown[]> = {
  notebooks: getQueryKey(trpc.notebooks),
  tags: getQueryKey(trpc.tags),
  notifications: getQueryKey(trpc.notifications),
  publications: getQueryKey(trpc.publications),
  jobs: getQueryKey(trpc.jobs.list),
};

/** Brings what is shown up to what has changed, also by this tab: nothing is asked for that it knows. */
export function applyChanges({ queryClient, sync, refreshListsSoon }: Parts, changes: LiveChanges) {
  if (changes.isPartial) return takeAllAsChanged({ queryClient, sync, refreshListsSoon });
  const lists = new Set(changes.lists);
  for (const article of changes.articles) {
    // How many there are in a notebook.
    if (isMoved(queryClient, article)) lists.add('notebooks');
    applyArticle(queryClient, article, sync.peek(article.id) !== null);
    sync.heard(article.id, article.revision);
  }
  for (const job of changes.jobs) {
    queryClient.setQueryData(getQueryKey(trpc.jobs.get, { id: job.id }, 'query'), job);
  }
  const isDeleted = changes.articles.length === 0;
  for (const list of lists) {
    if (list !== 'articles') void queryClient.invalidateQueries({ queryKey: KEYS[list] });
    else if (isDeleted) void queryClient.invalidateQueries({ queryKey: KEYS.notebooks });
  }
  if (lists.has('articles')) refreshListsSoon();
}

function isMoved(client: QueryClient, article: LiveArticle): boolean {
  const known = knownArticle(client, article.id);
  return (
    known?.notebookId !== article.notebookId ||
    (known.deletedAt === null) !== (article.deletedAt === null)
  );
}

function applyArticle(client: QueryClient, article: LiveArticle, hasSaver: boolean): void {
  const { id, revision, ...rest } = article;
  const known = knownArticle(client, id);
  patchArticle(client, id, rest);
  if (!known || revision <= known.revision) return;
  void client.invalidateQueries({ queryKey: getQueryKey(trpc.revisions.list, { articleId: id }) });
  // An open editor has it fetched by its saver.
  if (!hasSaver)
    void client.invalidateQueries({ queryKey: getQueryKey(trpc.articles.get, { id }) });
}

/** After a gap: what is shown is asked for again. */
export function takeAllAsChanged({ queryClient, sync }: Parts): void {
  void queryClient.invalidateQueries({
    // A saver is no answer of the server.
    predicate: ({ queryKey }) => Array.isArray(queryKey[0]),
  });
  sync.lookAgain();
}
