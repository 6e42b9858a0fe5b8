import { createHmac } from 'node:crypto';
import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { type TestUser, useApi } from '../test-support.js';
import { type Received, useReceiver } from './test-support.js';
import { pruneDeliveries } from './webhooks.jobs.js';

const t = useApi();
const receiver = useReceiver(t);
const { notifications, webhookDeliveries, webhookSubscriptions } = schema;
let anna: TestUser;
let ben: TestUser;
beforeEach(async () => {
  // What former tests left waiting is not of this one.
  await t.services().db.delete(webhookSubscriptions);
  anna = await t.user();
  ben = await t.user();
});

/** A delivery that waits. @returns its webhook and itself */
async function waiting() {
  const webhook = await receiver.subscribe(anna, ['article.deleted']);
  const { id: articleId } = await anna.api.articles.create({ title: '龙井' });
  await anna.api.articles.delete({ id: articleId });
  const [delivery] = (await anna.api.webhooks.listDeliveries({ webhookId: webhook.id })).items;
  if (!delivery) throw new Error('nothing waits');
  return { webhook, articleId, id: delivery.id };
}
const read = (id: string) => anna.api.webhooks.getDelivery({ id });
const webhookOf = async (id: string) =>
  (await anna.api.webhooks.list()).find((one) => one.id === id);
const signed = (secret: string, { headers, body }: Received) => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
};
/** As if every attempt since so many days had failed. */
const sickFor = (id: string, days: number) =>
  t
    .services()
    .db.update(webhookSubscriptions)
    .set({ failingSince: sql`now() - make_interval(days => ${days})` })
    .where(eq(webhookSubscriptions.id, id));
const lastAttempt = (id: string) =>
  t
    .services()
    .db.update(webhookDeliveries)
    .set({ attempts: LIMITS.webhookAttempts - 1 })
    .where(eq(webhookDeliveries.id, id));
const toldOf = async (user: TestUser) => {
  const rows = await t
    .services()
    .db.select({ kind: notifications.kind, data: notifications.data })
    .from(notifications)
    .where(eq(notifications.userId, user.id));
  return rows;
};

