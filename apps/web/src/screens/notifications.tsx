import { m } from '@ainotebook/messages';
import { useMarkRead, useUnreadCount } from '../features/notifications/notification-hooks.js';
import { NotificationList } from '../features/notifications/notification-list.js';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { Button } from '../ui/button.js';

export function NotificationsScreen() {
  const unread = useUnreadCount();
  const markRead = useMarkRead();
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.notifications_title()}>
        {unread > 0 && (
          <Button
            variant="ghost"
            size="sm"
            isBusy={markRead.isPending}
            onClick={() => markRead.mutate({})}
          >
            {m.notifications_all_read()}
          </Button>
        )}
      </ScreenHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-2xl px-5 pb-24 md:px-8">
          <NotificationList />
        </div>
      </div>
    </div>
  );
}
