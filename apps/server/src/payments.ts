import { readFileSync } from 'node:fs';
import type { Services } from '@ainotebook/api';
import {
  createAlipay,
  createWechat,
  diagnoseAlipay,
  diagnoseNotifyUrl,
  diagnoseWechat,
  type WechatSettings,
} from '@ainotebook/payments';
import { EnvError, type Settings } from './env.js';
import type { Env } from './env-schema.js';

/** A key, or that of the file that is named instead: base64 never begins so. */
function keyOf(value: string): string {
  return /^\.?\//.test(value) ? readFileSync(value, 'utf8') : value;
}

/**
 * The ways to be paid that are configured. What cannot work (a key that is none, the wrong key, an
 * address that is not the channel's) is off with a warning, and in production a reason not to start.
 * @throws EnvError
 */
export function createPayments(
  settings: Settings,
  warn: (line: string) => void,
): Services['payments'] {
  const { env, isProduction } = settings;
  const payments: Services['payments'] = {};
  const problems: string[] = [];
  const notifyUrl = (channel: string) =>
    new URL(`/api/payments/${channel}/notify`, env.PAY_NOTIFY_BASE_URL ?? settings.appUrl).href;
  const open = (name: string, make: () => string[]) => {
    try {
      const findings = make();
      problems.push(...findings);
      if (findings.length > 0) return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === '') throw error;
      problems.push(`${name}: a file of a key cannot be read (${code}).`);
      return;
    }
    // Orders are asked about all the same, so it works, if slowly.
    const why = diagnoseNotifyUrl(notifyUrl('x'));
    if (why !== null) {
      warn(`${name}: PAY_NOTIFY_BASE_URL (or APP_URL) ${why}. Payments are noticed late.`);
    }
  };

  const { ALIPAY_APP_ID, ALIPAY_PRIVATE_KEY, ALIPAY_PUBLIC_KEY } = env;
  if (ALIPAY_APP_ID && ALIPAY_PRIVATE_KEY && ALIPAY_PUBLIC_KEY) {
    open('Alipay', () => {
      const alipay = {
        appId: ALIPAY_APP_ID,
        privateKey: keyOf(ALIPAY_PRIVATE_KEY),
        publicKey: keyOf(ALIPAY_PUBLIC_KEY),
        sellerId: env.ALIPAY_SELLER_ID ?? null,
      };
      const findings = diagnoseAlipay(alipay).map(({ message }) => message);
      findings.push(...addressProblem('ALIPAY_GATEWAY', env.ALIPAY_GATEWAY, isProduction));
      if (findings.length > 0) return findings;
      const options = { notifyUrl: notifyUrl('alipay'), baseUrl: env.ALIPAY_GATEWAY };
      payments.alipay = createAlipay(alipay, options);
      return [];
    });
  }
  if (env.WECHAT_APP_ID && env.WECHAT_MCH_ID) {
    const { WECHAT_APP_ID: appId, WECHAT_MCH_ID: mchId } = env;
    open('WeChat Pay', () => {
      const appSecret = env.WECHAT_APP_SECRET ?? null;
      const wechat = { appId, mchId, appSecret, v2: v2Of(env), v3: v3Of(env) };
      // Half of it: warned of already, and off.
      if (wechat.v2 === null && wechat.v3 === null) return [];
      const findings = diagnoseWechat(wechat).map(({ message }) => message);
      for (const name of ['WECHAT_API_BASE', 'WECHAT_PAYER_BASE'] as const) {
        findings.push(...addressProblem(name, env[name], isProduction));
      }
      if (findings.length > 0) return findings;
      const options = {
        notifyUrl: notifyUrl('wechat'),
        baseUrl: env.WECHAT_API_BASE,
        payerBaseUrl: env.WECHAT_PAYER_BASE,
      };
      payments.wechat = createWechat(wechat, options);
      const needs = payments.wechat.refundNeeds;
      if (needs.length > 0) warn(`WeChat Pay runs as V2, without refunds: ${needs.join(', ')}.`);
      return [];
    });
  }
  if (problems.length > 0 && isProduction) throw new EnvError(problems);
  for (const line of problems) warn(`${line} It stays off.`);
  return payments;
}

/** A stand-in that a test left in the settings would be paid by anybody. */
function addressProblem(variable: string, url: string, isProduction: boolean): string[] {
  const isSafe = !isProduction || new URL(url).protocol === 'https:';
  return isSafe ? [] : [`${variable} must begin with https:// in production.`];
}

function v2Of(env: Env): WechatSettings['v2'] {
  const { WECHAT_API_KEY: key, WECHAT_MCH_CERT, WECHAT_MCH_PRIVATE_KEY } = env;
  if (!key) return null;
  if (!WECHAT_MCH_CERT || !WECHAT_MCH_PRIVATE_KEY) return { key, merchant: null };
  const privateKey = keyOf(WECHAT_MCH_PRIVATE_KEY);
  return { key, merchant: { certificate: keyOf(WECHAT_MCH_CERT), privateKey } };
}

function v3Of(env: Env): WechatSettings['v3'] {
  const { WECHAT_API_V3_KEY, WECHAT_MCH_SERIAL_NO, WECHAT_MCH_PRIVATE_KEY } = env;
  const { WECHAT_PAY_PUBLIC_KEY_ID: keyId, WECHAT_PAY_PUBLIC_KEY, WECHAT_PLATFORM_CERT } = env;
  if (!WECHAT_API_V3_KEY || !WECHAT_MCH_SERIAL_NO || !WECHAT_MCH_PRIVATE_KEY) return null;
  const base = {
    apiKey: WECHAT_API_V3_KEY,
    serial: WECHAT_MCH_SERIAL_NO,
    privateKey: keyOf(WECHAT_MCH_PRIVATE_KEY),
  };
  if (keyId && WECHAT_PAY_PUBLIC_KEY) {
    const publicKey = keyOf(WECHAT_PAY_PUBLIC_KEY);
    return { ...base, verifier: { kind: 'publicKey', keyId, publicKey } };
  }
  if (!WECHAT_PLATFORM_CERT) return null;
  const certificate = keyOf(WECHAT_PLATFORM_CERT);
  return { ...base, verifier: { kind: 'certificate', certificate } };
}
