import { z } from 'zod';
import { id, localeSchema, text } from './common.js';
import { LIMITS } from './limits.js';
import {
  displayNameSchema,
  emailSchema,
  handleSchema,
  passwordSchema,
  userSchema,
} from './users.js';

/** A one-time or refresh token as its holder sends it. */
export const tokenSchema = z.string().min(16).max(200);

/**
 * Where the refresh token lives: `cookie` (browsers, never readable by script) or `token`
 * (other programs, returned in the answer).
 */
const sessionKind = z.enum(['cookie', 'token']).default('cookie');

export const registerInput = z.strictObject({
  email: emailSchema,
  password: passwordSchema,
  displayName: displayNameSchema,
  /** Made from the name when absent. */
  handle: handleSchema.optional(),
  locale: localeSchema.default('zh-CN'),
  invitationToken: tokenSchema.optional(),
  setupToken: tokenSchema.optional(),
  /** Agreement to the site's terms and privacy notice, where it has them. */
  hasAcceptedTerms: z.boolean().default(false),
  /** Where the refresh token goes: `cookie` (browsers) or `token` (into the answer). */
  session: sessionKind,
});
export type RegisterInput = z.infer<typeof registerInput>;

export const loginInput = z.strictObject({
  email: emailSchema,
  // Not `passwordSchema`: a rule added later must not lock out an older password.
  password: text(LIMITS.passwordMaxLength).transform((value) => value.normalize('NFKC')),
  /** Where the refresh token goes: `cookie` (browsers) or `token` (into the answer). */
  session: sessionKind,
});
export type LoginInput = z.infer<typeof loginInput>;

export const refreshInput = z
  .strictObject({
    /** Read from the cookie when absent. */
    refreshToken: tokenSchema.optional(),
  })
  .default({});
export type RefreshInput = z.infer<typeof refreshInput>;

export const authResult = z.object({
  user: userSchema,
  accessToken: z.string(),
  accessTokenExpiresAt: z.date(),
  /** Null when the refresh token is in the cookie. */
  refreshToken: z.string().nullable(),
});
export type AuthResult = z.infer<typeof authResult>;

export const changePasswordInput = z.strictObject({
  currentPassword: text(LIMITS.passwordMaxLength).transform((value) => value.normalize('NFKC')),
  newPassword: passwordSchema,
});
export type ChangePasswordInput = z.infer<typeof changePasswordInput>;

export const resetPasswordInput = z.strictObject({
  token: tokenSchema,
  newPassword: passwordSchema,
});
export type ResetPasswordInput = z.infer<typeof resetPasswordInput>;

/** The answer is the same whether or not the address belongs to anybody. */
export const requestPasswordResetInput = z.strictObject({ email: emailSchema });
export type RequestPasswordResetInput = z.infer<typeof requestPasswordResetInput>;
/** A token from a link that was sent by mail. */
export const mailedTokenInput = z.strictObject({ token: tokenSchema });
export type MailedTokenInput = z.infer<typeof mailedTokenInput>;

export const sessionSchema = z.object({
  id,
  userAgent: z.string(),
  ip: z.string(),
  isCurrent: z.boolean(),
  createdAt: z.date(),
  lastUsedAt: z.date(),
  expiresAt: z.date(),
});
export type Session = z.infer<typeof sessionSchema>;
