import {
  LIMITS,
  type NotificationEvent,
  notificationEvent,
  type ReportReason,
} from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { m } from '@ainotebook/messages';
import type { LetterContent } from '@ainotebook/messages/mail';
import { and, eq } from 'drizzle-orm';
import { appLink } from '../app-link.js';
import type { ApiConfig } from '../context.js';
import type { AddressedLetter, LetterContext } from './addressed-letter.js';

const { notifications, users } = schema;

/**
 * A notification as a letter. What is about the safety of the account always goes out; the rest to
 * who wants it, has shown that the address is his, and has not read it on the screen already.
 */
export async function noticeLetter(
  ctx: LetterContext,
  notificationId: string,
): Promise<AddressedLetter | null> {
  const [row] = await ctx.db
    .select({
      kind: notifications.kind,
      data: notifications.data,
      readAt: notifications.readAt,
      email: users.email,
      handle: users.handle,
      locale: users.locale,
      hasNotificationMail: users.hasNotificationMail,
      emailVerifiedAt: users.emailVerifiedAt,
    })
    .from(notifications)
    .innerJoin(users, eq(users.id, notifications.userId))
    .where(and(eq(notifications.id, notificationId), eq(users.status, 'active')));
  const event = notificationEvent.safeParse(row);
  // Written by a newer release than this.
  if (!row || !event.success) return null;
  const { email, handle, locale } = row;
  switch (event.data.kind) {
    case 'password_changed': {
      const url = appLink(ctx.config, '/forgot');
      return { to: email, locale, content: { kind: event.data.kind, url } };
    }
    case 'email_changed':
      // Whoever has taken the account over reads the new address.
      return { to: event.data.data.from, locale, content: { kind: event.data.kind, handle } };
    default: {
      const isWanted = row.hasNotificationMail && row.emailVerifiedAt !== null && !row.readAt;
      if (!isWanted) return null;
      return { to: email, locale, content: contentOf(ctx.config, event.data, locale) };
    }
  }
}

type Notice = Exclude<NotificationEvent, { kind: 'password_changed' | 'email_changed' }>;

function contentOf(config: ApiConfig, event: Notice, locale: 'zh-CN' | 'en'): LetterContent {
  const settingsUrl = appLink(config, '/settings');
  if (event.kind === 'export_ready') {
    const url = appLink(config, '/settings/data');
    return { kind: event.kind, title: event.data.name, settingsUrl, url };
  }
  if (event.kind === 'webhook_disabled') {
    const { url: target, reason } = event.data;
    const url = appLink(config, '/settings/keys');
    return { kind: event.kind, title: new URL(target).host, reason, settingsUrl, url };
  }
  if (event.kind === 'plan_ending') {
    const { plan, endsAt, days } = event.data;
    const url = appLink(config, '/settings/plan');
    const graceDays = LIMITS.planGraceDays;
    const about = { title: plan, endsAt: new Date(endsAt), days, graceDays };
    return { kind: event.kind, ...about, settingsUrl, url };
  }
  const { title } = event.data;
  switch (event.kind) {
    case 'scheduled_published':
      return { kind: event.kind, title, settingsUrl, url: event.data.url };
    case 'scheduled_failed': {
      const reason = (FAILURES[event.data.code] ?? m.error_bad_input)({}, { locale });
      return { kind: event.kind, title, settingsUrl, reason, url: noteLink(config, event) };
    }
    case 'publication_blocked': {
      const { note } = event.data;
      return { kind: event.kind, title, settingsUrl, note, url: noteLink(config, event) };
    }
    case 'publication_unblocked':
      return { kind: event.kind, title, settingsUrl, url: noteLink(config, event) };
    case 'report_received': {
      const url = appLink(config, '/admin', { tab: 'reports' });
      const reason = (REASONS[event.data.reason] ?? m.admin_report_other)({}, { locale });
      return { kind: event.kind, title, settingsUrl, reason, url };
    }
  }
}

const noteLink = (config: ApiConfig, event: { data: { articleId: string } }) =>
  appLink(config, `/notes/${event.data.articleId}`);

type Words = typeof m.error_bad_input;

/** Why a scheduled article can fail to go live. */
const FAILURES: Record<string, Words | undefined> = {
  not_found: m.error_not_found,
  slug_taken: m.error_slug_taken,
  translation_taken: m.error_translation_taken,
  publication_blocked: m.error_publication_blocked,
};

const REASONS: Record<string, Words | undefined> = {
  spam: m.admin_report_spam,
  copyright: m.admin_report_copyright,
  illegal: m.admin_report_illegal,
  abuse: m.admin_report_abuse,
  other: m.admin_report_other,
} satisfies Record<ReportReason, Words>;
