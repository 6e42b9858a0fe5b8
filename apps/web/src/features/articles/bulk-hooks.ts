import type { ArticleSummary, UpdateManyArticlesInput } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useQueryClient } from '@tanstack/react-query';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { toast } from '../../ui/toast.js';
import {
  changeInLists,
  dropFromLists,
  listedArticles,
  refreshLists,
  snapshot,
} from './article-cache.js';
import { changeOf, undoOf } from './bulk.js';

const UNDO_MS = 8000;

/** One action on many notes: shown at once, taken back when refused, and undone for some seconds. */
export function useBulkAction() {
  const client = useQueryClient();
  const utils = trpc.useUtils();
  const refresh = () =>
    Promise.all([
      refreshLists(client),
      utils.articles.get.invalidate(),
      utils.notebooks.list.invalidate(),
      utils.tags.invalidate(),
      utils.publications.list.invalidate(),
    ]);
  const undo = trpc.articles.updateMany.useMutation({ onError: toastError, onSettled: refresh });
  return trpc.articles.updateMany.useMutation({
    async onMutate(input: UpdateManyArticlesInput) {
      const ids = new Set(input.ids);
      const before = listedArticles(client, ids);
      const putBack = await snapshot(client, ...input.ids);
      if (input.action === 'purge') for (const id of ids) dropFromLists(client, id);
      else changeInLists(client, ids, (item: ArticleSummary) => changeOf(input, item));
      return { putBack, before };
    },
    onError(error, _input, context) {
      context?.putBack();
      toastError(error);
    },
    onSuccess({ count, items }, input, context) {
      if (count === 0) {
        toast(m.bulk_nothing());
        return;
      }
      const done = new Set(items.filter(({ outcome }) => outcome === 'done').map(({ id }) => id));
      const steps = undoOf(
        input,
        [...context.before.values()].filter(({ id }) => done.has(id)),
      );
      const runUndo = async () => {
        for (const step of steps) await undo.mutateAsync(step);
      };
      toast(said(input, count), {
        duration: UNDO_MS,
        ...(steps.length === 0
          ? {}
          : // What goes wrong is said by the mutation itself.
            {
              action: {
                label: m.common_undo(),
                onClick: () => void runUndo().catch(() => undefined),
              },
            }),
      });
    },
    onSettled: refresh,
  });
}

function said(input: UpdateManyArticlesInput, count: number): string {
  switch (input.action) {
    case 'move':
      return m.bulk_moved({ count });
    case 'addTags':
    case 'removeTags':
      return m.bulk_tagged({ count });
    case 'archive':
      return input.isArchived ? m.bulk_archived({ count }) : m.bulk_unarchived({ count });
    case 'trash':
      return m.bulk_trashed({ count });
    case 'restore':
      return m.bulk_restored({ count });
    case 'purge':
      return m.bulk_purged({ count });
    case 'publish':
    case 'unpublish':
      throw new Error('lists do not publish');
  }
}
