import { randomBytes } from 'node:crypto';
import { pruneChangeLog, schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf, PASSWORD, registered, testClient } from '../auth/test-client.js';
import { buildOrder, buildPlan } from '../billing/test-support.js';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi();

/**
 * Tables that hold nothing of any user, or (limits) counts that end with their window. Bytes of files
 * (blobs) name nobody; without a file they go an hour later. Payments and notices name an order, which outlives
 * the account for the books and then names nobody, as what the AI took does.
 */
const OF_NOBODY = [
  'blobs',
  'blob_variants',
  'plans',
  'plan_versions',
  'plan_prices',
  'payments',
  'payment_notices',
  'bill_comparisons',
  'site_settings',
  'cron_runs',
  'ai_providers',
  'rate_limits',
  '__drizzle_migrations',
];

async function tableNames(): Promise<string[]> {
  const { rows } = await t.services().db.execute<{ name: string }>(sql`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`);
  return rows.map((row) => row.name).filter((name) => !OF_NOBODY.includes(name));
}

/** Rows of every table in which any of `words` stands, in any column. */
async function rowsWith(words: string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const holds = sql.join(
    words.map((word) => sql`row::text like ${`%${word}%`}`),
    sql` or `,
  );
  for (const name of await tableNames()) {
    const { rows } = await t
      .services()
      .db.execute<{ text: string }>(
        sql`select row::text as text from ${sql.identifier(name)} row where ${holds} order by 1`,
      );
    if (rows.length > 0) found[name] = rows.map((row) => row.text);
  }
  return found;
}

