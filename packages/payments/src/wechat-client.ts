import type { KeyObject } from 'node:crypto';
import { codeOf, PaymentError } from './payment-error.js';

/** An answer of WeChat Pay that was not a yes. */
export interface WechatRefusal {
  status: number;
  code: string | null;
}

/** The settings with their keys read. */
export interface WechatV3 {
  appId: string;
  mchId: string;
  apiKey: string;
  privateKey: KeyObject;
  /** Public keys of WeChat Pay by the names under which it signs. */
  certs: Record<string, KeyObject>;
  notifyUrl: string;
  /** @returns the data of a yes (bytes where `isFile`), or the refusal. @throws PaymentError */
  send(
    method: 'get' | 'post',
    path: string,
    more: { data?: object; params?: Record<string, string>; isFile?: boolean },
  ): Promise<{ data: unknown; refusal: null } | { data: null; refusal: WechatRefusal }>;
}

/** Neither redirects nor proxies: what is signed goes to the channel only, and comes from it. */
export const TRANSPORT = {
  proxy: false as const,
  maxRedirects: 0,
  maxContentLength: 1_000_000,
  maxBodyLength: 100_000,
};

/** A part of an unknown value. */
export function at(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined;
}

/** Said while the same thing may work later: the service is busy, or the merchant's balance too low for a refund. */
const LATER = [
  'SYSTEM_ERROR',
  'SYSTEMERROR',
  'BIZERR_NEED_RETRY',
  'BIZ_ERR_NEED_RETRY',
  'FREQUENCY_LIMITED',
  'NOT_ENOUGH',
  'NOTENOUGH',
];
/** Said of us, and not of the trade. */
const OF_US = [
  'SIGN_ERROR',
  'SIGNERROR',
  'NO_AUTH',
  'NOAUTH',
  'CERT_ERROR',
  'MCH_NOT_EXISTS',
  'MCHID_NOT_EXIST',
  'APPID_NOT_EXIST',
  'APPID_MCHID_NOT_MATCH',
];

/**
 * What the client threw, as a refusal to decide on, or as our error. Its errors hold the private key
 * (in their `config`), so nothing of them goes on but the code.
 * @throws PaymentError
 */
export function readRefusal(error: unknown): WechatRefusal {
  const clientCode = String(at(error, 'code') ?? '');
  // An answer of which the SDK says that it is not what it should be: unsigned, wrongly signed, stale.
  if (clientCode.startsWith('EV3_') || clientCode === 'EV2_RES_SIGNATURE_NOT_EQUAL') {
    const why = codeOf(clientCode) ?? '';
    throw new PaymentError('untrusted', `The answer is not proven to be of WeChat Pay: ${why}`);
  }
  const response = at(error, 'response');
  const status = Number(at(response, 'status') ?? 0);
  const data = at(response, 'data');
  if (response === undefined || !(status > 0)) {
    const why = codeOf(clientCode) ?? 'no reason';
    throw new PaymentError('unreachable', `WeChat Pay does not answer: ${why}`);
  }
  const code = codeOf(at(data, 'err_code') ?? at(data, 'code') ?? at(data, 'return_msg'));
  if (status >= 500 || status === 429 || (code !== null && LATER.includes(code))) {
    throw new PaymentError('unreachable', `WeChat Pay cannot now: ${code ?? status}`, code);
  }
  // V2 says FAIL here before it has looked at any trade.
  const isOfUs = status === 401 || (at(data, 'return_code') ?? 'SUCCESS') !== 'SUCCESS';
  if (isOfUs || (code !== null && OF_US.includes(code))) {
    throw new PaymentError('unauthorized', `WeChat Pay does not take us: ${code ?? status}`, code);
  }
  return { status, code };
}

export function refused({ code, status }: WechatRefusal): PaymentError {
  return new PaymentError('refused', `WeChat Pay refused: ${code ?? status}`, code);
}
