import { z } from 'zod';
import { id, line, pageInput, text } from './common.js';
import { LIMITS } from './limits.js';
import { roleSchema, userSchema, userStatusSchema } from './users.js';

export const adminUserSchema = userSchema.extend({
  status: userStatusSchema,
  articleCount: z.number().int(),
  lastLoginAt: z.date().nullable(),
});
export type AdminUser = z.infer<typeof adminUserSchema>;

export const listUsersInput = z
  .strictObject({ ...pageInput, q: line(100).optional(), status: userStatusSchema.optional() })
  .default({ limit: LIMITS.pageSize });
export type ListUsersInput = z.infer<typeof listUsersInput>;

export const setUserStatusInput = z.strictObject({ id, status: userStatusSchema });
export type SetUserStatusInput = z.infer<typeof setUserStatusInput>;
export const setUserRoleInput = z.strictObject({ id, role: roleSchema });
export type SetUserRoleInput = z.infer<typeof setUserRoleInput>;
/** A one-time link; shown this once, only its hash is stored. */
export const resetLinkSchema = z.object({ url: z.string(), expiresAt: z.date() });

export const auditEventSchema = z.object({
  id,
  actorId: id.nullable(),
  action: z.string(),
  subjectType: z.string().nullable(),
  subjectId: z.string().nullable(),
  ip: z.string().nullable(),
  createdAt: z.date(),
});
export const listAuditInput = z.strictObject({ ...pageInput }).default({ limit: LIMITS.pageSize });
export type ListAuditInput = z.infer<typeof listAuditInput>;

export const registrationSchema = z.enum(['open', 'closed', 'invite']);
export type Registration = z.infer<typeof registrationSchema>;

export const siteSettingsSchema = z.object({
  siteName: line(60),
  /** ICP filing number shown in the footer of public pages; empty when there is none. */
  icpNumber: line(60),
  /** Markdown of `/terms`; empty when there are none. People who register agree to them. */
  terms: text(LIMITS.sitePageLength),
  /** Markdown of `/privacy`; empty when there is none. */
  privacy: text(LIMITS.sitePageLength),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;
export const updateSiteSettingsInput = z.strictObject({
  data: siteSettingsSchema.partial().strict(),
});
export type UpdateSiteSettingsInput = z.infer<typeof updateSiteSettingsInput>;
