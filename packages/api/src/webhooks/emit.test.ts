import { type WebhookEvent, webhookEventSchema } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { createDispatcher } from '@ainotebook/jobs';
import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { settlePayment } from '../billing/settle.js';
import { buildOrder, buildPlan } from '../billing/test-support.js';
import { useImports } from '../imports/import-test-support.js';
import { createJobHandlers } from '../jobs.js';
import type { TestUser } from '../test-support.js';
import { emitWebhooks } from './emit.js';

const t = useImports();
const { outbox, webhookDeliveries, webhookSubscriptions } = schema;
const ALL = [
  'article.published',
  'article.updated',
  'article.unpublished',
  'article.deleted',
  'import.finished',
  'export.finished',
  'order.paid',
] as const;

let anna: TestUser;
let ben: TestUser;
beforeEach(async () => {
  anna = await t.user();
  ben = await t.user();
  for (const user of [anna, ben]) await subscribe(user);
});

const subscribe = (user: TestUser, events: (typeof ALL)[number][] = [...ALL]) =>
  user.api.webhooks.create({ url: 'https://hooks.example.org', events });

/** What the webhooks of a user are to be told, in the order in which it happened. */
async function toldTo(user: TestUser): Promise<WebhookEvent[]> {
  const rows = await t
    .services()
    .db.select({ payload: webhookDeliveries.payload })
    .from(webhookDeliveries)
    .innerJoin(webhookSubscriptions, eq(webhookSubscriptions.id, webhookDeliveries.subscriptionId))
    .where(eq(webhookSubscriptions.userId, user.id))
    .orderBy(asc(webhookDeliveries.id));
  return rows.map(({ payload }) => webhookEventSchema.parse(JSON.parse(payload)));
}
const typesTo = async (user: TestUser) => (await toldTo(user)).map(({ type }) => type);
const runJobs = () =>
  createDispatcher({
    db: t.services().db,
    handlers: createJobHandlers(t.jobs()).filter(({ job }) => job.topic !== 'webhooks.deliver'),
  }).runDue();

describe('an article', () => {
  it('tells when it goes live, when it changes there, and when it is taken off', async () => {
    const { id: articleId } = await anna.api.articles.create({ title: '龙井', content: '明前茶' });
    const { slug, url } = await anna.api.publications.publish({ articleId });
    await anna.api.publications.publish({ articleId });
    await anna.api.publications.unpublish({ articleId });
    await anna.api.publications.unpublish({ articleId });
    await anna.api.publications.publish({ articleId });
    const about = { articleId, title: '龙井', slug };
    const timestamp = expect.any(String);
    expect(await toldTo(anna)).toEqual([
      { type: 'article.published', timestamp, data: { ...about, url } },
      { type: 'article.updated', timestamp, data: { ...about, url } },
      { type: 'article.unpublished', timestamp, data: about },
      { type: 'article.published', timestamp, data: { ...about, url } },
    ]);
    expect(await toldTo(ben)).toEqual([]);
  });

  it('says nothing while it is written', async () => {
    const { id, revision } = await anna.api.articles.create({ title: 't' });
    const data = { title: 't', content: 'more' };
    await anna.api.articles.save({ id, baseRevision: revision, data });
    expect(await toldTo(anna)).toEqual([]);
  });

  it('tells when it goes into the trash, a live one also that it is off the web, once', async () => {
    const live = await anna.api.articles.create({ title: 'live' });
    const draft = await anna.api.articles.create({ title: 'draft' });
    await anna.api.publications.publish({ articleId: live.id });
    await anna.api.articles.updateMany({ action: 'trash', ids: [live.id, draft.id] });
    await anna.api.articles.delete({ id: live.id });
    await anna.api.articles.updateMany({ action: 'purge', ids: [live.id, draft.id] });
    const told = await toldTo(anna);
    expect(told.map(({ type }) => type)).toEqual([
      'article.published',
      'article.unpublished',
      'article.deleted',
      'article.deleted',
    ]);
    expect(
      told
        .slice(2)
        .map(({ data }) => ('title' in data ? data.title : ''))
        .sort(),
    ).toEqual(['draft', 'live']);
  });

  it('tells that an administrator closed it, and that it is open again', async () => {
    const admin = await t.user({ role: 'admin' });
    const { id: articleId } = await anna.api.articles.create({ title: 't', content: 'x' });
    const { slug } = await anna.api.publications.publish({ articleId });
    await t.api().reports.create({ slug, reason: 'spam' });
    const [report] = (await admin.api.admin.reports.list()).items;
    await admin.api.admin.reports.resolve({ id: report?.id ?? '', action: 'block' });
    await admin.api.admin.reports.unblock({ articleId });
    await admin.api.admin.reports.unblock({ articleId });
    expect(await typesTo(anna)).toEqual([
      'article.published',
      'article.unpublished',
      'article.published',
    ]);
  });
});

