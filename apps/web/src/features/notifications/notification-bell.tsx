import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { useUnreadCount } from './notification-hooks.js';

/** The way to the notifications, with how many are unread. */
export function NotificationBell() {
  const count = useUnreadCount();
  const label = count > 0 ? m.notifications_unread({ count }) : m.notifications_title();
  const shown = count >= LIMITS.notificationsUnread ? `${count - 1}+` : count;
  return (
    <Link
      to="/notifications"
      aria-label={label}
      title={label}
      className="relative grid size-8 shrink-0 place-items-center rounded-lg text-ink-3 hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong max-md:size-11"
    >
      <Bell aria-hidden className="size-[1.0625rem]" />
      {count > 0 && (
        <span
          aria-hidden
          className="absolute end-0 top-0 min-w-4 rounded-full bg-accent px-1 text-center text-[0.625rem] leading-4 font-semibold text-on-accent tabular-nums max-md:end-1 max-md:top-1"
        >
          {shown}
        </span>
      )}
    </Link>
  );
}
