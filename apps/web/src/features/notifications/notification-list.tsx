import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Bell } from 'lucide-react';
import { Button } from '../../ui/button.js';
import { EmptyState, ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { useMarkRead, useNotifications } from './notification-hooks.js';
import { NotificationRow } from './notification-row.js';

/** Everything the user was told, page by page. */
export function NotificationList() {
  const query = useNotifications();
  const markRead = useMarkRead();
  if (query.isPending) {
    return (
      <Loading>
        <div className="grid gap-4 pt-4">
          <Skeleton className="h-16 w-full" />
          <Skeleton className="h-16 w-full" />
          <Skeleton className="h-16 w-full" />
        </div>
      </Loading>
    );
  }
  if (query.isError) {
    return <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />;
  }
  const notifications = query.data.pages.flatMap((page) => page.items);
  if (notifications.length === 0) {
    return (
      <EmptyState icon={<Bell />} title={m.notifications_empty()}>
        {m.notifications_empty_text({ days: LIMITS.notificationsDays })}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="divide-y divide-line">
        {notifications.map((notification) => (
          <NotificationRow
            key={notification.id}
            notification={notification}
            onRead={() => markRead.mutate({ ids: [notification.id] })}
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="ghost"
          className="mx-auto mt-4 flex"
          isBusy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {m.common_more()}
        </Button>
      )}
    </>
  );
}
