import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import type { NewPayment } from './channel.js';
import { NoticeError, PaymentError } from './payment-error.js';

export const NOTIFY_URL = 'https://notes.test/api/payments/notify';
export const ALIPAY_APP = '2021000000000001';
export const WECHAT_APP = 'wx0123456789abcdef';
export const MCH_ID = '1900000001';
export const SERIAL = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
export const KEY_ID = 'PUB_KEY_ID_0119000000012025';
export const API_V3_KEY = 'v3-0123456789abcdef0123456789abc';
export const APP_SECRET = '0123456789abcdef0123456789abcdef';
export const API_V2_KEY = 'v2-0123456789abcdef0123456789abc';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
let made: Record<'ours' | 'theirs' | 'stranger', ReturnType<typeof pair>> | undefined;

/** Pairs of ours, of the channel and of a stranger, made once a run: that takes a while. */
export function keyPairs() {
  made ??= { ours: pair(), theirs: pair(), stranger: pair() };
  return made;
}

export const pemOf = (key: KeyObject): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

let numbers = 0;

/** A payment of 12.34 yuan by code. */
export function buildPayment(fields: Partial<NewPayment> = {}): NewPayment {
  numbers += 1;
  return {
    mode: 'qr',
    outTradeNo: `20260301-${String(numbers).padStart(8, '0')}`,
    amountFen: 1234,
    subject: '会员 · Pro',
    expiresAt: new Date(Date.now() + 900_000),
    ...fields,
  };
}

/** What a call ended in: the kind of its PaymentError, or `none`. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(PaymentError);
    expectNoSecret(error);
    return error instanceof PaymentError ? error.kind : '';
  }
}

/** What the check of a notice ended in: the kind of its NoticeError, or `none`. */
export async function noticeFailureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(NoticeError);
    expectNoSecret(error);
    return error instanceof NoticeError ? error.kind : '';
  }
}

/** An error of ours says its words and nothing else. */
function expectNoSecret(error: unknown): void {
  const { message, cause } = error as Error;
  expect(cause).toBeUndefined();
  for (const secret of [API_V2_KEY, API_V3_KEY, APP_SECRET, 'BEGIN', 'sign=']) {
    expect(message).not.toContain(secret);
  }
}
