import { type Db, schema } from '@ainotebook/db';
import { and, asc, eq, isNotNull, or, sql } from 'drizzle-orm';
import { isAnyOf } from '../articles/article-rows.js';
import { archiveId } from './archive-ids.js';
import { readBilling } from './billing-lines.js';
import { type AccountLines, allRows } from './row-lines.js';

const {
  articles,
  citations,
  conversations,
  importSessions,
  messages,
  notebooks,
  notifications,
  publications,
  publicationSchedules,
  revisions,
  savedPrompts,
  shares,
  usageRecords,
} = schema;

/** Of what may be as long as a note. */
const FEW = 10;

/**
 * What the server keeps of a person that may be of any length. Notes are named as elsewhere in an archive; hashes of
 * links and passwords stay here, and so does what readers reported, which is theirs.
 */
export function readAccountLines(db: Db, userId: string): AccountLines[] {
  const of = (path: string, rows: AsyncIterable<unknown>) => ({
    path: `account/${path}.jsonl`,
    rows,
  });
  return [
    of('trash', readTrash(db, userId)),
    of('versions', readVersions(db, userId)),
    of('conversations', readConversations(db, userId)),
    of('messages', readMessages(db, userId)),
    of('saved-prompts', readPrompts(db, userId)),
    of('shares', readShares(db, userId)),
    of('publications', readPublications(db, userId)),
    of('publication-schedules', readSchedules(db, userId)),
    ...readBilling(db, userId).map(({ path, rows }) => of(path, rows)),
    of('ai-usage', readUsage(db, userId)),
    of('notifications', readNotifications(db, userId)),
    of('imports', readImports(db, userId)),
  ];
}

const named = (userId: string, id: string | null) => id && archiveId(userId, id);

function readTrash(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const rows = await db
      .select({
        key: articles.id,
        title: articles.title,
        content: articles.content,
        tags: sql<string[]>`array(
          select t.name from article_tags at join tags t on t.id = at.tag_id
          where at.article_id = ${articles.id} order by t.name collate "C")`,
        notebook: sql<string | null>`coalesce(${notebooks.name}, ${articles.formerNotebook})`,
        createdAt: articles.createdAt,
        updatedAt: articles.updatedAt,
        deletedAt: articles.deletedAt,
      })
      .from(articles)
      .leftJoin(notebooks, eq(notebooks.id, articles.notebookId))
      .where(and(eq(articles.userId, userId), isNotNull(articles.deletedAt), behind(articles.id)))
      .orderBy(asc(articles.id))
      .limit(limit);
    return rows.map((row) => ({ id: named(userId, row.key), ...row }));
  }, FEW);
}

/** Former texts that somebody has named, or that another one was kept instead of. */
function readVersions(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const rows = await db
      .select({
        key: revisions.id,
        articleId: revisions.articleId,
        number: revisions.number,
        kind: revisions.kind,
        name: revisions.name,
        title: revisions.title,
        content: revisions.content,
        createdAt: revisions.createdAt,
      })
      .from(revisions)
      .innerJoin(articles, eq(articles.id, revisions.articleId))
      .where(
        and(
          eq(articles.userId, userId),
          or(isNotNull(revisions.name), eq(revisions.kind, 'conflict')),
          behind(revisions.id),
        ),
      )
      .orderBy(asc(revisions.id))
      .limit(limit);
    return rows.map((row) => ({ ...row, articleId: named(userId, row.articleId) }));
  }, FEW);
}

