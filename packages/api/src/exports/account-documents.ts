import { type Db, schema } from '@ainotebook/db';
import { desc, eq } from 'drizzle-orm';
import { userColumns } from '../users/user-columns.js';
import { archiveId } from './archive-ids.js';

const { aiSpans, apiKeys, articles, auditEvents, sessions, users, webhookSubscriptions } = schema;

/** The newest; older ones tell a person nothing of use. */
const EVENTS = 10_000;

/** Of passages the newest; an article has at most two hundred. */
const PASSAGES = 10_000;

/** What is short of what the server keeps of a person besides notes and files, as documents of an archive. */
export async function readAccountDocuments(
  db: Db,
  userId: string,
): Promise<{ path: string; value: unknown }[]> {
  const [profile] = await db.select(userColumns).from(users).where(eq(users.id, userId));
  const { createdAt, lastUsedAt, expiresAt, revokedAt, kind, userAgent, ip } = sessions;
  const devices = await db
    .select({ kind, userAgent, ip, createdAt, lastUsedAt, expiresAt, revokedAt })
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .orderBy(sessions.id);
  const keys = await db
    .select({
      name: apiKeys.name,
      prefix: apiKeys.prefix,
      scopes: apiKeys.scopes,
      createdAt: apiKeys.createdAt,
      lastUsedAt: apiKeys.lastUsedAt,
      expiresAt: apiKeys.expiresAt,
      revokedAt: apiKeys.revokedAt,
    })
    .from(apiKeys)
    .where(eq(apiKeys.userId, userId))
    .orderBy(apiKeys.id);
  const webhooks = await db
    .select({
      url: webhookSubscriptions.url,
      events: webhookSubscriptions.events,
      disabledReason: webhookSubscriptions.disabledReason,
      createdAt: webhookSubscriptions.createdAt,
    })
    .from(webhookSubscriptions)
    .where(eq(webhookSubscriptions.userId, userId))
    .orderBy(webhookSubscriptions.id);
  const events = await db
    .select({
      action: auditEvents.action,
      ip: auditEvents.ip,
      detail: auditEvents.detail,
      createdAt: auditEvents.createdAt,
    })
    .from(auditEvents)
    .where(eq(auditEvents.actorId, userId))
    .orderBy(desc(auditEvents.createdAt), desc(auditEvents.id))
    .limit(EVENTS);
  const passages = await db
    .select({
      articleId: aiSpans.articleId,
      title: articles.title,
      source: aiSpans.source,
      model: aiSpans.model,
      text: aiSpans.text,
      createdAt: aiSpans.createdAt,
    })
    .from(aiSpans)
    .innerJoin(articles, eq(articles.id, aiSpans.articleId))
    .where(eq(aiSpans.userId, userId))
    .orderBy(desc(aiSpans.id))
    .limit(PASSAGES);
  return [
    { path: 'account/profile.json', value: profile ?? null },
    { path: 'account/sessions.json', value: devices },
    { path: 'account/api-keys.json', value: keys },
    { path: 'account/webhooks.json', value: webhooks },
    { path: 'account/audit-events.json', value: events },
    {
      path: 'account/ai-passages.json',
      // By the names that the notes have in the archive.
      value: passages.map((passage) => ({
        ...passage,
        articleId: archiveId(userId, passage.articleId),
      })),
    },
  ];
}
