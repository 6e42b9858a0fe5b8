import type { NotificationEvent } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { storedErrorText } from '../../lib/errors.js';
import { graceEnd } from '../../lib/grace.js';
import { reportReason } from '../../lib/report-words.js';
import { dayName } from '../../lib/time.js';

interface Words {
  title: string;
  text: string;
  /** What a person added. */
  note?: string;
}

/** What a notification says: the news in a line, and what it means. */
export function notificationWords(event: NotificationEvent): Words {
  switch (event.kind) {
    case 'password_changed':
      return { title: m.notice_password_changed(), text: m.notice_password_changed_text() };
    case 'email_changed':
      return { title: m.notice_email_changed(), text: m.notice_email_changed_text(event.data) };
    case 'scheduled_published':
      return {
        title: m.notice_scheduled_published(about(event.data)),
        text: m.notice_scheduled_published_text(),
      };
    case 'scheduled_failed':
      return {
        title: m.notice_scheduled_failed(about(event.data)),
        text: m.notice_scheduled_failed_text({ reason: storedErrorText(event.data.code) }),
      };
    case 'publication_blocked': {
      const { note } = event.data;
      return {
        title: m.notice_publication_blocked(about(event.data)),
        text: m.notice_publication_blocked_text(),
        ...(note ? { note: m.notice_publication_blocked_note({ note }) } : {}),
      };
    }
    case 'publication_unblocked':
      return {
        title: m.notice_publication_unblocked(about(event.data)),
        text: m.notice_publication_unblocked_text(),
      };
    case 'export_ready':
      return {
        title: m.notice_export_ready({ title: event.data.name }),
        text: m.notice_export_ready_text(),
      };
    case 'plan_ending': {
      const { plan, endsAt, days } = event.data;
      const date = dayName(new Date(endsAt));
      if (days === 0) {
        const until = dayName(graceEnd(new Date(endsAt)));
        return {
          title: m.notice_plan_ended({ title: plan, date }),
          text: m.notice_plan_ended_text({ date: until }),
        };
      }
      return {
        title: m.notice_plan_ending({ title: plan, date }),
        text: m.notice_plan_ending_text({ days: LIMITS.planGraceDays }),
      };
    }
    case 'webhook_disabled':
      return {
        title: m.notice_webhook_disabled({ title: new URL(event.data.url).host }),
        text:
          event.data.reason === 'gone'
            ? m.notice_webhook_disabled_gone_text()
            : m.notice_webhook_disabled_failing_text(),
      };
    case 'report_received':
      return {
        title: m.notice_report_received(about(event.data)),
        text: m.notice_report_received_text({ reason: reportReason(event.data.reason) }),
      };
  }
}

const about = ({ title }: { title: string }) => ({ title: title || m.article_untitled() });
