import { z } from 'zod';
import { id, line, text } from './common.js';
import { LIMITS } from './limits.js';

/** A link that opens one article, as it is now, to whoever holds it. */
export const shareSchema = z.object({
  id,
  articleId: id,
  label: z.string(),
  hasPassword: z.boolean(),
  status: z.enum(['open', 'revoked', 'expired']),
  /** How often it was opened. */
  views: z.number().int(),
  lastViewedAt: z.date().nullable(),
  expiresAt: z.date().nullable(),
  createdAt: z.date(),
});
export type Share = z.infer<typeof shareSchema>;

export const createShareInput = z.strictObject({
  articleId: id,
  /** For the author: whom the link is for. */
  label: line(LIMITS.shareLabelLength).default(''),
  password: text(LIMITS.passwordMaxLength)
    .transform((value) => value.normalize('NFKC'))
    .refine((value) => value.length > 0, 'is required')
    .nullable()
    .default(null),
  /** Null: until it is revoked. */
  expiresInDays: z.number().int().min(1).max(LIMITS.shareDays).nullable().default(null),
});
export type CreateShareInput = z.infer<typeof createShareInput>;
/** The address is shown this once; only its hash is stored. */
export const createdShareSchema = shareSchema.extend({ url: z.string() });
export type CreatedShare = z.infer<typeof createdShareSchema>;