function readConversations(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, title, scope, createdAt, updatedAt } = conversations;
    return db
      .select({ key: id, id, title, scope, createdAt, updatedAt })
      .from(conversations)
      .where(and(eq(conversations.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}

/** Questions and answers, with the passages that these stand on. */
function readMessages(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, conversationId, parentId, role, content, status, failure, receipt } = messages;
    const { createdAt } = messages;
    const rows = await db
      .select({
        ...{ key: id, id, conversationId, parentId, role, content, status, failure, receipt },
        createdAt,
      })
      .from(messages)
      .where(and(eq(messages.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
    const ids = rows.map((row) => row.id);
    const passages = await db
      .select({
        messageId: citations.messageId,
        number: citations.number,
        articleId: citations.articleId,
        title: citations.title,
        headingPath: citations.headingPath,
        quote: citations.quote,
        url: citations.url,
      })
      .from(citations)
      .where(isAnyOf(citations.messageId, ids))
      .orderBy(citations.messageId, citations.number);
    return rows.map((row) => ({
      ...row,
      citations: passages.flatMap(({ messageId, articleId, ...passage }) =>
        messageId === row.id ? [{ ...passage, articleId: named(userId, articleId) }] : [],
      ),
    }));
  }, 100);
}

function readPrompts(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, instruction, createdAt, updatedAt } = savedPrompts;
    return db
      .select({ key: id, instruction, createdAt, updatedAt })
      .from(savedPrompts)
      .where(and(eq(savedPrompts.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}

function readShares(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const rows = await db
      .select({
        key: shares.id,
        articleId: shares.articleId,
        label: shares.label,
        hasPassword: sql<boolean>`${shares.passwordHash} is not null`,
        expiresAt: shares.expiresAt,
        revokedAt: shares.revokedAt,
        views: shares.views,
        lastViewedAt: shares.lastViewedAt,
        createdAt: shares.createdAt,
      })
      .from(shares)
      .where(and(eq(shares.userId, userId), behind(shares.id)))
      .orderBy(asc(shares.id))
      .limit(limit);
    return rows.map((row) => ({ ...row, articleId: named(userId, row.articleId) }));
  });
}

/** What readers got, which may be another text than the note's. */
function readPublications(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const p = publications;
    const rows = await db
      .select({
        key: p.articleId,
        slugs: sql<string[]>`array(
          select s.slug from slugs s where s.article_id = "publications"."article_id"
          order by s.is_current desc, s.created_at desc)`,
        visibility: p.visibility,
        access: p.access,
        title: p.title,
        content: p.content,
        excerpt: p.excerpt,
        tags: p.tags,
        language: p.language,
        coverUrl: p.coverUrl,
        canonicalUrl: p.canonicalUrl,
        aiLevel: p.aiLevel,
        hasAiLabel: p.hasAiLabel,
        publishedAt: p.publishedAt,
        withdrawnAt: p.withdrawnAt,
        blockedAt: p.blockedAt,
      })
      .from(p)
      .where(and(eq(p.userId, userId), behind(p.articleId)))
      .orderBy(asc(p.articleId))
      .limit(limit);
    return rows.map((row) => ({ articleId: named(userId, row.key), ...row }));
  }, FEW);
}

function readSchedules(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { articleId, publishAt, settings } = publicationSchedules;
    const rows = await db
      .select({ key: articleId, publishAt, settings })
      .from(publicationSchedules)
      .where(and(eq(publicationSchedules.userId, userId), behind(articleId)))
      .orderBy(asc(articleId))
      .limit(limit);
    return rows.map((row) => ({ articleId: named(userId, row.key), ...row }));
  });
}

function readUsage(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, feature, provider, model, outcome, costMicroYuan, createdAt } = usageRecords;
    const { inputTokens, cachedTokens, outputTokens, reasoningTokens, isEstimated } = usageRecords;
    return db
      .select({
        ...{ key: id, feature, provider, model, outcome, inputTokens, cachedTokens, outputTokens },
        ...{ reasoningTokens, isEstimated, costMicroYuan, createdAt },
      })
      .from(usageRecords)
      .where(and(eq(usageRecords.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}

function readNotifications(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, kind, data, readAt, createdAt } = notifications;
    return db
      .select({ key: id, kind, data, readAt, createdAt })
      .from(notifications)
      .where(and(eq(notifications.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}

function readImports(db: Db, userId: string) {
  return allRows(async ({ behind, limit }) => {
    const { id, sourceName, program, status, failure, createdAt, finishedAt } = importSessions;
    return db
      .select({ key: id, sourceName, program, status, failure, createdAt, finishedAt })
      .from(importSessions)
      .where(and(eq(importSessions.userId, userId), behind(id)))
      .orderBy(asc(id))
      .limit(limit);
  });
}
