import { z } from 'zod';
import { id, pageInput } from './common.js';
import { LIMITS } from './limits.js';
import { emailSchema, roleSchema } from './users.js';

export const invitationSchema = z.object({
  id,
  email: z.string().nullable(),
  role: roleSchema,
  status: z.enum(['open', 'accepted', 'revoked', 'expired']),
  createdAt: z.date(),
  expiresAt: z.date(),
});
export type Invitation = z.infer<typeof invitationSchema>;

export const createInvitationInput = z.strictObject({
  /** Null: whoever holds the link may use it, once. */
  email: emailSchema.nullable().default(null),
  role: roleSchema.default('user'),
  expiresInDays: z.number().int().min(1).max(30).default(7),
});
export type CreateInvitationInput = z.infer<typeof createInvitationInput>;
/** The link is shown this once; only its hash is stored. */
export const createdInvitationSchema = invitationSchema.extend({
  url: z.string(),
  /** Whether the link also goes out by mail. */
  isMailed: z.boolean(),
});

export const listInvitationsInput = z
  .strictObject({ ...pageInput })
  .default({ limit: LIMITS.pageSize });
export type ListInvitationsInput = z.infer<typeof listInvitationsInput>;
