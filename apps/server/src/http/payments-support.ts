import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { createAlipay, createWechat } from '@ainotebook/payments';
import {
  type AlipayStandIn,
  type BillLine,
  startAlipay,
  startWechatPayers,
  startWechatV3,
  type WechatPayersStandIn,
  type WechatV3StandIn,
} from '@ainotebook/testkit';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { bearer, dataOf, errorOf, type Person, useServer } from '../test-support.js';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [ours, theirs, stranger] = [pair(), pair(), pair()];
const pem = (key: (typeof ours)['publicKey'] | (typeof ours)['privateKey']) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

const APP = '2021000000000001';
const MERCHANT = { appId: 'wx0123456789abcdef', mchId: '1900000001' };
const APP_SECRET = '0123456789abcdef0123456789abcdef';
const V3 = { apiKey: 'k'.repeat(32), serial: '5157F09EFDC096DE', keyId: 'PUB_KEY_ID_0119000000' };
interface OrderView {
  id: string;
  status: string;
  channel: string;
  start: { kind: string; params?: Record<string, string> } | null;
  refundedFen: number;
}

/** Signs what is not of Alipay. */
export const forger = stranger.privateKey;

/** A server with both channels, whose stand-ins are paid by the test; a plan at 0.01 a month, 120.00 a year. */
export function useShop() {
  let alipay: AlipayStandIn;
  let wechat: WechatV3StandIn;
  let payers: WechatPayersStandIn;

  beforeAll(async () => {
    alipay = await startAlipay({ appId: APP, keys: { app: ours, alipay: theirs, stranger } });
    const keys = { merchant: ours, wechat: theirs, stranger };
    wechat = await startWechatV3({ ...MERCHANT, ...V3, keys });
    payers = await startWechatPayers({ appId: MERCHANT.appId, secret: APP_SECRET });
  });
  const server = useServer({
    pool: { max: 20 },
    payments: () => ({
      alipay: createAlipay(
        {
          appId: APP,
          privateKey: pem(ours.privateKey),
          publicKey: pem(theirs.publicKey),
          sellerId: null,
        },
        { notifyUrl: 'https://notes.test/api/payments/alipay/notify', baseUrl: alipay.url },
      ),
      wechat: createWechat(
        {
          ...MERCHANT,
          appSecret: APP_SECRET,
          v2: null,
          v3: {
            ...V3,
            privateKey: pem(ours.privateKey),
            verifier: { kind: 'publicKey', keyId: V3.keyId, publicKey: pem(theirs.publicKey) },
          },
        },
        {
          notifyUrl: 'https://notes.test/api/payments/wechat/notify',
          baseUrl: wechat.url,
          payerBaseUrl: payers.url,
        },
      ),
    }),
  });
  let admin: Person;
  let planId = '';

  beforeAll(async () => {
    admin = await server.register();
    await server.database().db.update(schema.users).set({ role: 'admin' });
    const answer = await server.mutate(
      'admin.plans.create',
      {
        key: 'pro',
        name: 'Pro',
        description: '',
        benefits: { storageBytes: 10 * 1024 ** 3 },
        prices: [
          { period: 'month', amountFen: 1 },
          { period: 'year', amountFen: 12_000 },
        ],
      },
      bearer(admin),
    );
    planId = (dataOf(answer) as { id: string }).id;
  });
  afterEach(() => {
    alipay.behave('answer');
    alipay.say(null);
    wechat.behave('answer');
    wechat.delayRefunds(false);
  });
  afterAll(async () => {
    await alipay.stop();
    await wechat.stop();
    await payers.stop();
  });

  /** An order of a person, with our number at the channel. */
  async function order(person: Person, fields: object = {}) {
    const input = { planId, period: 'year', channel: 'alipay', mode: 'qr', ...fields };
    const answer = await server.mutate('orders.create', input, bearer(person));
    if (answer.status !== 200) throw new Error(errorOf(answer).data.appCode);
    const view = dataOf(answer) as OrderView;
    return { ...view, no: (await rowOf(view.id)).outTradeNo };
  }

  async function rowOf(id: string) {
    const [row] = await server
      .database()
      .db.select()
      .from(schema.orders)
      .where(eq(schema.orders.id, id));
    if (!row) throw new Error('no such order');
    return row;
  }

  /** Orders of as many new people, as one person's would be made. */
  async function manyOrders(count: number) {
    const { db } = server.database();
    const { id: _, ...like } = await rowOf((await order(await server.register())).id);
    const made = Array.from({ length: count }, () => ({
      id: randomUUID(),
      userId: randomUUID(),
      no: `many${randomBytes(12).toString('hex')}`,
    }));
    await db.insert(schema.users).values(
      made.map(({ userId }) => ({
        id: userId,
        email: `${userId}@example.org`,
        handle: userId.slice(0, 32),
        displayName: 'One of many',
        passwordHash: 'none',
      })),
    );
    await db
      .insert(schema.orders)
      .values(
        made.map(({ id, userId, no }) => ({ ...like, id, userId, checkoutId: id, outTradeNo: no })),
      );
    for (const { no } of made) {
      await server.services().payments.alipay?.createPayment({
        mode: 'qr',
        outTradeNo: no,
        amountFen: 12_000,
        subject: 'Pro',
        expiresAt: new Date(Date.now() + 900_000),
      });
    }
    return made;
  }

  const given = (person: Person) =>
    server
      .database()
      .db.select()
      .from(schema.entitlements)
      .where(and(eq(schema.entitlements.userId, person.id), isNull(schema.entitlements.revokedAt)));

  const notifyAlipay = (body: string) =>
    server.send({
      method: 'POST',
      path: '/api/payments/alipay/notify',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body,
    });
  const notifyWechat = ({ body, headers }: ReturnType<WechatV3StandIn['notice']>) =>
    server.send({ method: 'POST', path: '/api/payments/wechat/notify', headers, body });

  /** Pays an Alipay order by its code. */
  function payAlipay(no: string) {
    alipay.scan(no);
    alipay.pay(no);
  }

  /** Runs what is due, as if the waiting times were over, until nothing is. */
  async function runJobs() {
    for (let i = 0; i < 6; i += 1) {
      await server
        .database()
        .db.update(schema.outbox)
        .set({ nextAt: sql`now()` })
        .where(and(isNull(schema.outbox.doneAt), sql`topic like 'orders.%'`));
      if ((await server.runJobs({ payments: server.services().payments })) === 0) return;
    }
  }

  const expire = (id: string) =>
    server
      .database()
      .db.update(schema.orders)
      .set({ expiresAt: sql`now()` })
      .where(eq(schema.orders.id, id));

  /** Our ledger of an order: payments in, refunds out. */
  async function ledger(ids: string[]): Promise<number> {
    const { db } = server.database();
    const isTheirs = inArray(schema.payments.orderId, ids);
    const paid = await db.select().from(schema.payments).where(isTheirs);
    const back = await db
      .select()
      .from(schema.refunds)
      .where(and(inArray(schema.refunds.orderId, ids), eq(schema.refunds.state, 'done')));
    const sum = (rows: { amountFen: number }[]) =>
      rows.reduce((all, one) => all + one.amountFen, 0);
    return sum(paid) - sum(back);
  }

  /** The same, by the bills of the channels. */
  function bill(numbers: string[]): number {
    const lines: BillLine[] = [...alipay.bill, ...wechat.bill];
    return lines
      .filter((line) => numbers.includes(line.outTradeNo))
      .reduce((all, one) => all + (one.kind === 'payment' ? one.amountFen : -one.amountFen), 0);
  }

  return {
    server,
    admin: () => admin,
    planId: () => planId,
    alipay: (): AlipayStandIn => alipay,
    wechat: (): WechatV3StandIn => wechat,
    payers: (): WechatPayersStandIn => payers,
    order,
    rowOf,
    manyOrders,
    given,
    notifyAlipay,
    notifyWechat,
    payAlipay,
    runJobs,
    expire,
    ledger,
    bill,
  };
}