/** A person with at least one row in every table. @returns every word that would give them away */
async function withEverything() {
  const { client, id: userId, email } = await registered(t);
  const { db } = t.services();
  const [articleId, notebookId, tagId, outboxId, deadId] = [v7(), v7(), v7(), v7(), v7()];
  const child = { id: v7(), userId, parentId: notebookId, name: 'inner', position: 'a0' };
  await db.insert(schema.notebooks).values([{ ...child, id: notebookId, parentId: null }, child]);
  const contentHash = 'f'.repeat(64);
  await db.insert(schema.articles).values([
    { id: articleId, userId, notebookId, contentHash },
    { userId, contentHash, deletedAt: new Date() },
  ]);
  await db.insert(schema.revisions).values({
    articleId,
    number: 1,
    kind: 'save',
    title: 't',
    content: 'c',
    contentHash,
  });
  await db.insert(schema.tags).values({ id: tagId, userId, name: 'tag' });
  await db.insert(schema.articleTags).values({ articleId, tagId });
  await db.insert(schema.publications).values({
    articleId,
    userId,
    title: 't',
    content: 'c',
    contentHash,
    language: 'en',
    excerpt: '',
    wordCount: 1,
    revision: 1,
  });
  const blob = { sha256: randomBytes(32).toString('hex'), size: 1, mediaType: 'image/png' };
  const fileId = v7();
  await db.insert(schema.blobs).values(blob);
  await db.insert(schema.files).values({ ...blob, id: fileId, userId, name: 'a.png' });
  const exportId = v7();
  const conversationId = v7();
  const messageId = v7();
  await db
    .insert(schema.conversations)
    .values({ id: conversationId, userId, scope: { kind: 'all' } });
  await db.insert(schema.messages).values({
    id: messageId,
    conversationId,
    userId,
    role: 'assistant',
    status: 'done',
  });
  await db.insert(schema.citations).values({
    messageId,
    number: 1,
    articleId,
    title: 't',
    headingPath: [],
    revision: 1,
    start: 0,
    end: 1,
    quote: 'c',
  });
  await db
    .insert(schema.aiSpans)
    .values({ articleId, userId, source: 'answer', text: 'a', own: [] });
  await db.insert(schema.savedPrompts).values({ userId, instruction: 'i' });
  await db.insert(schema.exports).values({
    id: exportId,
    userId,
    kind: 'account',
    name: 'a',
    jobId: v7(),
    expiresAt: new Date(),
  });
  await db.insert(schema.exportArchives).values({ exportId, sha256: blob.sha256 });
  const apiKeyId = v7();
  await db
    .insert(schema.apiKeys)
    .values({ id: apiKeyId, userId, name: 'n', hash: v7(), prefix: 'p', scopes: [] });
  const subscriptionId = v7();
  await db.insert(schema.webhookSubscriptions).values({
    id: subscriptionId,
    userId,
    url: 'https://hooks.example.org',
    events: ['article.published'],
    salt: 's',
  });
  await db
    .insert(schema.webhookDeliveries)
    .values({ subscriptionId, type: 'webhook.test', payload: '{}' });
  const sessionId = v7();
  await db.insert(schema.importSessions).values({
    id: sessionId,
    userId,
    status: 'done',
    sourceName: 'a.zip',
    isAddress: false,
  });
  await db.insert(schema.importSources).values({ sessionId, sha256: blob.sha256, size: 1 });
  await db.insert(schema.importChunks).values({ sessionId, start: 0, sha256: blob.sha256 });
  await db
    .insert(schema.importNotebooks)
    .values({ sessionId, path: '["a"]', notebookId, isNew: true });
  await db.insert(schema.importItems).values({
    sessionId,
    userId,
    articleId,
    position: 0,
    path: 'a.md',
    title: 't',
    notebooks: [],
    tags: [],
    links: [],
    warnings: [],
    result: 'accepted',
  });
  await db.insert(schema.articleFiles).values({ articleId, fileId });
  await db.insert(schema.publicationFiles).values({ articleId, fileId });
  await db.insert(schema.slugs).values([
    { slug: `now-${articleId}`, articleId, isCurrent: true },
    { slug: `was-${articleId}`, articleId, isCurrent: false },
  ]);
  await db
    .insert(schema.publicationSchedules)
    .values({ articleId, userId, publishAt: new Date(), settings: {} });
  await db
    .insert(schema.publicationImages)
    .values({ articleId, version: 'v', png: Buffer.from('png') });
  await db.insert(schema.shares).values({ articleId, userId, tokenHash: v7() });
  await db.insert(schema.reports).values({ articleId, reason: 'spam', reporter: 'r' });
  await db
    .insert(schema.articleLinks)
    .values({ sourceId: articleId, userId, targetKey: 't', targetTitle: 't', offset: 0 });
  await db.insert(schema.articleTitles).values({ articleId, userId, key: 't' });
  await db.insert(schema.searchWords).values({ userId, word: 'word' });
  await db.insert(schema.searchMisses).values({ userId, key: 'k', query: 'k' });
  await db.insert(schema.notifications).values({ userId, kind: 'password_changed', data: {} });
  await db.insert(schema.viewDay).values({ articleId, day: '2026-01-01', reader: 'r' });
  const chunkId = v7();
  await db.insert(schema.chunks).values({
    id: chunkId,
    articleId,
    userId,
    ordinal: 0,
    start: 0,
    end: 1,
    headingPath: [],
    text: 'c',
    length: 1,
    tsv: '',
    indexVersion: 1,
  });
  await db.insert(schema.chunkVectors).values({
    chunkId,
    articleId,
    userId,
    model: 'm',
    dimensions: 1,
    inputHash: 'h',
    bits: '1',
    vector: Buffer.alloc(4),
  });
  await db
    .insert(schema.articleEmbeddings)
    .values({ articleId, userId, status: 'done', model: 'm', dimensions: 1024 });
  const month = '2026-11-01';
  const call = { userId, feature: 'chat', provider: 'p', model: 'm', month } as const;
  await db.insert(schema.usageRecords).values({ ...call, outcome: 'done' });
  await db.insert(schema.usageMonths).values({ userId, month });
  await db.insert(schema.idempotencyKeys).values({ userId, path: 'p', key: 'k', inputHash: 'h' });
  await db.insert(schema.outbox).values([
    { id: outboxId, topic: 'index', payload: { articleId }, doneAt: new Date() },
    { topic: 'index', payload: { articleId } },
    { topic: 'export', payload: { userId } },
  ]);
  await db.insert(schema.inbox).values({ consumer: 'indexer', outboxId });
  await db.insert(schema.deadLetters).values({
    outboxId: deadId,
    topic: 'index',
    payload: { articleId },
    attempts: 3,
    error: 'poison',
  });
  await db.insert(schema.invitations).values({
    tokenHash: v7(),
    email,
    acceptedBy: userId,
    acceptedAt: new Date(),
    expiresAt: new Date(),
  });
  const admin = await t.user({ role: 'admin' });
  await admin.api.admin.users.createResetLink({ id: userId });
  await withMoney(admin, userId);
  await client.api.auth.refresh({});
  const sessions = await client.api.auth.listSessions();
  const words = [
    userId,
    email,
    articleId,
    notebookId,
    tagId,
    fileId,
    exportId,
    sessionId,
    outboxId,
    apiKeyId,
    subscriptionId,
    ...sessions.map((s) => s.id),
  ];
  return { client, userId, email, words };
}