describe('a delivery', () => {
  it('is what happened, signed as Standard Webhooks are, and written down', async () => {
    const { webhook, articleId, id } = await waiting();
    receiver.answer({ status: 200, body: 'thanks' });
    const [sent, ...more] = await receiver.deliver();
    expect(more).toEqual([]);
    expect(sent).toMatchObject({
      path: '/hook',
      headers: { 'content-type': 'application/json', 'webhook-id': id },
    });
    expect(sent?.headers['webhook-timestamp']).toMatch(/^\d{10}$/);
    expect(sent && signed(webhook.secret, sent)).toBe(sent?.headers['webhook-signature']);
    const payload = JSON.parse(sent?.body ?? '');
    expect(payload).toEqual({
      type: 'article.deleted',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { articleId, title: '龙井' },
    });
    expect(await read(id)).toMatchObject({
      type: 'article.deleted',
      status: 'delivered',
      attempts: 1,
      failure: null,
      responseStatus: 200,
      responseBody: 'thanks',
      latencyMs: expect.any(Number),
      lastAttemptAt: expect.any(Date),
      nextAttemptAt: null,
      payload,
    });
    expect(await receiver.deliver()).toEqual([]);
  });

  it('is its owner’s alone', async () => {
    const { webhook, id } = await waiting();
    expect(await codeOf(ben.api.webhooks.getDelivery({ id }))).toBe('not_found');
    expect(await codeOf(ben.api.webhooks.replay({ id }))).toBe('not_found');
    expect(await codeOf(ben.api.webhooks.listDeliveries({ webhookId: webhook.id }))).toBe(
      'not_found',
    );
    expect(await codeOf(t.api().webhooks.getDelivery({ id }))).toBe('unauthenticated');
  });

  it('is signed with both secrets for a day after a rotation', async () => {
    const { webhook } = await waiting();
    const { secret } = await anna.api.webhooks.rotateSecret({ id: webhook.id });
    const [sent] = await receiver.deliver();
    if (!sent) throw new Error('nothing was sent');
    const signatures = String(sent.headers['webhook-signature']).split(' ');
    expect(signatures).toEqual([signed(secret, sent), signed(webhook.secret, sent)]);
    await t
      .services()
      .db.update(webhookSubscriptions)
      .set({ formerUntil: sql`now() - interval '1 s'` });
    await anna.api.webhooks.sendTest({ id: webhook.id });
    const [later] = await receiver.deliver();
    expect(later && [signed(secret, later)]).toEqual([later?.headers['webhook-signature']]);
  });

  it('that fails is tried eight times within a day, with one id and one body, and is given up', async () => {
    const { id } = await waiting();
    const bodies = new Set<string>();
    let pausesMs = 0;
    for (let attempt = 1; attempt <= LIMITS.webhookAttempts; attempt++) {
      receiver.answer(attempt % 2 ? { status: 500, body: 'no' } : null);
      const [sent, ...more] = await receiver.deliver();
      expect(more).toEqual([]);
      expect(sent?.headers['webhook-id']).toBe(id);
      bodies.add(sent?.body ?? '');
      const { nextAttemptAt, lastAttemptAt, ...row } = await read(id);
      const isLast = attempt === LIMITS.webhookAttempts;
      expect(row).toMatchObject({
        status: isLast ? 'failed' : 'pending',
        attempts: attempt,
        failure: attempt % 2 ? 'status' : 'unreachable',
        responseStatus: attempt % 2 ? 500 : null,
        responseBody: attempt % 2 ? 'no' : null,
      });
      expect(nextAttemptAt === null).toBe(isLast);
      if (nextAttemptAt && lastAttemptAt)
        pausesMs += nextAttemptAt.getTime() - lastAttemptAt.getTime();
      // Not before its time.
      expect(await receiver.deliver()).toEqual([]);
      await receiver.wait();
    }
    expect(await receiver.deliver()).toEqual([]);
    expect(bodies.size).toBe(1);
    const hours = pausesMs / 3_600_000;
    expect(hours).toBeGreaterThan(18);
    expect(hours).toBeLessThan(24);
  });

  it('does not follow a redirect, and never reaches an inside host that was not allowed', async () => {
    const { id } = await waiting();
    receiver.answer({ status: 302, location: receiver.url('/elsewhere') });
    expect(await receiver.deliver()).toHaveLength(1);
    expect(await read(id)).toMatchObject({ failure: 'status', responseStatus: 302 });
    const inside = `http://localhost:${receiver.host().split(':')[1]}/hook`;
    const { id: webhookId } = await anna.api.webhooks.create({
      url: inside,
      events: ['article.deleted'],
    });
    const test = await anna.api.webhooks.sendTest({ id: webhookId });
    expect(await receiver.deliver()).toEqual([]);
    expect(await read(test.id)).toMatchObject({ failure: 'refused', responseStatus: null });
  });

  it('keeps only the beginning of an answer, whatever is in it', async () => {
    const { id } = await waiting();
    receiver.answer({ status: 200, body: `\0${'x'.repeat(3_000_000)}` });
    await receiver.deliver();
    const { status, responseBody } = await read(id);
    expect(status).toBe('delivered');
    expect(responseBody).toMatch(/^x{900,1000}$/);
  });

  it('is sent again by hand, with its id, in place of what was left of its attempts', async () => {
    const { id } = await waiting();
    receiver.answer({ status: 500 });
    const [first] = await receiver.deliver();
    receiver.answer({ status: 204 });
    expect(await anna.api.webhooks.replay({ id })).toMatchObject({
      status: 'pending',
      attempts: 0,
    });
    const [second] = await receiver.deliver();
    expect(second?.headers['webhook-id']).toBe(id);
    expect(second?.body).toBe(first?.body);
    expect(await read(id)).toMatchObject({ status: 'delivered', responseStatus: 204 });
    // The attempt that was queued after the failure finds nothing to do.
    await receiver.wait();
    expect(await receiver.deliver()).toEqual([]);
    await anna.api.webhooks.replay({ id });
    expect(await receiver.deliver()).toHaveLength(1);
  });

  it('for a test is sent once, whatever was subscribed to, and says nothing of the others', async () => {
    const { id: webhookId } = await receiver.subscribe(anna, ['order.paid']);
    receiver.answer({ status: 500 });
    const test = await anna.api.webhooks.sendTest({ id: webhookId });
    const [sent] = await receiver.deliver();
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      type: 'webhook.test',
      data: { webhookId },
    });
    expect(await read(test.id)).toMatchObject({ status: 'failed', attempts: 1 });
    expect((await webhookOf(webhookId))?.failingSince).toBeNull();
    await receiver.wait();
    expect(await receiver.deliver()).toEqual([]);
  });

  it('of what its webhook tells of no more is not sent, wherever that leads by then', async () => {
    const { webhook, id } = await waiting();
    await anna.api.webhooks.update({
      id: webhook.id,
      data: { events: ['article.deleted', 'article.published'] },
    });
    expect(await read(id)).toMatchObject({ status: 'pending' });
    const test = await anna.api.webhooks.sendTest({ id: webhook.id });
    await anna.api.webhooks.update({ id: webhook.id, data: { events: ['article.published'] } });
    expect(await read(id)).toMatchObject({
      status: 'failed',
      failure: 'disabled',
      nextAttemptAt: null,
    });
    const url = receiver.url('/elsewhere');
    await anna.api.webhooks.update({ id: webhook.id, data: { url } });
    const sent = await receiver.deliver();
    expect(sent.map(({ path, headers }) => [path, headers['webhook-id']])).toEqual([
      ['/elsewhere', test.id],
    ]);
  });

  it('is forgotten after thirty days', async () => {
    const old = await waiting();
    const kept = await waiting();
    const age = (id: string, days: number) =>
      t
        .services()
        .db.update(webhookDeliveries)
        .set({ createdAt: sql`now() - make_interval(days => ${days})` })
        .where(eq(webhookDeliveries.id, id));
    await age(old.id, LIMITS.webhookDeliveryDays + 1);
    await age(kept.id, LIMITS.webhookDeliveryDays - 1);
    expect(await pruneDeliveries(t.services().db)).toBe(1);
    expect(await codeOf(read(old.id))).toBe('not_found');
    expect(await codeOf(read(kept.id))).toBe('none');
  });
});

