import { m } from '@ainotebook/messages';
import { type Letter, type LetterParts, type LetterSite, renderLetter } from './letter.js';

/** What a letter is about. Every `url` is absolute. */
export type LetterContent =
  | { kind: 'password_reset'; url: string; minutes: number }
  | { kind: 'email_verification'; url: string; hours: number }
  /** To the new address. */
  | { kind: 'email_change'; url: string; handle: string; hours: number }
  | { kind: 'invitation'; url: string; name: string; expiresAt: Date }
  | { kind: 'password_changed'; url: string }
  /** To the former address. */
  | { kind: 'email_changed'; handle: string }
  | Notice;

/** What people may turn off, at `settingsUrl`. */
type Notice = { title: string; url: string; settingsUrl: string } & (
  | { kind: 'scheduled_published' | 'publication_unblocked' | 'export_ready' }
  | { kind: 'scheduled_failed' | 'report_received'; reason: string }
  | { kind: 'publication_blocked'; note: string }
  | { kind: 'webhook_disabled'; reason: 'gone' | 'failing' }
  | { kind: 'plan_ending'; endsAt: Date; days: number; graceDays: number }
);

/** Writes a letter in the language of who gets it. */
export function writeLetter(content: LetterContent, site: LetterSite): Letter {
  return renderLetter(site, partsOf(content, site));
}

function partsOf(content: LetterContent, site: LetterSite): LetterParts {
  const { app } = site;
  const ignore = { text: m.mail_ignore({}, site) };
  switch (content.kind) {
    case 'password_reset':
      return {
        subject: m.mail_password_reset({ app }, site),
        paragraphs: [m.mail_password_reset_text({ minutes: content.minutes }, site)],
        action: { label: m.auth_reset_title({}, site), url: content.url },
        notes: [ignore],
      };
    case 'email_verification':
      return {
        subject: m.mail_verification({ app }, site),
        paragraphs: [m.mail_verification_text({ hours: content.hours }, site)],
        action: { label: m.verify_title({}, site), url: content.url },
        notes: [ignore],
      };
    case 'email_change': {
      const { handle, hours } = content;
      return {
        subject: m.mail_email_change({}, site),
        paragraphs: [m.mail_email_change_text({ app, handle, hours }, site)],
        action: { label: m.verify_title({}, site), url: content.url },
        notes: [ignore],
      };
    }
    case 'invitation': {
      const date = dateOf(content.expiresAt, site);
      return {
        subject: m.mail_invitation({ app, name: content.name }, site),
        paragraphs: [m.mail_invitation_text({ date }, site)],
        action: { label: m.mail_invitation_action({}, site), url: content.url },
        notes: [],
      };
    }
    case 'password_changed':
      return {
        subject: m.notice_password_changed({}, site),
        paragraphs: [m.notice_password_changed_text({}, site)],
        action: { label: m.mail_reset_password({}, site), url: content.url },
        notes: [],
      };
    case 'email_changed':
      return {
        subject: m.notice_email_changed({}, site),
        paragraphs: [m.mail_email_changed_text({ app, handle: content.handle }, site)],
        notes: [],
      };
    default:
      return noticeOf(content, site);
  }
}

function noticeOf(notice: Notice, site: LetterSite): LetterParts {
  const { url, settingsUrl } = notice;
  const about = { title: shortTitle(notice.title, site) };
  const notes = [{ text: m.mail_settings_hint({}, site), url: settingsUrl }];
  const openNote = { label: m.mail_open_note({}, site), url };
  switch (notice.kind) {
    case 'scheduled_published':
      return {
        subject: m.notice_scheduled_published(about, site),
        paragraphs: [m.notice_scheduled_published_text({}, site)],
        action: { label: m.mail_open_article({}, site), url },
        notes,
      };
    case 'scheduled_failed':
      return {
        subject: m.notice_scheduled_failed(about, site),
        paragraphs: [m.notice_scheduled_failed_text({ reason: notice.reason }, site)],
        action: openNote,
        notes,
      };
    case 'publication_blocked': {
      const { note } = notice;
      return {
        subject: m.notice_publication_blocked(about, site),
        paragraphs: [
          m.notice_publication_blocked_text({}, site),
          ...(note ? [m.notice_publication_blocked_note({ note }, site)] : []),
        ],
        action: openNote,
        notes,
      };
    }
    case 'publication_unblocked':
      return {
        subject: m.notice_publication_unblocked(about, site),
        paragraphs: [m.notice_publication_unblocked_text({}, site)],
        action: openNote,
        notes,
      };
    case 'export_ready':
      return {
        subject: m.notice_export_ready(about, site),
        paragraphs: [m.notice_export_ready_text({}, site)],
        action: { label: m.mail_open_exports({}, site), url },
        notes,
      };
    case 'webhook_disabled':
      return {
        subject: m.notice_webhook_disabled(about, site),
        paragraphs: [
          notice.reason === 'gone'
            ? m.notice_webhook_disabled_gone_text({}, site)
            : m.notice_webhook_disabled_failing_text({}, site),
        ],
        action: { label: m.mail_open_webhooks({}, site), url },
        notes,
      };
    case 'plan_ending': {
      const { endsAt, days, graceDays } = notice;
      const date = dateOf(endsAt, site);
      const until = dateOf(new Date(endsAt.getTime() + graceDays * 86_400_000), site);
      const isOver = days === 0;
      return {
        subject: isOver
          ? m.notice_plan_ended({ ...about, date }, site)
          : m.notice_plan_ending({ ...about, date }, site),
        paragraphs: [
          isOver
            ? m.notice_plan_ended_text({ date: until }, site)
            : m.notice_plan_ending_text({ days: graceDays }, site),
        ],
        action: { label: m.mail_renew_plan({}, site), url },
        notes,
      };
    }
    case 'report_received':
      return {
        subject: m.notice_report_received(about, site),
        paragraphs: [m.notice_report_received_text({ reason: notice.reason }, site)],
        action: { label: m.mail_handle_report({}, site), url },
        notes,
      };
  }
}

const TITLE_LENGTH = 80;

/** A title that fits a subject. */
function shortTitle(title: string, site: LetterSite): string {
  const characters = [...title.replace(/\s+/g, ' ').trim()];
  if (characters.length === 0) return m.article_untitled({}, site);
  if (characters.length <= TITLE_LENGTH) return characters.join('');
  return `${characters.slice(0, TITLE_LENGTH).join('')}…`;
}

const dateOf = (date: Date, { locale }: LetterSite) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
