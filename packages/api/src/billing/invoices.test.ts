import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { type TestUser, useApi } from '../test-support.js';
import { settlePayment } from './settle.js';
import { buildOrder, buildPlan } from './test-support.js';

const t = useApi();
const db = () => t.services().db;
let admin: TestUser;
let plan: Awaited<ReturnType<typeof buildPlan>>;

beforeAll(async () => {
  admin = await t.user({ role: 'admin' });
  plan = await buildPlan(admin);
});

/** Of every caller in tests. */
const ADDRESS = '203.0.113.7';

const COMPANY = {
  kind: 'company' as const,
  title: '示例科技有限公司',
  taxNumber: '91110105MA01ABCD2X',
  email: 'accounts@example.org',
};

async function buyer({ isPaid = true } = {}) {
  const user = await t.user();
  const order = await buildOrder(t, { userId: user.id, plan });
  const payment = { transactionId: order.id, amountFen: order.amountFen };
  if (isPaid) await db().transaction((tx) => settlePayment(tx, order.id, payment));
  return { user, orderId: order.id, invoices: user.api.invoices };
}

describe('an invoice', () => {
  it('is asked for over what an order has cost, seen by its buyer and by administrators', async () => {
    const { orderId, invoices } = await buyer();
    expect(await invoices.get({ orderId })).toBeNull();
    const asked = await invoices.request({ orderId, ...COMPANY });
    expect(asked).toMatchObject({ ...COMPANY, orderId, amountFen: 1200, status: 'requested' });
    expect(await invoices.get({ orderId })).toEqual(asked);
    const { items } = await admin.api.admin.invoices.list({ status: 'requested' });
    expect(items.find(({ id }) => id === asked.id)).toMatchObject({
      keptFen: 1200,
      amountFen: 1200,
    });
    const { user: other } = await buyer();
    expect(await codeOf(other.api.invoices.get({ orderId }))).toBe('not_found');
    expect(await codeOf(other.api.invoices.request({ orderId, ...COMPANY }))).toBe('not_found');
    expect(await codeOf(other.api.admin.invoices.list())).toBe('forbidden');
  });

  it('is changed until it is issued, and then no more', async () => {
    const { orderId, invoices } = await buyer();
    const { id } = await invoices.request({ orderId, ...COMPANY });
    const personal = { kind: 'personal' as const, title: '林茶', email: 'a@example.org' };
    expect(await invoices.request({ orderId, ...personal })).toMatchObject({
      id,
      ...personal,
      taxNumber: null,
    });
    const answer = { id, status: 'issued' as const, answer: '25112000000012345678' };
    await admin.api.admin.invoices.answer(answer);
    await admin.api.admin.invoices.answer(answer);
    const { items } = await admin.api.admin.site.listAudit();
    expect(items[0]).toMatchObject({ action: 'invoice.issued', actorId: admin.id, ip: ADDRESS });
    expect(await codeOf(admin.api.admin.invoices.answer({ ...answer, answer: '2' }))).toBe(
      'conflict',
    );
    expect(await codeOf(invoices.request({ orderId, ...COMPANY }))).toBe('conflict');
    expect(await invoices.get({ orderId })).toMatchObject({
      status: 'issued',
      answer: answer.answer,
    });
    const { events } = await admin.api.admin.orders.get({ id: orderId });
    expect(events.filter(({ action }) => action === 'invoice.issued')).toHaveLength(1);
  });

  it('that was declined is asked for again', async () => {
    const { orderId, invoices } = await buyer();
    const { id } = await invoices.request({ orderId, ...COMPANY });
    await admin.api.admin.invoices.answer({ id, status: 'declined', answer: '税号有误' });
    expect(await invoices.get({ orderId })).toMatchObject({
      status: 'declined',
      answer: '税号有误',
    });
    expect(await invoices.request({ orderId, ...COMPANY })).toMatchObject({
      id,
      status: 'requested',
      answer: null,
    });
  });

  it('is over what was not given back, and there is none over nothing', async () => {
    const open = await buyer({ isPaid: false });
    expect(await codeOf(open.invoices.request({ orderId: open.orderId, ...COMPANY }))).toBe(
      'conflict',
    );
    const { orderId, invoices } = await buyer();
    const refunded = (fields: Partial<typeof schema.orders.$inferInsert>) =>
      db().update(schema.orders).set(fields).where(eq(schema.orders.id, orderId));
    await refunded({ status: 'refunding' });
    await refunded({ status: 'partially_refunded', refundedFen: 200 });
    expect(await invoices.request({ orderId, ...COMPANY })).toMatchObject({ amountFen: 1000 });
    await refunded({ status: 'refunding' });
    await refunded({ status: 'refunded', refundedFen: 1200 });
    expect(await codeOf(invoices.request({ orderId, ...COMPANY }))).toBe('conflict');
    const { items } = await admin.api.admin.invoices.list();
    expect(items.find((one) => one.orderId === orderId)).toMatchObject({ keptFen: 0 });
  });

  it.each(['9111', '91110105MA01ABCD2X000', '税号', "91110105MA01AB'--"])(
    'is not asked for with the tax number %s',
    async (taxNumber) => {
      const { orderId, invoices } = await buyer();
      expect(await codeOf(invoices.request({ orderId, ...COMPANY, taxNumber }))).toBe('bad_input');
    },
  );
});