describe('what was waited for', () => {
  it('is told when an import is over', async () => {
    const importId = await t.imported(anna);
    const [told, ...more] = await toldTo(anna);
    expect(more).toEqual([]);
    expect(told).toMatchObject({
      type: 'import.finished',
      data: { importId, source: 'vault.zip', notes: 2, rejected: 0 },
    });
    expect(await toldTo(ben)).toEqual([]);
  });

  it('is told when an export is ready', async () => {
    const { id: exportId } = await anna.api.exports.create({ kind: 'everything' });
    expect(await toldTo(anna)).toEqual([]);
    await runJobs();
    const [made] = (await anna.api.exports.list()).items;
    expect(await toldTo(anna)).toMatchObject([
      {
        type: 'export.finished',
        data: { exportId, expiresAt: made?.expiresAt.toISOString() },
      },
    ]);
    expect(await toldTo(ben)).toEqual([]);
  });
});

describe('a paid order', () => {
  it('is told to its buyer and to who keeps the shop, once however often the channel says so', async () => {
    const keeper = await t.user({ role: 'admin' });
    await subscribe(keeper, ['order.paid']);
    const gone = await t.user({ role: 'admin', status: 'suspended' });
    await subscribe(gone, ['order.paid']);
    const plan = await buildPlan(keeper);
    const order = await buildOrder(t, { userId: anna.id, plan });
    const payment = { transactionId: `tx-${order.outTradeNo}`, amountFen: 1200 };
    const { db } = t.services();
    for (let n = 0; n < 2; n++) await db.transaction((tx) => settlePayment(tx, order.id, payment));
    const { id: orderId, outTradeNo } = order;
    const data = {
      ...{ orderId, outTradeNo, planId: plan.id },
      ...{ period: 'month', amountFen: 1200, channel: 'alipay' },
    };
    const told = [{ type: 'order.paid', data }];
    expect(await toldTo(anna)).toMatchObject(told);
    expect(await toldTo(keeper)).toMatchObject(told);
    expect(await toldTo(ben)).toEqual([]);
    expect(await toldTo(gone)).toEqual([]);
  });
});

describe('a webhook', () => {
  it('is told of what it asked for and of nothing else', async () => {
    const cleo = await t.user();
    await subscribe(cleo, ['article.deleted']);
    await subscribe(cleo, ['article.deleted', 'order.paid']);
    const { id } = await cleo.api.articles.create({ title: 't' });
    await cleo.api.publications.publish({ articleId: id });
    await cleo.api.articles.delete({ id });
    expect(await typesTo(cleo)).toEqual(['article.deleted', 'article.deleted']);
  });

  it('is told of nothing that was rolled back', async () => {
    const { db } = t.services();
    const waiting = () => db.$count(outbox, eq(outbox.topic, 'webhooks.deliver'));
    const before = await waiting();
    const data = { articleId: anna.id, title: 't' };
    const emit = (isKept: boolean) =>
      db.transaction(async (tx) => {
        await emitWebhooks(tx, [anna.id], [{ type: 'article.deleted', data }]);
        if (!isKept) tx.rollback();
      });
    await expect(emit(false)).rejects.toThrow();
    expect([await toldTo(anna), await waiting()]).toEqual([[], before]);
    await emit(true);
    expect([await typesTo(anna), await waiting()]).toEqual([['article.deleted'], before + 1]);
  });
});
