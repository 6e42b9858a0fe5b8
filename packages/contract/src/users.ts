import { z } from 'zod';
import { id, line, localeSchema, text } from './common.js';
import { LIMITS } from './limits.js';

export const roleSchema = z.enum(['user', 'admin']);
export const userStatusSchema = z.enum(['active', 'suspended']);

/** E-mail address, trimmed and lower-cased. */
export const emailSchema = z.string().trim().toLowerCase().max(LIMITS.emailLength).pipe(z.email());

/** Public name in addresses: letters, digits and inner hyphens, lower case. */
export const handleSchema = z
  .string()
  .trim()
  .toLowerCase()
  .min(LIMITS.handleMinLength)
  .max(LIMITS.handleMaxLength)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])$/, 'may hold a-z, 0-9 and hyphens between them');

/** Normalised to NFKC, so that one password typed on two keyboards is one password. */
export const passwordSchema = text(LIMITS.passwordMaxLength)
  .transform((value) => value.normalize('NFKC'))
  .refine(
    (value) => [...value].length >= LIMITS.passwordMinLength,
    'must have at least 8 characters',
  );

export const displayNameSchema = line(LIMITS.displayNameLength).refine(
  (v) => v.length > 0,
  'is required',
);

/** The signed-in user as that user sees it. */
export const userSchema = z.object({
  id,
  email: z.string(),
  handle: z.string(),
  displayName: z.string(),
  bio: z.string(),
  locale: localeSchema,
  role: roleSchema,
  isEmailVerified: z.boolean(),
  /** Notifications also go by mail. */
  hasNotificationMail: z.boolean(),
  createdAt: z.date(),
});
export type User = z.infer<typeof userSchema>;

/** What anybody may know of a user. */
export const publicProfileSchema = z.object({
  handle: z.string(),
  displayName: z.string(),
  bio: z.string(),
  createdAt: z.date(),
});
export type PublicProfile = z.infer<typeof publicProfileSchema>;

export const updateUserInput = z.strictObject({
  data: z
    .strictObject({
      handle: handleSchema,
      displayName: displayNameSchema,
      bio: text(LIMITS.bioLength),
      locale: localeSchema,
      hasNotificationMail: z.boolean(),
    })
    .partial(),
});
export type UpdateUserInput = z.infer<typeof updateUserInput>;

export const deleteAccountInput = z.strictObject({ password: text(LIMITS.passwordMaxLength) });
export type DeleteAccountInput = z.infer<typeof deleteAccountInput>;
export const profileInput = z.strictObject({ handle: z.string().max(LIMITS.handleMaxLength) });

/** The address changes when the link sent to the new one is opened. */
export const requestEmailChangeInput = z.strictObject({
  email: emailSchema,
  password: text(LIMITS.passwordMaxLength),
});
export type RequestEmailChangeInput = z.infer<typeof requestEmailChangeInput>;
