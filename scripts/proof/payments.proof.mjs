// Proof: kill -9 of the server between the commit of a payment and its answer, with notices that are lost, repeated,
// out of order, forged or of refunds, grants each payment once and leaves a ledger that is the channel's bill.
//   node scripts/proof/payments.proof.mjs [--short] [--seed N]     (build first)
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createAlipay } from '../../packages/payments/dist/index.js';
import { startAlipay } from '../../packages/testkit/dist/payments/alipay.js';
import { seededRandom } from './random.mjs';
import { openProofServer } from './server.mjs';
import { openVerdicts } from './verdicts.mjs';

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '7' } },
});
const KILLS = values.short ? 3 : 30;
/** Orders of a round, a share of each fate. */
const ORDERS = 24;
const AMOUNT_FEN = 1200;
const APP = '2021000000000001';
const QUIET_MS = 60_000;

const random = seededRandom(Number(values.seed));
const shuffled = (all) =>
  all
    .map((one) => [random(), one])
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
const { say, isKept } = openVerdicts();
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key, type) => key.export({ type, format: 'pem' }).toString();
const [ours, theirs, stranger] = [pair(), pair(), pair()];
const alipay = await startAlipay({ appId: APP, keys: { app: ours, alipay: theirs, stranger } });
const keys = {
  privateKey: pem(ours.privateKey, 'pkcs8'),
  publicKey: pem(theirs.publicKey, 'spki'),
};
const channel = createAlipay(
  { appId: APP, ...keys, sellerId: null },
  { notifyUrl: 'https://notes.test/api/payments/alipay/notify', baseUrl: alipay.url },
);
const server = await openProofServer({
  env: {
    ALIPAY_APP_ID: APP,
    ALIPAY_PRIVATE_KEY: keys.privateKey.replaceAll('\n', '\\n'),
    ALIPAY_PUBLIC_KEY: keys.publicKey.replaceAll('\n', '\\n'),
    ALIPAY_GATEWAY: `${alipay.url}/gateway.do`,
  },
});

/**
 * What becomes of an order: told and told again until it is answered; told of never; told of a refund
 * first; paid a second time; given back by the merchant before we knew; forged.
 */
const FATES = ['told', 'told', 'untold', 'refundFirst', 'twice', 'returned', 'forged', 'unpaid'];
const orders = [];
let answered = 0;
let cut = 0;
let forgedTaken = 0;

/** Orders as a checkout leaves them: the row, the trade at the channel, the job that asks. */
async function makeOrders() {
  const made = [];
  for (let i = 0; i < ORDERS; i++) {
    const order = {
      id: randomUUID(),
      userId: randomUUID(),
      no: `proof${randomBytes(12).toString('hex')}`,
      fate: FATES[i % FATES.length],
      isAnswered: false,
    };
    await channel.createPayment({
      mode: 'qr',
      outTradeNo: order.no,
      amountFen: AMOUNT_FEN,
      subject: 'Proof',
      expiresAt: new Date(Date.now() + 900_000),
    });
    made.push(order);
  }
  await server.withDatabase(async (client) => {
    for (const { id, userId, no } of made) {
      await client.query(
        `insert into users (id, email, handle, display_name, password_hash)
         values ($1, $2, $3, 'Buyer', 'none')`,
        [userId, `${userId}@example.org`, userId.slice(0, 30)],
      );
      await client.query(
        `insert into orders (id, user_id, checkout_id, out_trade_no, plan_id, version_id, period,
           amount_fen, channel, mode, subject, expires_at)
         select $1, $2, $1, $3, v.plan_id, v.id, 'month', $4, 'alipay', 'qr', 'Proof',
           now() + interval '15 minutes' from plan_versions v`,
        [id, userId, no, AMOUNT_FEN],
      );
      await client.query(
        `insert into outbox (id, topic, payload, priority, next_at)
         values ($1, 'orders.reconcile', jsonb_build_object('orderId', $2::text), 1,
           now() + interval '30 seconds')`,
        [randomUUID(), id],
      );
    }
  });
  orders.push(...made);
  return made;
}

/** Happens at the channel, whoever hears of it. */
function payAtChannel({ no, fate }) {
  alipay.scan(no);
  if (fate === 'forged' || fate === 'unpaid') return;
  alipay.pay(no);
  if (fate === 'returned') alipay.refundByMerchant(no);
}

/** The notices of an order, each as often as the channel would send it. */
function noticesOf({ no, fate }) {
  const honest = () => alipay.notice(no);
  const refund = (number = 'by-hand') =>
    alipay.notice(no, {
      changes: {
        notify_id: `r-${no}`,
        gmt_refund: '2026-03-01 08:00:00',
        out_biz_no: number,
        refund_fee: '12.00',
      },
    });
  switch (fate) {
    case 'told':
      return [honest(), honest(), honest()];
    case 'refundFirst':
      return [refund(), honest()];
    case 'returned':
      return [refund(`m-${no}`), refund(`m-${no}`)];
    case 'twice': {
      const transaction = alipay.payAgain(no);
      const changes = { trade_no: transaction, notify_id: `2-${no}` };
      return [honest(), alipay.notice(no, { changes }), alipay.notice(no, { changes })];
    }
    case 'forged':
      return [
        alipay.notice(no, {
          signWith: stranger.privateKey,
          changes: { trade_status: 'TRADE_SUCCESS' },
        }),
        alipay.notice(no, { after: { trade_status: 'TRADE_SUCCESS', total_amount: '0.01' } }),
      ];
    default:
      return [];
  }
}

