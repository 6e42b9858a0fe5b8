import type { UpdateArticleInput } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useQueryClient } from '@tanstack/react-query';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { toast } from '../../ui/toast.js';
import { dropFromLists, patchArticle, refreshLists, snapshot } from './article-cache.js';

/** Which articles a list shows; lives in the address. */
export interface ArticleFilter {
  notebook?: string | undefined;
  tag?: string | undefined;
  view?: 'trash' | 'archived' | undefined;
  sort?: 'createdAt' | 'title' | undefined;
}

export function useArticleList(filter: ArticleFilter) {
  return trpc.articles.list.useInfiniteQuery(
    {
      limit: 40,
      isTrashed: filter.view === 'trash',
      sort: filter.sort ?? 'updatedAt',
      ...(filter.notebook ? { notebookId: filter.notebook } : {}),
      ...(filter.tag ? { tag: filter.tag } : {}),
      ...(filter.view === 'archived' ? { isArchived: true } : {}),
      // A notebook and a tag show all they count; the list of everything has the archive beside it.
      ...(filter.view || filter.notebook || filter.tag ? {} : { isArchived: false }),
    },
    { getNextPageParam: (page) => page.nextCursor },
  );
}

/** A short list without an end, kept up to date like the long ones. */
function useShortList(input: { isPinned?: true; hasOpenTasks?: true; limit: number }) {
  const query = trpc.articles.list.useInfiniteQuery(
    { isTrashed: false, isArchived: false, sort: 'updatedAt', ...input },
    { getNextPageParam: () => null },
  );
  return { ...query, articles: query.data?.pages.flatMap((page) => page.items) ?? [] };
}

export const useRecentArticles = () => useShortList({ limit: 10 });
export const usePinnedArticles = () => useShortList({ isPinned: true, limit: 8 });
export const useUnfinishedArticles = () => useShortList({ hasOpenTasks: true, limit: 6 });

/** Fetches an article that somebody is about to open. */
export function usePrefetchArticle() {
  const utils = trpc.useUtils();
  return (id: string) => void utils.articles.get.prefetch({ id });
}

/** Notebook, tags, pin, archive: shown at once, taken back when the server refuses. */
export function useUpdateArticle() {
  const client = useQueryClient();
  const utils = trpc.useUtils();
  return trpc.articles.update.useMutation({
    async onMutate({ id, data }: UpdateArticleInput) {
      const undo = await snapshot(client, id);
      const { isArchived, ...rest } = data;
      patchArticle(client, id, {
        ...rest,
        ...(isArchived === undefined ? {} : { status: isArchived ? 'archived' : 'draft' }),
      });
      return { undo };
    },
    onError(error, _input, context) {
      context?.undo();
      toastError(error);
    },
    onSuccess({ id, notebookId, tags, isPinned, status }) {
      // Not its title and revision: beside the cached text they would claim what nobody read.
      patchArticle(client, id, { notebookId, tags, isPinned, status });
    },
    onSettled: () =>
      Promise.all([
        refreshLists(client),
        utils.notebooks.list.invalidate(),
        utils.tags.list.invalidate(),
      ]),
  });
}

function useLeaving() {
  const client = useQueryClient();
  const utils = trpc.useUtils();
  return {
    async onMutate({ id }: { id: string }) {
      const undo = await snapshot(client, id);
      dropFromLists(client, id);
      return { undo };
    },
    onError(error: unknown, _input: unknown, context: { undo: () => void } | undefined) {
      context?.undo();
      toastError(error);
    },
    onSettled: () =>
      Promise.all([
        refreshLists(client),
        utils.notebooks.list.invalidate(),
        utils.tags.list.invalidate(),
        utils.publications.list.invalidate(),
      ]),
  };
}

export function useRestoreArticle() {
  const utils = trpc.useUtils();
  return trpc.articles.restore.useMutation({
    ...useLeaving(),
    onSuccess: (article) => {
      toast.success(m.trash_restored());
      return utils.articles.get.invalidate({ id: article.id });
    },
  });
}

/** Into the trash, with eight seconds to take it back. */
export function useTrashArticle() {
  const utils = trpc.useUtils();
  const restore = useRestoreArticle();
  return trpc.articles.delete.useMutation({
    ...useLeaving(),
    onSuccess: (_result, { id }) => {
      toast(m.trash_moved(), {
        duration: 8000,
        action: { label: m.common_undo(), onClick: () => restore.mutate({ id }) },
      });
      return utils.articles.get.invalidate({ id });
    },
  });
}

export const usePurgeArticle = () => trpc.articles.purge.useMutation(useLeaving());

export function useEmptyTrash() {
  const client = useQueryClient();
  return trpc.articles.emptyTrash.useMutation({
    onSuccess: ({ count }) => toast.success(m.trash_emptied({ count })),
    onError: toastError,
    onSettled: () => refreshLists(client),
  });
}
