import type { Notebook } from '@ainotebook/contract';
import { useQueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';

/** Changes the cached notebooks at once and puts them back when the server refuses. */
function useOptimistic<Input>(change: (notebooks: Notebook[], input: Input) => Notebook[]) {
  const utils = trpc.useUtils();
  return {
    async onMutate(input: Input) {
      await utils.notebooks.list.cancel();
      const before = utils.notebooks.list.getData();
      utils.notebooks.list.setData(undefined, (list) => list && change(list, input));
      return { before };
    },
    onError(
      error: unknown,
      _input: Input,
      context: { before: Notebook[] | undefined } | undefined,
    ) {
      if (context?.before) utils.notebooks.list.setData(undefined, context.before);
      toastError(error);
    },
    onSettled: () => utils.notebooks.list.invalidate(),
  };
}

export const useNotebooks = () => trpc.notebooks.list.useQuery(undefined, { staleTime: 60_000 });

export const useCreateNotebook = () => {
  const now = new Date();
  return trpc.notebooks.create.useMutation(
    useOptimistic<{ id?: string | undefined; name: string; parentId?: string | null | undefined }>(
      (list, { id, name, parentId = null }) => [
        ...list,
        {
          id: id ?? '',
          name,
          parentId,
          position: '~',
          articleCount: 0,
          createdAt: now,
          updatedAt: now,
        },
      ],
    ),
  );
};

export const useRenameNotebook = () =>
  trpc.notebooks.update.useMutation(
    useOptimistic<{ id: string; data: { name: string } }>((list, { id, data }) =>
      list.map((notebook) => (notebook.id === id ? { ...notebook, name: data.name } : notebook)),
    ),
  );

export const useMoveNotebook = () =>
  trpc.notebooks.move.useMutation(
    useOptimistic<{ id: string; parentId: string | null; beforeId?: string | null | undefined }>(
      (list, { id, parentId, beforeId }) => {
        const before = list.find((notebook) => notebook.id === beforeId);
        // Sorts between its new neighbours until the server names the real position.
        const position = before
          ? `${before.position.slice(0, -1)}${previous(before.position)}`
          : '~';
        return list.map((notebook) =>
          notebook.id === id ? { ...notebook, parentId, position } : notebook,
        );
      },
    ),
  );

/** Something that sorts just before the last character of a position. */
const previous = (position: string): string =>
  `${String.fromCharCode(position.charCodeAt(position.length - 1) - 1)}~`;

export function useDeleteNotebook() {
  const client = useQueryClient();
  const optimistic = useOptimistic<{ id: string; articles: 'keep' | 'trash' }>((list, { id }) =>
    list.filter((notebook) => notebook.id !== id),
  );
  return trpc.notebooks.delete.useMutation({
    ...optimistic,
    async onSettled() {
      await Promise.all([
        optimistic.onSettled(),
        client.invalidateQueries({ queryKey: getQueryKey(trpc.articles) }),
      ]);
    },
  });
}
