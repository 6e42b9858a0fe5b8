import { fromBuffer } from 'yauzl';
import type { AlipayGateway } from './alipay-gateway.js';
import { fromYuan } from './amounts.js';
import { readBillTable } from './bill-table.js';
import type { BillLine } from './channel.js';
import { PaymentError } from './payment-error.js';

const DOWNLOAD_MS = 60_000;
const MOST_BYTES = 50_000_000;
const MOST_FILES = 20;

const HEADS = { first: '支付宝交易号', subject: '商品名称' };

/** The bill of a day: an answer names a zip, in it a table in GBK. @throws PaymentError */
export async function alipayBill(gateway: AlipayGateway, day: string): Promise<BillLine[]> {
  const method = 'alipay.data.dataservice.bill.downloadurl.query';
  const answer = await gateway.call(method, { bill_type: 'trade', bill_date: day });
  // Nothing moved on that day.
  if (answer.code === 'isp.bill_not_exist') return [];
  const address = answer.fields.bill_download_url;
  if (!answer.isSuccess || typeof address !== 'string') {
    const kind = answer.code === 'isp.unknow-error' ? 'unreachable' : 'refused';
    throw new PaymentError(kind, `Alipay gave no bill: ${answer.code ?? 'no reason'}`, answer.code);
  }
  for (const text of await readZip(await download(address))) {
    // Beside it, a table of sums.
    if (/^支付宝交易号,.*业务类型/m.test(text)) return readLines(text);
  }
  throw new PaymentError('refused', 'The bill of Alipay holds no lines');
}

function readLines(text: string): BillLine[] {
  return readBillTable(text, HEADS).map((cell): BillLine => {
    const isRefund = cell('业务类型') === '退款';
    // What goes back is written as less than nothing.
    const amountFen = fromYuan(cell('订单金额（元）').replace(/^-/, ''));
    if (amountFen === null) throw new PaymentError('refused', 'The bill holds an unknown amount');
    return {
      kind: isRefund ? 'refund' : 'payment',
      outTradeNo: cell('商户订单号'),
      transactionId: cell('支付宝交易号'),
      refundNo: isRefund ? cell('退款批次号/请求号') || null : null,
      amountFen,
    };
  });
}

/** The address came in a signed answer. */
async function download(address: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    const signal = AbortSignal.timeout(DOWNLOAD_MS);
    const answer = await fetch(address, { signal, redirect: 'error' });
    if (!answer.ok || !answer.body) throw new Error(String(answer.status));
    for await (const part of answer.body) {
      size += part.length;
      if (size > MOST_BYTES) throw new Error('too large');
      parts.push(Buffer.from(part));
    }
  } catch {
    throw new PaymentError('unreachable', 'The bill of Alipay cannot be downloaded');
  }
  return Buffer.concat(parts);
}

/** The files of a zip as text. */
function readZip(zip: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new PaymentError('refused', 'The bill of Alipay is no readable zip'));
    const texts: string[] = [];
    // Names of entries are in GBK too.
    fromBuffer(zip, { lazyEntries: true, decodeStrings: false }, (error, file) => {
      if (error || !file) return fail();
      file.on('error', fail);
      file.on('end', () => resolve(texts));
      file.on('entry', (entry) => {
        if (entry.uncompressedSize > MOST_BYTES || texts.length >= MOST_FILES) return fail();
        file.openReadStream(entry, (problem, stream) => {
          if (problem || !stream) return fail();
          const parts: Buffer[] = [];
          stream.on('data', (part) => parts.push(Buffer.from(part)));
          stream.on('error', fail);
          stream.on('end', () => {
            texts.push(new TextDecoder('gbk').decode(Buffer.concat(parts)));
            file.readEntry();
          });
        });
      });
      file.readEntry();
    });
  });
}
