import {
  type DeclareAiInput,
  LIMITS,
  type Provenance,
  type RecordAiSpanInput,
} from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { aiShare, ownRanges } from '@ainotebook/text/provenance';
import { eq, sql } from 'drizzle-orm';
import { ownLive, sameUpdatedAt } from '../articles/article-rows.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { levelOf, percentOf, readSpans } from './ai-level.js';

const { aiSpans, articles } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

/** What of an article of the caller an AI wrote, as it is now. @throws AppError not_found */
export async function getProvenance(
  { db, auth }: Caller,
  { articleId }: { articleId: string },
): Promise<Provenance> {
  const [article] = await db
    .select({ content: articles.content, declared: articles.aiDeclared })
    .from(articles)
    .where(ownLive(auth.userId, articleId));
  if (!article) throw notFound('Article');
  const { content, declared } = article;
  const spans = await readSpans(db, articleId);
  const share = aiShare(content, spans);
  return {
    level: levelOf(share, declared),
    percent: percentOf(share.written, share.total),
    declared,
    spans: spans.map(({ text, own: _, ...span }, i) => {
      const { own = 0, left = 0 } = share.spans[i] ?? {};
      const excerpt = text.trim().slice(0, LIMITS.excerptLength).toWellFormed();
      return { ...span, excerpt, left: percentOf(left, own) };
    }),
  };
}

/**
 * Remembers a passage that the caller took from an AI; one of which nothing is new is not worth it.
 * A repeat with the same id is kept once.
 * @throws AppError not_found, conflict
 */
export async function recordAiSpan({ db, auth }: Caller, input: RecordAiSpanInput): Promise<void> {
  const { id, articleId, source, model, text, replaced } = input;
  await db.transaction(async (tx) => {
    const [article] = await tx
      .select({ content: articles.content })
      .from(articles)
      .where(ownLive(auth.userId, articleId))
      // One after another, so that the count is right.
      .for('no key update');
    if (!article) throw notFound('Article');
    const own = ownRanges(text, { replaced, around: article.content });
    if (own.length === 0) return;
    const row = { id, articleId, userId: auth.userId, source, model, text, own };
    const [made] = await tx
      .insert(aiSpans)
      .values(row)
      .onConflictDoNothing()
      .returning({ id: aiSpans.id });
    if (made) return forgetOldest(tx, articleId);
    const [known] = await tx
      .select({ articleId: aiSpans.articleId })
      .from(aiSpans)
      .where(eq(aiSpans.id, id));
    if (known?.articleId !== articleId) {
      throw new AppError('conflict', 'Another passage has this id');
    }
  });
}

/**
 * Remembers what a model wrote into an article by itself, in the transaction that writes it; nothing for everybody else.
 * @param around what was there before
 */
export async function rememberModel(
  tx: Tx,
  { auth, request }: Pick<AuthedContext, 'auth' | 'request'>,
  { articleId, text, around }: { articleId: string; text: string; around: string },
): Promise<void> {
  if (!request.isModel) return;
  // As long as what the assistant writes may be; a longer one is known by its beginning.
  const known = text.slice(0, LIMITS.answerLength).toWellFormed();
  const own = ownRanges(known, { replaced: '', around });
  if (own.length === 0) return;
  const { userId } = auth;
  await tx.insert(aiSpans).values({ articleId, userId, source: 'mcp', text: known, own });
  await forgetOldest(tx, articleId);
}

/** What is beyond the limits of one article. */
async function forgetOldest(tx: Tx, articleId: string): Promise<void> {
  await tx.execute(sql`
    delete from ai_spans s using (
      select id, row_number() over newer as number, sum(length(text)) over newer as length
      from ai_spans where article_id = ${articleId} window newer as (order by id desc)
    ) one
    where s.id = one.id and (one.number > ${LIMITS.aiSpansPerArticle}
      or one.length > ${LIMITS.aiSpanTextPerArticle})`);
}

/** What the caller says of an article besides what is remembered. @throws AppError not_found */
export async function declareAi(
  { db, auth }: Caller,
  { articleId, declared }: DeclareAiInput,
): Promise<void> {
  const rows = await db
    .update(articles)
    .set({ aiDeclared: declared, ...sameUpdatedAt })
    .where(ownLive(auth.userId, articleId))
    .returning({ id: articles.id });
  if (rows.length === 0) throw notFound('Article');
}
