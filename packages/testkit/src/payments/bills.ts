import { makeZip } from '../zip.js';
import type { BillLine } from './trades.js';

const yuan = (fen: number) => (fen / 100).toFixed(2);

const ALIPAY_HEADS =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';

/** A bill as Alipay writes it: a zip with a table of lines and one of sums, in GBK. */
export function alipayBillFile(lines: readonly BillLine[]): Buffer {
  const rows = lines.map((line) => {
    const isRefund = line.kind === 'refund';
    const amount = `${isRefund ? '-' : ''}${yuan(line.amountFen)}`;
    const before = [line.transactionId, line.outTradeNo, isRefund ? '退款' : '交易'];
    const about = ['会员, 一年', '2026-03-01 08:00:00', '2026-03-01 08:00:01', '', '', '', '', '*'];
    const money = [amount, amount, '0.00', '0.00', '0.00', '0.00', '0.00', '', '0.00', '0.00'];
    const after = [line.refundNo ?? '', '0.00', '0.00', ''];
    return [...before, ...about, ...money, ...after].map((cell) => `${cell}\t`).join(',');
  });
  const list = [
    '#支付宝业务明细查询',
    '#-----业务明细列表-----',
    ALIPAY_HEADS,
    ...rows,
    '#-----业务明细列表结束-----',
  ];
  const sums = ['#支付宝业务汇总查询', '门店编号,门店名称,交易订单总笔数', '合计,,1'];
  return makeZip([
    { name: gbk('业务明细(汇总).csv'), data: gbk(sums.join('\r\n')) },
    { name: gbk('业务明细.csv'), data: gbk(list.join('\r\n')) },
  ]);
}

const WECHAT_HEADS =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';

/** A bill as WeChat Pay writes it: a table in UTF-8 with a mark before each value, sums below. */
export function wechatBillFile(lines: readonly BillLine[]): string {
  const rows = lines.map((line) => {
    const isRefund = line.kind === 'refund';
    const amount = yuan(line.amountFen);
    const before = ['2026-03-01 08:00:00', 'wx', '19', '0', '', line.transactionId];
    const trade = [
      line.outTradeNo,
      'o',
      'NATIVE',
      isRefund ? 'REFUND' : 'SUCCESS',
      'OTHERS',
      'CNY',
    ];
    const money = isRefund
      ? ['0.00', '0.00', '50', line.refundNo ?? '', amount, '0.00', 'ORIGINAL', 'SUCCESS']
      : [amount, '0.00', '0', '0', '0.00', '0.00', '', ''];
    const after = ['会员, 一年', '', '0.00', '0.60%', isRefund ? '0.00' : amount, '0.00', ''];
    return [...before, ...trade, ...money, ...after].map((cell) => `\`${cell}`).join(',');
  });
  const sums = ['总交易单数,应结订单总金额', `\`${lines.length},\`0.00`];
  return `\uFEFF${[WECHAT_HEADS, ...rows, ...sums].join('\r\n')}\r\n`;
}

/** Made of the decoder, since there is no encoder: two bytes a character. */
let codes: Map<string, [number, number]> | undefined;

function gbk(text: string): Buffer {
  codes ??= gbkCodes();
  const bytes = [...text].flatMap((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return [code];
    const pair = codes?.get(character);
    if (!pair) throw new Error(`${character} is not in GBK`);
    return pair;
  });
  return Buffer.from(bytes);
}

function gbkCodes(): Map<string, [number, number]> {
  const decoder = new TextDecoder('gbk');
  const found = new Map<string, [number, number]>();
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1) {
      if (low === 0x7f) continue;
      const character = decoder.decode(Uint8Array.of(high, low));
      if (!found.has(character)) found.set(character, [high, low]);
    }
  }
  return found;
}
