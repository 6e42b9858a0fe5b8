import { createHmac } from 'node:crypto';
import {
  type CreatedShare,
  type CreateShareInput,
  isStorableText,
  LIMITS,
  type Share,
} from '@ainotebook/contract';
import { type Db, schema } from '@ainotebook/db';
import { and, count, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { equalSecrets, hashToken, newToken } from '../auth/secrets.js';
import type { AuthedContext, Services } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { addressKey } from '../rate-limits.js';

const { articles, shares, users } = schema;

const shareColumns = {
  id: shares.id,
  articleId: shares.articleId,
  label: shares.label,
  hasPassword: sql<boolean>`${shares.passwordHash} is not null`,
  status: sql<Share['status']>`case
    when ${shares.revokedAt} is not null then 'revoked'
    when ${shares.expiresAt} <= now() then 'expired'
    else 'open' end`,
  views: shares.views,
  lastViewedAt: shares.lastViewedAt,
  expiresAt: shares.expiresAt,
  createdAt: shares.createdAt,
};

const isOpen = () =>
  and(isNull(shares.revokedAt), or(isNull(shares.expiresAt), gt(shares.expiresAt, sql`now()`)));

const ownArticle = (articleId: string, userId: string) =>
  and(eq(articles.id, articleId), eq(articles.userId, userId), isNull(articles.deletedAt));

/** Links shown of one article: the open ones, and the newest of those that have ended. */
const SHOWN_SHARES = 100;

/** The share links of an article, the open ones first. @throws AppError not_found */
export async function listShares(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  { articleId }: { articleId: string },
): Promise<Share[]> {
  const { userId } = ctx.auth;
  const [article] = await ctx.db
    .select({ id: articles.id })
    .from(articles)
    .where(ownArticle(articleId, userId));
  if (!article) throw notFound('Article');
  return ctx.db
    .select(shareColumns)
    .from(shares)
    .where(and(eq(shares.articleId, articleId), eq(shares.userId, userId)))
    .orderBy(sql`${isOpen()} desc`, desc(shares.createdAt), desc(shares.id))
    .limit(SHOWN_SHARES);
}

/**
 * Makes a link that opens one article, as it is whenever it is read, to whoever holds it.
 * @throws AppError not_found, limit_reached
 */
export async function createShare(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'config' | 'passwords'>,
  input: CreateShareInput,
): Promise<CreatedShare> {
  const { userId } = ctx.auth;
  const { articleId, label, password, expiresInDays } = input;
  const token = newToken();
  const passwordHash = password === null ? null : await ctx.passwords.hash(password);
  const share = await ctx.db.transaction(async (tx) => {
    // Two at once must not both take the last place.
    const [article] = await tx
      .select({ id: articles.id })
      .from(articles)
      .where(ownArticle(articleId, userId))
      .for('no key update');
    if (!article) throw notFound('Article');
    const [open] = await tx
      .select({ count: count() })
      .from(shares)
      .where(and(eq(shares.articleId, articleId), isOpen()));
    if ((open?.count ?? 0) >= LIMITS.sharesPerArticle) {
      throw new AppError('limit_reached', 'Too many open links; revoke some first');
    }
    const [row] = await tx
      .insert(shares)
      .values({
        articleId,
        userId,
        tokenHash: hashToken(ctx.config.tokenSecret, 'share', token),
        label,
        passwordHash,
        expiresAt:
          expiresInDays === null ? null : sql`now() + make_interval(days => ${expiresInDays})`,
      })
      .returning(shareColumns);
    if (!row) throw new Error('the insert of a share returned no row');
    return row;
  });
  return { ...share, url: `${ctx.config.appUrl}/s/${token}` };
}

/** Ends a link at once; again is harmless. @throws AppError not_found */
export async function revokeShare(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  { id }: { id: string },
): Promise<void> {
  const { rowCount } = await ctx.db
    .update(shares)
    .set({ revokedAt: sql`coalesce(${shares.revokedAt}, now())` })
    .where(and(eq(shares.id, id), eq(shares.userId, ctx.auth.userId)));
  if (!rowCount) throw notFound('Share');
}

/** What a share link opens. */
export interface SharedArticle {
  shareId: string;
  authorId: string;
  /** Null: no password. */
  passwordHash: string | null;
  title: string;
  content: string;
  wordCount: number;
  updatedAt: Date;
  authorName: string;
}

const MAX_TOKEN_LENGTH = 200;

/** The article behind a token; null when it is unknown, revoked, expired, or its article or author is gone. */
export async function openShare(
  { db, config }: Pick<Services, 'db' | 'config'>,
  token: string,
): Promise<SharedArticle | null> {
  if (token.length > MAX_TOKEN_LENGTH || !isStorableText(token)) return null;
  const [row] = await db
    .select({
      shareId: shares.id,
      authorId: shares.userId,
      passwordHash: shares.passwordHash,
      title: articles.title,
      content: articles.content,
      wordCount: articles.wordCount,
      updatedAt: articles.updatedAt,
      authorName: users.displayName,
    })
    .from(shares)
    .innerJoin(articles, eq(articles.id, shares.articleId))
    .innerJoin(users, eq(users.id, shares.userId))
    .where(
      and(
        eq(shares.tokenHash, hashToken(config.tokenSecret, 'share', token)),
        isOpen(),
        isNull(articles.deletedAt),
        eq(users.status, 'active'),
      ),
    );
  return row ?? null;
}

/**
 * Checks the password of a link. @returns the proof a browser keeps, or null when it is wrong
 * @throws AppError rate_limited
 */
export async function unlockShare(
  { limits, passwords, config }: Pick<Services, 'limits' | 'passwords' | 'config'>,
  share: SharedArticle,
  attempt: { password: string; address: string },
): Promise<string | null> {
  const key = `share:${share.shareId}:${addressKey(attempt.address)}`;
  await limits.consumeSecret(key);
  if (!(await passwords.verify(share.passwordHash, attempt.password))) return null;
  await limits.clearSecret(key);
  return shareProof(config.tokenSecret, share);
}

/** Whether a browser has shown the password of a link; always without one. */
export function isUnlocked(
  { config }: Pick<Services, 'config'>,
  share: SharedArticle,
  proof: string | null,
): boolean {
  if (share.passwordHash === null) return true;
  return proof !== null && equalSecrets(proof, shareProof(config.tokenSecret, share));
}

/** Derived from the stored hash, so that it ends with the link. */
function shareProof(secret: string, { shareId, passwordHash }: SharedArticle): string {
  return createHmac('sha256', secret)
    .update(`share-proof:${shareId}:${passwordHash}`)
    .digest('base64url');
}

/** Counts an opening. */
export async function countShareView(db: Db, shareId: string): Promise<void> {
  await db
    .update(shares)
    .set({ views: sql`${shares.views} + 1`, lastViewedAt: sql`now()` })
    .where(eq(shares.id, shareId));
}