describe('deliveries', () => {
  it('are listed page by page, the newest first', async () => {
    const { id: webhookId } = await receiver.subscribe(anna, ['article.deleted']);
    const ids: string[] = [];
    for (let n = 0; n < 5; n++)
      ids.unshift((await anna.api.webhooks.sendTest({ id: webhookId })).id);
    const first = await anna.api.webhooks.listDeliveries({ webhookId, limit: 3 });
    const { nextCursor: cursor } = first;
    const rest = await anna.api.webhooks.listDeliveries({ webhookId, limit: 3, cursor });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeNull();
    const wrong = anna.api.webhooks.listDeliveries({ webhookId, cursor: 'x' });
    expect(await codeOf(wrong)).toBe('bad_input');
  });
});

describe('a receiver', () => {
  it('that says it is gone turns its webhook off at once, and its owner is told', async () => {
    const { webhook } = await waiting();
    const other = await anna.api.articles.create({ title: '碧螺春' });
    await anna.api.articles.delete({ id: other.id });
    receiver.answer({ status: 410 });
    await receiver.deliver();
    expect(await webhookOf(webhook.id)).toMatchObject({ disabledReason: 'gone' });
    const data = { webhookId: webhook.id, url: webhook.url, reason: 'gone' };
    expect(await toldOf(anna)).toEqual([{ kind: 'webhook_disabled', data }]);
    expect(await toldOf(ben)).toEqual([]);
    const { items } = await anna.api.webhooks.listDeliveries({ webhookId: webhook.id });
    expect(items.map(({ status }) => status)).toEqual(['failed', 'failed']);
    // Whichever of the two came first.
    expect(items.map(({ responseStatus }) => responseStatus)).toContain(410);
    await receiver.wait();
    expect(await receiver.deliver()).toEqual([]);
    const third = await anna.api.articles.create({ title: '毛尖' });
    await anna.api.articles.delete({ id: third.id });
    expect(await receiver.deliver()).toEqual([]);
  });

  it('that failed for five days turns it off when a delivery is given up, not before', async () => {
    const { webhook, id } = await waiting();
    receiver.answer({ status: 503 });
    await sickFor(webhook.id, 6);
    await receiver.deliver();
    expect(await webhookOf(webhook.id)).toMatchObject({ disabledReason: null });
    await lastAttempt(id);
    await sickFor(webhook.id, 4);
    await receiver.wait();
    await receiver.deliver();
    expect(await read(id)).toMatchObject({ status: 'failed' });
    expect(await webhookOf(webhook.id)).toMatchObject({ disabledReason: null });
    await anna.api.webhooks.replay({ id });
    await lastAttempt(id);
    await sickFor(webhook.id, 6);
    await receiver.deliver();
    expect(await webhookOf(webhook.id)).toMatchObject({ disabledReason: 'failing' });
    const data = { webhookId: webhook.id, url: webhook.url, reason: 'failing' };
    expect(await toldOf(anna)).toEqual([{ kind: 'webhook_disabled', data }]);
  });

  it('that answers again is well', async () => {
    const { webhook } = await waiting();
    receiver.answer({ status: 500 });
    await receiver.deliver();
    expect((await webhookOf(webhook.id))?.failingSince).toBeInstanceOf(Date);
    receiver.answer({ status: 200 });
    await receiver.wait();
    await receiver.deliver();
    expect((await webhookOf(webhook.id))?.failingSince).toBeNull();
  });
});
