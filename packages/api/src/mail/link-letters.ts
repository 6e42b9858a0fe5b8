import { schema } from '@ainotebook/db';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { appLink } from '../app-link.js';
import { LINK_MINUTES, storeToken } from '../auth/one-time-tokens.js';
import { deriveToken, hashToken } from '../auth/secrets.js';
import { invitationLink } from '../invitations/invitation-link.js';
import type { AddressedLetter, LetterContext } from './addressed-letter.js';

const { invitations, oneTimeTokens, users } = schema;

async function lockActiveUser(ctx: LetterContext, userId: string) {
  const [user] = await ctx.db
    .select({
      email: users.email,
      handle: users.handle,
      locale: users.locale,
      emailVerifiedAt: users.emailVerifiedAt,
    })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.status, 'active')))
    .for('no key update');
  return user;
}

/** A link to the user's present address. */
export async function linkLetter(
  ctx: LetterContext,
  purpose: 'password_reset' | 'email_verification',
  userId: string,
): Promise<AddressedLetter | null> {
  const user = await lockActiveUser(ctx, userId);
  if (!user || (purpose === 'email_verification' && user.emailVerifiedAt)) return null;
  const token = deriveToken(ctx.config.tokenSecret, purpose, ctx.outboxId);
  const isStored = await storeToken(ctx, { token, purpose, userId, email: user.email });
  // A newer link, or what the link was for, has come first.
  if (!isStored) return null;
  const { email: to, locale } = user;
  const minutes = LINK_MINUTES[purpose];
  const content =
    purpose === 'password_reset'
      ? { kind: purpose, url: appLink(ctx.config, '/reset', { token }), minutes }
      : { kind: purpose, url: appLink(ctx.config, '/verify', { token }), hours: minutes / 60 };
  return { to, locale, content };
}

/** A link to the address that a user wants; it was stored with the request. */
export async function changeLetter(
  ctx: LetterContext,
  userId: string,
): Promise<AddressedLetter | null> {
  const purpose = 'email_change';
  const { tokenSecret } = ctx.config;
  const token = deriveToken(tokenSecret, purpose, ctx.outboxId);
  const user = await lockActiveUser(ctx, userId);
  const [asked] = await ctx.db
    .select({ email: oneTimeTokens.email })
    .from(oneTimeTokens)
    .where(
      and(
        eq(oneTimeTokens.hash, hashToken(tokenSecret, purpose, token)),
        eq(oneTimeTokens.userId, userId),
      ),
    );
  if (!user || !asked?.email) return null;
  if (!(await storeToken(ctx, { token, purpose, userId, email: asked.email }))) return null;
  const { handle, locale } = user;
  const url = appLink(ctx.config, '/verify', { token, purpose: 'change' });
  const hours = LINK_MINUTES[purpose] / 60;
  return { to: asked.email, locale, content: { kind: purpose, url, handle, hours } };
}

/** In the language of who invites: the other one's is not known. */
export async function invitationLetter(
  ctx: LetterContext,
  invitationId: string,
): Promise<AddressedLetter | null> {
  const [open] = await ctx.db
    .select({
      to: invitations.email,
      expiresAt: invitations.expiresAt,
      name: users.displayName,
      locale: users.locale,
    })
    .from(invitations)
    .innerJoin(users, eq(users.id, invitations.createdBy))
    .where(
      and(
        eq(invitations.id, invitationId),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
        gt(invitations.expiresAt, sql`now()`),
      ),
    );
  if (!open?.to) return null;
  const { to, locale, name, expiresAt } = open;
  const url = invitationLink(ctx.config, invitationId);
  return { to, locale, content: { kind: 'invitation', url, name, expiresAt } };
}