/** A paid order that goes back, a code made and redeemed, a term. */
async function withMoney(admin: TestUser, userId: string): Promise<void> {
  const { db } = t.services();
  const plan = await buildPlan(admin);
  const paid = { status: 'paid', paidAt: new Date() } as const;
  const order = await buildOrder(t, { userId, plan }, paid);
  const { planId, versionId } = order;
  const money = { orderId: order.id, amountFen: 1200 };
  await db
    .insert(schema.refunds)
    .values({ ...money, refundNo: v7(), reason: 'r', requestedBy: userId });
  const batchId = v7();
  const term = { versionId, period: 'month' } as const;
  await db
    .insert(schema.redemptionBatches)
    .values({ ...term, id: batchId, note: 'n', expiresAt: new Date(), createdBy: userId });
  await db
    .insert(schema.redemptionCodes)
    .values({ batchId, hash: v7(), redeemedBy: userId, redeemedAt: new Date() });
  await db.insert(schema.entitlements).values({ ...term, userId, planId, orderId: order.id });
  await db
    .insert(schema.invoices)
    .values({ ...money, userId, kind: 'personal', title: 't', email: 'x@example.org' });
  await db.insert(schema.planReminders).values({ userId, planId, endsAt: new Date(), days: 1 });
}

describe('deleting the own account', () => {
  it('leaves no row of the user in any table and touches nobody else', async () => {
    const anna = await withEverything();
    const ben = await withEverything();
    const before = await rowsWith(anna.words);
    // A table that is missing here would not be proven empty below.
    expect(Object.keys(before).sort()).toEqual((await tableNames()).sort());
    const bens = await rowsWith(ben.words);

    await anna.client.api.users.delete({ password: PASSWORD });

    const { audit_events: kept = [], cache_inval: log, ...left } = await rowsWith(anna.words);
    expect(left).toEqual({});
    // What tells the caches: bare ids, and not for long.
    expect(log).not.toHaveLength(0);
    await pruneChangeLog(t.services().db, 0);
    expect((await rowsWith(anna.words)).cache_inval).toBeUndefined();
    // The audit list knows the bare id: that it registered and was deleted.
    const events = await t
      .services()
      .db.select()
      .from(schema.auditEvents)
      .where(eq(schema.auditEvents.subjectId, anna.userId));
    expect(kept).toHaveLength(events.length);
    for (const event of events.filter(({ action }) => action !== 'user.reset_link_created')) {
      expect(event).toMatchObject({ actorId: null, ip: null, detail: null });
    }
    expect(events.map((event) => event.action)).toContain('user.deleted');
    const { cache_inval: _log, ...bensRows } = bens;
    expect(await rowsWith(ben.words)).toEqual(bensRows);
  });

  it('ends the session, frees the address and takes the cookies', async () => {
    const { client, email } = await registered(t);
    await client.api.users.delete({ password: PASSWORD });
    expect(client.jar.current).toBeNull();
    expect(await codeOf(client.api.users.me())).toBe('session_revoked');
    const visitor = testClient(t).api;
    expect(await codeOf(visitor.auth.login({ email, password: PASSWORD }))).toBe(
      'invalid_credentials',
    );
    const again = { email, password: PASSWORD, displayName: 'Again' };
    expect(await codeOf(visitor.auth.register(again))).toBe('none');
  });

  it('needs the password and allows few guesses', async () => {
    const { client } = await registered(t);
    const remove = (password: string) => codeOf(client.api.users.delete({ password }));
    for (let n = 0; n < 10; n++) expect(await remove(`guess ${n}`)).toBe('invalid_credentials');
    expect(await remove(PASSWORD)).toBe('rate_limited');
    expect(await codeOf(client.api.users.me())).toBe('none');
    expect(await codeOf(t.api().users.delete({ password: PASSWORD }))).toBe('unauthenticated');
  });
});

describe('a write that was under way when the account went', () => {
  it('says that the session has ended', async () => {
    const user = await t.user();
    const auth = { userId: user.id, sessionId: user.sessionId, role: 'user' as const };
    // Authenticated before the deletion, written after it.
    const late = t.api(auth);
    const repeatable = t.api(auth, { idempotencyKey: 'key-of-a-late-write' });
    await t.services().db.delete(schema.users).where(eq(schema.users.id, user.id));
    const calls = [
      () => late.articles.create({ title: 'late' }),
      () => late.articles.createMany({ items: [{ tags: ['late'] }] }),
      () => late.notebooks.create({ name: 'late' }),
      () => repeatable.articles.updateMany({ action: 'trash', ids: [v7()] }),
    ];
    for (const call of calls) expect(await codeOf(call())).toBe('session_revoked');
  });
});

describe('the last admin', () => {
  it('cannot delete himself; with another admin he can', async () => {
    const { db } = t.services();
    await db.update(schema.users).set({ role: 'user' });
    const { client, id } = await registered(t);
    await db.update(schema.users).set({ role: 'admin' }).where(eq(schema.users.id, id));
    // A suspended admin is no help.
    await t.user({ role: 'admin', status: 'suspended' });
    expect(await codeOf(client.api.users.delete({ password: PASSWORD }))).toBe('last_admin');
    await t.user({ role: 'admin' });
    expect(await codeOf(client.api.users.delete({ password: PASSWORD }))).toBe('none');
  });
});
