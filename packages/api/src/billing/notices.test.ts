import { generateKeyPairSync } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { createAlipay } from '@ainotebook/payments';
import { eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { createRateLimits } from '../rate-limits.js';
import { useApi } from '../test-support.js';
import { takeNotice } from './notices.js';

const t = useApi();
const { paymentNotices } = schema;
const [ours, theirs] = [1, 2].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
const alipay = () =>
  createAlipay(
    {
      appId: '2021000000000001',
      privateKey: ours?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '',
      publicKey: theirs?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? '',
      sellerId: null,
    },
    // Nothing is asked: what strangers send is refused before.
    { notifyUrl: 'https://notes.test/notify', baseUrl: 'http://127.0.0.1:9' },
  );

it('of what strangers send as notices only a little is kept, of one network and of all', async () => {
  const { db, nudgeJobs } = t.services();
  const payments = { alipay: alipay() };
  const services = { db, nudgeJobs, payments, limits: createRateLimits() };
  const kept = () => db.$count(paymentNotices, eq(paymentNotices.state, 'rejected'));
  const headers = { 'wechatpay-junk': 'x'.repeat(5_000), 'wechatpay-nonce': 'y'.repeat(5_000) };
  const send = async (ip: string) => {
    const body = Buffer.from(`n=${ip}&x=${'x'.repeat(50_000)}`);
    const { reply, rejection } = await takeNotice(services, 'alipay', { body, headers, ip });
    expect([reply.body, rejection?.reason]).toEqual(['fail', 'signature']);
    return rejection?.isKept;
  };
  const outcomes: unknown[] = [];
  for (let n = 1; n <= 70; n++) outcomes.push(await send(`2001:db8::${n}`));
  expect(outcomes.filter((isKept) => isKept)).toHaveLength(60);
  expect(await kept()).toBe(60);
  for (let n = 1; n <= 70; n++) await send(`192.0.2.${n}`);
  expect(await kept()).toBe(120);
  const { rows } = await db.execute<{ bytes: number }>(sql`
    select max(length(body) + length(headers::text)) as bytes from payment_notices`);
  expect(rows[0]?.bytes).toBeLessThan(6_000);
});
