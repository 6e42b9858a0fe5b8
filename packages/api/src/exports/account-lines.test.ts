import { schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { buildOrder, buildPlan } from '../billing/test-support.js';
import { type TestUser, useApi } from '../test-support.js';
import { readAccountLines } from './account-lines.js';
import { archiveId } from './archive-ids.js';

const t = useApi();

async function linesOf(user: TestUser): Promise<Record<string, unknown[]>> {
  const documents: Record<string, unknown[]> = {};
  for (const { path, rows } of readAccountLines(t.services().db, user.id)) {
    const lines: unknown[] = [];
    for await (const row of rows) lines.push(JSON.parse(JSON.stringify(row)));
    documents[path.replace(/^account\/(.*)\.jsonl$/, '$1')] = lines;
  }
  return documents;
}

/** One of everything; `word` stands in all of it. */
async function withEverything(word: string) {
  const user = await t.user();
  const { db } = t.services();
  const userId = user.id;
  const { api } = user;
  const { id: articleId } = await api.articles.create({ title: word, content: `${word} 正文` });
  await api.articles.save({
    id: articleId,
    data: { title: word, content: '后来的' },
    baseRevision: 1,
  });
  await db.execute(sql`update revisions set name = ${word} where article_id = ${articleId}`);
  const notebook = await api.notebooks.create({ name: `${word} 本` });
  const trashed = await api.articles.create({
    title: `${word} 扔掉的`,
    content: '还要的',
    tags: [word],
    notebookId: notebook.id,
  });
  await api.articles.delete({ id: trashed.id });
  await api.shares.create({ articleId, label: word, password: 'a canary password' });
  await api.publications.publish({ articleId, visibility: 'unlisted' });
  const [conversationId, messageId] = [v7(), v7()];
  await db
    .insert(schema.conversations)
    .values({ id: conversationId, userId, title: word, scope: { kind: 'all' } });
  await db.insert(schema.messages).values({
    ...{ id: messageId, conversationId, userId, role: 'assistant', status: 'done' },
    content: word,
  });
  const passage = { revision: 1, start: 0, end: 1, headingPath: [], title: word, quote: word };
  await db.insert(schema.citations).values({ ...passage, messageId, number: 1, articleId });
  await db.insert(schema.savedPrompts).values({ userId, instruction: word });
  await db
    .insert(schema.notifications)
    .values({ userId, kind: 'export_ready', data: { name: word } });
  const call = { feature: 'chat', provider: 'p', month: '2026-11-01', outcome: 'done' } as const;
  await db.insert(schema.usageRecords).values({ ...call, userId, model: word });
  await db.insert(schema.importSessions).values({
    ...{ userId, status: 'done', sourceName: `${word}.zip`, isAddress: false },
  });
  await db
    .insert(schema.publicationSchedules)
    .values({ articleId, userId, publishAt: new Date(), settings: { slug: word } });
  const plan = await buildPlan(await t.user({ role: 'admin' }));
  const start = { kind: 'qr', url: 'canary://pay' };
  const paid = { status: 'paid', paidAt: new Date(), subject: word, start } as const;
  const { id: orderId, planId, versionId } = await buildOrder(t, { userId, plan }, paid);
  const money = { orderId, amountFen: 1200 };
  await db.insert(schema.payments).values({
    ...money,
    channel: 'alipay',
    transactionId: `${word} ${v7()}`,
    isSurplus: false,
  });
  await db.insert(schema.refunds).values({ ...money, refundNo: v7(), reason: word });
  await db
    .insert(schema.invoices)
    .values({ ...money, userId, kind: 'personal', title: word, email: 'x@example.org' });
  await db
    .insert(schema.entitlements)
    .values({ userId, planId, versionId, period: 'month', orderId });
  return { user, articleId, messageId };
}

describe('what is taken out with an account', () => {
  it('is everything that the server keeps of its owner, of nobody else, and no secret', async () => {
    const { user, articleId } = await withEverything('茶');
    const { user: other } = await withEverything('酒');
    const documents = await linesOf(user);
    const counts = Object.entries(documents).map(([name, lines]) => [name, lines.length]);
    expect(Object.fromEntries(counts)).toEqual({
      ...{ trash: 1, versions: expect.any(Number), conversations: 1, messages: 1 },
      ...{ 'saved-prompts': 1, shares: 1, publications: 1, 'publication-schedules': 1 },
      ...{ orders: 1, payments: 1, refunds: 1, invoices: 1, plans: 1 },
      ...{ 'ai-usage': 1, notifications: expect.any(Number), imports: 1 },
    });
    expect(documents.versions?.length).toBeGreaterThan(0);
    const id = archiveId(user.id, articleId);
    expect(documents).toMatchObject({
      trash: [{ title: '茶 扔掉的', content: '还要的', tags: ['茶'], notebook: '茶 本' }],
      messages: [{ content: '茶', citations: [{ articleId: id, quote: '茶' }] }],
      shares: [{ articleId: id, label: '茶', hasPassword: true }],
      publications: [{ articleId: id, content: '后来的', slugs: [expect.any(String)] }],
      payments: [{ amountFen: 1200 }],
      plans: [{ name: 'Pro', period: 'month' }],
      imports: [{ sourceName: '茶.zip' }],
    });
    const whole = JSON.stringify(documents);
    expect(whole).not.toMatch(/酒|canary|argon|"key"/);
    const { db } = t.services();
    const secrets = await db.select({ hash: schema.shares.tokenHash }).from(schema.shares);
    for (const { hash } of secrets) expect(whole).not.toContain(hash);
    expect(JSON.stringify(await linesOf(other))).not.toContain('茶');
    expect(await linesOf(await t.user())).toMatchObject({ trash: [], messages: [], orders: [] });
  });

  it('is read a page at a time, each row once', async () => {
    const user = await t.user();
    const rows = Array.from({ length: 1_203 }, (_, i) => ({
      userId: user.id,
      instruction: String(i),
    }));
    await t.services().db.insert(schema.savedPrompts).values(rows);
    const lines = (await linesOf(user))['saved-prompts'] as { instruction: string }[];
    expect(new Set(lines.map(({ instruction }) => instruction)).size).toBe(1_203);
    expect(lines).toHaveLength(1_203);
  });
});
