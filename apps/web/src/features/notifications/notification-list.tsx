import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Bell } from 'lucide-react';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';
import { useMarkRead, useNotifications } from './notification-hooks.js';
import { NotificationRow } from './notification-row.js';

/** Everything the user was told, page by page. */
export function NotificationList() {
  const query = useNotifications();
  const markRead = useMarkRead();
  return (
    <PagedList
      query={query}
      empty={
        <EmptyState icon={<Bell />} title={m.notifications_empty()}>
          {m.notifications_empty_text({ days: LIMITS.notificationsDays })}
        </EmptyState>
      }
    >
      {(notification) => (
        <NotificationRow
          key={notification.id}
          notification={notification}
          onRead={() => markRead.mutate({ ids: [notification.id] })}
        />
      )}
    </PagedList>
  );
}
