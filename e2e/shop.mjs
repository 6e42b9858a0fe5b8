// A shop with something in it, for pictures and axe: plans, an order that was paid, codes, a grant.
import { callerOf } from './till.mjs';

const GB = 1024 ** 3;
const PLANS = [
  {
    key: 'pro',
    name: '专业版',
    description: '给每天都写的人。',
    benefits: { storageBytes: 20 * GB, aiTokensPerMonth: 2_000_000, hasJobPriority: true },
    prices: [
      { period: 'month', amountFen: 1200 },
      { period: 'year', amountFen: 11_800 },
    ],
  },
  {
    key: 'studio',
    name: '工作室版',
    description: '资料多、要用自己的域名发布。',
    benefits: {
      storageBytes: 200 * GB,
      aiTokensPerMonth: 10_000_000,
      concurrentStreams: 4,
      hasJobPriority: true,
      hasCustomDomain: true,
    },
    prices: [
      { period: 'month', amountFen: 3000 },
      { period: 'year', amountFen: 29_800 },
      { period: 'lifetime', amountFen: 99_900 },
    ],
  },
];

/**
 * @param {string} baseUrl
 * @param {import('./till.mjs').Till} till
 * @param {{ keeper: string, member: string }} tokens
 */
export async function openShop(baseUrl, till, tokens) {
  const keeper = callerOf(baseUrl, tokens.keeper);
  const member = callerOf(baseUrl, tokens.member);
  const plans = [];
  for (const plan of PLANS) plans.push(await keeper('admin.plans.create', plan));
  const [pro, studio] = plans;
  const way = { channel: 'alipay', mode: 'qr' };
  const order = await member('orders.create', { planId: pro.id, period: 'year', ...way });
  till.alipay.pay(order.outTradeNo);
  await till.notify(baseUrl, order.outTradeNo);
  await member('invoices.request', {
    orderId: order.id,
    kind: 'company',
    title: '上海示例科技有限公司',
    taxNumber: '91310000MA1K0EXAMP',
    email: 'accounts@example.org',
  });
  const expiresAt = new Date(Date.now() + 90 * 86_400_000).toISOString();
  const codes = { planId: studio.id, period: 'month', count: 20, note: '读者见面会', expiresAt };
  await keeper('admin.codes.generate', codes);
  return { orderId: order.id };
}
