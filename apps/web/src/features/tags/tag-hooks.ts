import { m } from '@ainotebook/messages';
import { useQueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { toast } from '../../ui/toast.js';

export const useTags = () => trpc.tags.list.useQuery(undefined, { staleTime: 60_000 });

/** Every list that shows tags is asked for again. */
function useSettled() {
  const client = useQueryClient();
  return {
    onError: toastError,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: getQueryKey(trpc.tags) }),
        client.invalidateQueries({ queryKey: getQueryKey(trpc.articles) }),
      ]),
  };
}

/** Another name for a tag; the name of another tag makes the two one. */
export function useRenameTag() {
  const utils = trpc.useUtils();
  return trpc.tags.update.useMutation({
    ...useSettled(),
    onSuccess(tag, { id }) {
      toast.success(tag.id === id ? m.tag_renamed() : m.tag_merged({ name: tag.name }));
      // At once: a name that is still shown would be asked for.
      utils.tags.list.setData(undefined, (tags) =>
        tags?.filter((one) => one.id !== id && one.id !== tag.id).concat(tag),
      );
    },
  });
}

export const useDeleteTag = () => trpc.tags.delete.useMutation(useSettled());
