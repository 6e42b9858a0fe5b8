import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, gt, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { ApiConfig } from '../context.js';
import { AppError } from '../errors.js';
import { hashToken } from './secrets.js';

const { oneTimeTokens, users } = schema;

/** What a link that proves something is for. */
export type LinkPurpose = (typeof oneTimeTokens.$inferSelect)['purpose'];

/** Life of a link, in minutes. */
export const LINK_MINUTES: Record<LinkPurpose, number> = {
  password_reset: 60,
  email_verification: 3 * 24 * 60,
  email_change: 24 * 60,
};

interface TokenContext {
  db: Tx;
  config: Pick<ApiConfig, 'tokenSecret'>;
}

/**
 * Stores a token by its hash; former ones of the user and purpose end. One that is stored already
 * lives on, from now. Call with the user's row locked.
 * @param made.email the address the link goes to, where there is one
 * @returns its end, or null when it was used or ended meanwhile
 */
export async function storeToken(
  { db, config }: TokenContext,
  made: { token: string; purpose: LinkPurpose; userId: string; email: string | null },
): Promise<Date | null> {
  const { token, purpose, userId, email } = made;
  const hash = hashToken(config.tokenSecret, purpose, token);
  const expiresAt = sql`now() + make_interval(mins => ${LINK_MINUTES[purpose]})`;
  const [stored] = await db
    .insert(oneTimeTokens)
    .values({ hash, purpose, userId, email, expiresAt })
    .onConflictDoUpdate({
      target: oneTimeTokens.hash,
      set: { expiresAt },
      setWhere: isNull(oneTimeTokens.usedAt),
    })
    .returning({ expiresAt: oneTimeTokens.expiresAt });
  if (!stored) return null;
  await end(
    db,
    and(ofUser(userId), eq(oneTimeTokens.purpose, purpose), ne(oneTimeTokens.hash, hash)),
  );
  return stored.expiresAt;
}

/** Makes every unused link of a user useless. */
export async function endTokens(db: Db | Tx, userId: string): Promise<void> {
  await end(db, ofUser(userId));
}

const ofUser = (userId: string) =>
  and(eq(oneTimeTokens.userId, userId), isNull(oneTimeTokens.usedAt));

async function end(db: Db | Tx, which: SQL | undefined): Promise<void> {
  await db.update(oneTimeTokens).set({ usedAt: sql`now()` }).where(which);
}

/** Whose token it is, if it can be used. @throws AppError token_invalid (used, expired, unknown) */
export async function findToken(
  { db, config }: { db: Db | Tx; config: TokenContext['config'] },
  purpose: LinkPurpose,
  token: string,
): Promise<{ userId: string; email: string | null }> {
  const [known] = await db
    .select({ userId: oneTimeTokens.userId, email: oneTimeTokens.email })
    .from(oneTimeTokens)
    .where(usable(config, purpose, token));
  if (!known) throw tokenInvalid();
  return known;
}

/** Uses a token up, with its user's row locked. @throws AppError token_invalid */
export async function spendToken(
  ctx: TokenContext,
  purpose: LinkPurpose,
  token: string,
): Promise<{ userId: string; email: string | null; user: { email: string; status: string } }> {
  const { userId, email } = await findToken(ctx, purpose, token);
  // The user's row before the token's, as everywhere.
  const [user] = await ctx.db
    .select({ email: users.email, status: users.status })
    .from(users)
    .where(eq(users.id, userId))
    .for('no key update');
  const [used] = await ctx.db
    .update(oneTimeTokens)
    .set({ usedAt: sql`now()` })
    .where(usable(ctx.config, purpose, token))
    .returning({ hash: oneTimeTokens.hash });
  if (!user || !used) throw tokenInvalid();
  return { userId, email, user };
}

function usable(config: TokenContext['config'], purpose: LinkPurpose, token: string) {
  return and(
    eq(oneTimeTokens.hash, hashToken(config.tokenSecret, purpose, token)),
    eq(oneTimeTokens.purpose, purpose),
    isNull(oneTimeTokens.usedAt),
    gt(oneTimeTokens.expiresAt, sql`now()`),
  );
}

export function tokenInvalid(): AppError {
  return new AppError('token_invalid', 'This link is used or has expired');
}

/** Of `email_verified_at`: an address stays verified since the first time. */
export const firstProof = sql`coalesce(${users.emailVerifiedAt}, now())`;
