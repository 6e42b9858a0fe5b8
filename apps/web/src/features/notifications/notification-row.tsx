import type { Notification, NotificationEvent } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import {
  AtSign,
  Ban,
  CalendarCheck,
  CalendarX,
  Check,
  CircleCheck,
  Flag,
  Hourglass,
  KeyRound,
  type LucideIcon,
  Package,
  Webhook,
} from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { fullTime, relativeTime } from '../../lib/time.js';
import { IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { notificationWords } from './notification-words.js';

const ICONS: Record<NotificationEvent['kind'], LucideIcon> = {
  password_changed: KeyRound,
  email_changed: AtSign,
  scheduled_published: CalendarCheck,
  scheduled_failed: CalendarX,
  publication_blocked: Ban,
  publication_unblocked: CircleCheck,
  export_ready: Package,
  plan_ending: Hourglass,
  webhook_disabled: Webhook,
  report_received: Flag,
};

interface NotificationRowProps {
  notification: Notification;
  onRead: () => void;
}

/** One notification; following its link is reading it. */
export function NotificationRow({ notification, onRead }: NotificationRowProps) {
  const { event, createdAt, readAt } = notification;
  const { title, text, note } = notificationWords(event);
  const Icon = ICONS[event.kind];
  const isUnread = readAt === null;
  const row = useRef<HTMLLIElement>(null);
  return (
    <li ref={row} tabIndex={-1} className="relative flex items-start gap-3.5 py-4 outline-none">
      {isUnread && (
        <span
          aria-hidden
          className="absolute top-6 -left-3 size-1.5 rounded-full bg-accent md:-left-4"
        />
      )}
      <Icon
        aria-hidden
        className={cn(
          'mt-0.5 size-5 shrink-0 stroke-[1.6]',
          isUnread ? 'text-accent' : 'text-ink-3',
        )}
      />
      <div className="min-w-0 flex-1">
        <p className={cn('text-[0.9375rem]', isUnread ? 'font-medium' : 'text-ink-2')}>
          <EventLink event={event} onFollow={isUnread ? onRead : undefined}>
            {isUnread && <span className="sr-only">{m.notifications_is_unread()} </span>}
            {title}
          </EventLink>
        </p>
        <p className="mt-0.5 text-sm text-ink-2">{text}</p>
        {note && <p className="mt-0.5 text-sm whitespace-pre-line text-ink-2">{note}</p>}
        <time
          dateTime={createdAt.toISOString()}
          title={fullTime(createdAt)}
          className="mt-1 block text-[0.8125rem] text-ink-3"
        >
          {relativeTime(createdAt)}
        </time>
      </div>
      {isUnread && (
        <IconButton
          label={m.notifications_mark_read()}
          onClick={() => {
            // The button goes; from the row the keyboard goes on to what comes next.
            row.current?.focus();
            onRead();
          }}
        >
          <Check />
        </IconButton>
      )}
    </li>
  );
}

interface EventLinkProps {
  event: NotificationEvent;
  onFollow: (() => void) | undefined;
  children: ReactNode;
}

/** Leads to what a notification is about. */
function EventLink({ event, onFollow, children }: EventLinkProps) {
  const rest = { onClick: onFollow, children, className: 'hover:text-accent' };
  switch (event.kind) {
    case 'password_changed':
    case 'email_changed':
      return <Link to="/settings" {...rest} />;
    case 'scheduled_published':
      return <a href={event.data.url} target="_blank" rel="noreferrer" {...rest} />;
    case 'scheduled_failed':
    case 'publication_blocked':
    case 'publication_unblocked': {
      const { articleId } = event.data;
      return <Link to="/notes/$articleId" params={{ articleId }} search={{}} {...rest} />;
    }
    case 'export_ready':
      return <Link to="/settings/data" {...rest} />;
    case 'webhook_disabled':
      return <Link to="/settings/keys" {...rest} />;
    case 'plan_ending':
      return <Link to="/settings/plan" {...rest} />;
    case 'report_received':
      return <Link to="/admin" search={{ tab: 'reports' }} {...rest} />;
  }
}
