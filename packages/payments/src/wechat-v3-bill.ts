import { createHash } from 'node:crypto';
import { fromYuan } from './amounts.js';
import { readBillTable } from './bill-table.js';
import type { BillLine } from './channel.js';
import { PaymentError } from './payment-error.js';
import { at, refused, type WechatV3 } from './wechat-client.js';

const HEADS = { first: '交易时间', subject: '商品名称' };

/** The bill of a day: a signed answer names a file and its hash. @throws PaymentError */
export async function wechatV3Bill(client: WechatV3, day: string): Promise<BillLine[]> {
  const params = { bill_date: day, bill_type: 'ALL' };
  const { data, refusal } = await client.send('get', 'bill/tradebill', { params });
  // Nothing moved on that day.
  if (refusal?.code === 'NO_STATEMENT_EXIST') return [];
  if (refusal) throw refused(refusal);
  const address = at(data, 'download_url');
  const token = typeof address === 'string' ? new URL(address).searchParams.get('token') : null;
  if (token === null) throw new PaymentError('refused', 'WeChat Pay gave no bill');
  const file = await client.send('get', 'billdownload/file', { params: { token }, isFile: true });
  if (file.refusal) throw refused(file.refusal);
  if (!Buffer.isBuffer(file.data)) throw new PaymentError('refused', 'WeChat Pay gave no bill');
  // The file itself carries no signature, but the answer that named it does.
  const hash = createHash('sha1').update(file.data).digest('hex');
  if (hash !== String(at(data, 'hash_value')).toLowerCase()) {
    throw new PaymentError('untrusted', 'The bill is not the one that WeChat Pay signed');
  }
  return readLines(file.data.toString('utf8'));
}

function readLines(text: string): BillLine[] {
  return readBillTable(text, HEADS).flatMap((cell): BillLine[] => {
    const state = cell('交易状态');
    const isRefund = state === 'REFUND';
    // Refunds are in the bill of the day on which they began, also while they are under way.
    if (isRefund ? cell('退款状态') === 'FAIL' : state !== 'SUCCESS') return [];
    const amountFen = fromYuan(cell(isRefund ? '退款金额' : '订单金额'));
    if (amountFen === null) throw new PaymentError('refused', 'The bill holds an unknown amount');
    return [
      {
        kind: isRefund ? 'refund' : 'payment',
        outTradeNo: cell('商户订单号'),
        transactionId: cell('微信订单号'),
        refundNo: isRefund ? cell('商户退款单号') || null : null,
        amountFen,
      },
    ];
  });
}
