import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';

const POLL_MS = 60_000;

/** How many are unread, asked for once a minute while the tab is looked at. */
export function useUnreadCount(): number {
  const { data } = trpc.notifications.unreadCount.useQuery(undefined, {
    refetchInterval: POLL_MS,
    staleTime: POLL_MS / 2,
  });
  return data?.count ?? 0;
}

/** Marks notifications as read, here at once. Without `ids` all of them. */
export function useMarkRead() {
  const utils = trpc.useUtils();
  return trpc.notifications.markRead.useMutation({
    onMutate: ({ ids } = {}) => {
      const readAt = new Date();
      const isMeant = (id: string) => !ids || ids.includes(id);
      utils.notifications.list.setInfiniteData({ limit: PAGE_SIZE }, (data) =>
        data
          ? {
              ...data,
              pages: data.pages.map((page) => ({
                ...page,
                items: page.items.map((item) =>
                  isMeant(item.id) && !item.readAt ? { ...item, readAt } : item,
                ),
              })),
            }
          : data,
      );
    },
    onError: toastError,
    onSettled: () => utils.notifications.invalidate(),
  });
}

const PAGE_SIZE = 30;

/** What the user was told, the newest first. */
export function useNotifications() {
  return trpc.notifications.list.useInfiniteQuery(
    { limit: PAGE_SIZE },
    { getNextPageParam: (page) => page.nextCursor },
  );
}
