import type { Report } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';

const WORDS: Record<string, (() => string) | undefined> = {
  spam: m.admin_report_spam,
  copyright: m.admin_report_copyright,
  illegal: m.admin_report_illegal,
  abuse: m.admin_report_abuse,
  other: m.admin_report_other,
} satisfies Record<Report['reason'], () => string>;

/** Why a reader complained, in words. */
export const reportReason = (reason: string): string => (WORDS[reason] ?? m.admin_report_other)();
