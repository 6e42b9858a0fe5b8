import { z } from 'zod';
import { id, line, pageInput, text } from './common.js';
import { LIMITS } from './limits.js';

export const reportReasonSchema = z.enum(['spam', 'copyright', 'illegal', 'abuse', 'other']);
export type ReportReason = z.infer<typeof reportReasonSchema>;
export const reportStatusSchema = z.enum(['open', 'dismissed', 'upheld']);

/** A reader's complaint about a published article. */
export const createReportInput = z.strictObject({
  slug: z.string().max(LIMITS.slugLength),
  reason: reportReasonSchema,
  detail: text(LIMITS.reportDetailLength).default(''),
  /** How the reader may be reached; empty: not at all. */
  contact: line(LIMITS.emailLength).default(''),
});
export type CreateReportInput = z.infer<typeof createReportInput>;

export const reportSchema = z.object({
  id,
  article: z.object({
    id,
    title: z.string(),
    url: z.string(),
    authorHandle: z.string(),
    isBlocked: z.boolean(),
  }),
  reason: reportReasonSchema,
  detail: z.string(),
  contact: z.string(),
  status: reportStatusSchema,
  note: z.string(),
  createdAt: z.date(),
  handledAt: z.date().nullable(),
});
export type Report = z.infer<typeof reportSchema>;

export const listReportsInput = z
  .strictObject({ ...pageInput, status: reportStatusSchema.optional() })
  .default({ limit: LIMITS.pageSize });
export type ListReportsInput = z.infer<typeof listReportsInput>;

/** `block` closes the article to readers and settles every open report about it. */
export const resolveReportInput = z.strictObject({
  id,
  action: z.enum(['dismiss', 'block']),
  note: text(LIMITS.reportDetailLength).default(''),
});
export type ResolveReportInput = z.infer<typeof resolveReportInput>;