async function tell(order, body) {
  try {
    const answer = await fetch(`${server.baseUrl}/api/payments/alipay/notify`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body,
      signal: AbortSignal.timeout(20_000),
    });
    const isTaken = (await answer.text()) === 'success';
    if (isTaken && order.fate === 'forged') forgedTaken += 1;
    if (isTaken) answered += 1;
    return isTaken;
  } catch {
    cut += 1;
    return false;
  }
}

/** Asks at once what would be asked in minutes, until nothing is left to ask. @returns what is left */
async function settleAll() {
  const deadline = performance.now() + QUIET_MS;
  for (;;) {
    const [left] = await server.query(
      `select (select count(*) from refunds where state = 'pending')::int as refunds,
         (select count(*) from orders o where o.status in ('pending', 'refunding')
           and o.out_trade_no = any(array[${waitedFor()}]::text[]))::int as orders`,
    );
    if ((left.refunds === 0 && left.orders === 0) || performance.now() > deadline) return left;
    await server.query(
      `update outbox set next_at = now()
       where topic like 'orders.%' and done_at is null and failed_at is null and attempt = 0
         and next_at > now()`,
    );
    await sleep(150);
  }
}

/** Numbers of orders that were paid at the channel: the others stay open. */
const waitedFor = () =>
  orders
    .filter(({ fate }) => fate !== 'forged' && fate !== 'unpaid')
    .map(({ no }) => `'${no}'`)
    .join(',') || "''";

try {
  await server.start();
  await server.query(
    `with p as (insert into plans (id, key) values (gen_random_uuid(), 'proof') returning id)
     insert into plan_versions (id, plan_id, number, name, benefits)
     select gen_random_uuid(), id, 1, 'Proof', '{}' from p`,
  );
  let answeredButOpen = 0;

  for (let kill = 0; kill < KILLS; kill++) {
    const round = await makeOrders();
    for (const order of round) payAtChannel(order);
    const mails = shuffled(
      round.flatMap((order) => noticesOf(order).map((body) => ({ order, body }))),
    );
    const sent = mails.map(async ({ order, body }) => ({
      order,
      body,
      isTaken: await tell(order, body),
    }));
    // In the midst of it: some are answered, some committed and not answered, some neither.
    await Promise.race(sent);
    await sleep(random() * 120);
    await server.kill();
    const outcomes = await Promise.all(sent);
    await server.start();
    // What was answered is there, whatever died.
    const paidFor = outcomes.filter(({ order, isTaken }) => isTaken && order.fate === 'told');
    for (const { order } of paidFor) {
      const [row] = await server.query(`select status from orders where id = '${order.id}'`);
      if (row.status !== 'paid') answeredButOpen += 1;
    }
    // The channel repeats what was not answered; one in three is lost for good. Of a second payment no
    // question tells, so its notice comes at last.
    for (const { order, body, isTaken } of outcomes) {
      const isLost = order.fate !== 'twice' && random() < 1 / 3;
      if (!isTaken && !isLost) await tell(order, body);
    }
  }
  const left = await settleAll();

  const rows = await server.query(
    `select o.out_trade_no as no, o.status,
       (select count(*) from entitlements e where e.order_id = o.id)::int as terms,
       (select count(*) from entitlements e where e.order_id = o.id and e.revoked_at is null)::int as held,
       (select coalesce(sum(p.amount_fen), 0) from payments p where p.order_id = o.id)::int
         - (select coalesce(sum(r.amount_fen), 0) from refunds r
            where r.order_id = o.id and r.state = 'done')::int as ledger
     from orders o`,
  );
  const ours_ = new Map(rows.map((row) => [row.no, row]));
  const billOf = (no) =>
    alipay.bill
      .filter((line) => line.outTradeNo === no)
      .reduce((sum, { kind, amountFen }) => sum + (kind === 'payment' ? amountFen : -amountFen), 0);
  const isGranted = ({ fate }) => ['told', 'untold', 'refundFirst', 'twice'].includes(fate);
  const wrongGrants = orders.filter((order) => {
    const { terms, held } = ours_.get(order.no);
    return isGranted(order) ? terms !== 1 || held !== 1 : held !== 0;
  });
  const unequal = orders.filter(({ no }) => ours_.get(no).ledger !== billOf(no));
  const wrongStates = orders.filter((order) => {
    const { status } = ours_.get(order.no);
    if (isGranted(order)) return status !== 'paid';
    // Closed where no notice of the refund was heard: the bill would tell.
    if (order.fate === 'returned') return status !== 'refunded' && status !== 'closed';
    return status !== 'pending';
  });
  const sum = rows.reduce((all, { ledger }) => all + ledger, 0);
  const bill = orders.reduce((all, { no }) => all + billOf(no), 0);

  say(
    'after kill -9 among notices every payment has one grant, and nothing else has one',
    {
      kills: KILLS,
      orders: orders.length,
      granted: orders.filter(isGranted).length,
      wrong: wrongGrants.length,
    },
    wrongGrants.length === 0,
  );
  say(
    'the ledger is the bill of the channel, order by order',
    { ledgerFen: sum, billFen: bill, unequal: unequal.length },
    unequal.length === 0 && sum === bill && sum > 0,
  );
  say(
    'every order ends where it should, those included of which nobody told us',
    { ...left, wrong: wrongStates.length },
    wrongStates.length === 0 && left.refunds === 0 && left.orders === 0,
  );
  say(
    'what was answered with success is committed, and no forged notice was',
    { answered, answeredButOpen, forgedTaken },
    answeredButOpen === 0 && forgedTaken === 0 && answered > 0,
  );
  say('the kills were real: notices lost their answer', { cut }, cut > 0);
} finally {
  await server.close();
  await alipay.stop();
}
process.exitCode = isKept() ? 0 : 1;
