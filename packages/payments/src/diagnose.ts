import type { KeyObject } from 'node:crypto';
import { isPublicHost } from '@ainotebook/egress';
import { isPair, KeyError, readCertificate, readPrivateKey, readPublicKey } from './keys.js';
import type { AlipaySettings, MerchantCertificate, WechatSettings } from './settings.js';

/** Something that keeps a channel from working. */
export interface Finding {
  /** The variable to change. */
  variable: string;
  /** What is wrong and what to do, without any part of the value. */
  message: string;
}

/** Reads a value; what cannot be read becomes a finding. */
function attempt<T>(findings: Finding[], variable: string, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    findings.push({ variable, message: `${variable} ${error.message}.` });
    return null;
  }
}

function expect(findings: Finding[], variable: string, isRight: boolean, words: string): void {
  if (!isRight) findings.push({ variable, message: `${variable} ${words}.` });
}

/** What is wrong with the settings of Alipay as they stand, without asking anybody. */
export function diagnoseAlipay(settings: AlipaySettings): Finding[] {
  const findings: Finding[] = [];
  expect(
    findings,
    'ALIPAY_APP_ID',
    /^\d{16}$/.test(settings.appId),
    'is not an app id: 16 digits, from the open platform of Alipay',
  );
  const own = attempt(findings, 'ALIPAY_PRIVATE_KEY', () => readPrivateKey(settings.privateKey));
  const theirs = attempt(findings, 'ALIPAY_PUBLIC_KEY', () => readPublicKey(settings.publicKey));
  expectForeign(findings, { own, theirs, variable: 'ALIPAY_PUBLIC_KEY', whose: 'Alipay' });
  return findings;
}

/** The commonest mistake: our own public key where the channel's belongs. */
function expectForeign(
  findings: Finding[],
  keys: { own: KeyObject | null; theirs: KeyObject | null; variable: string; whose: string },
): void {
  const { own, theirs, variable, whose } = keys;
  if (!own || !theirs) return;
  expect(
    findings,
    variable,
    !isPair(own, theirs),
    `is the public part of our own private key; the public key of ${whose} belongs here`,
  );
}

/** What is wrong with the settings of WeChat Pay as they stand, without asking anybody. */
export function diagnoseWechat(settings: WechatSettings): Finding[] {
  const findings: Finding[] = [];
  const { appId, mchId, appSecret, v2, v3 } = settings;
  expect(findings, 'WECHAT_APP_ID', /^wx[0-9a-z]{16}$/i.test(appId), 'is not like wx and 16 more');
  expect(findings, 'WECHAT_MCH_ID', /^\d{8,10}$/.test(mchId), 'is not a merchant number: digits');
  expect(
    findings,
    'WECHAT_APP_SECRET',
    appSecret === null || /^[0-9a-f]{32}$/i.test(appSecret),
    'is not the secret of an official account: 32 hexadecimal digits',
  );
  if (v2) {
    expect(
      findings,
      'WECHAT_API_KEY',
      Buffer.byteLength(v2.key) === 32,
      `has ${Buffer.byteLength(v2.key)} characters; an APIv2 key has 32`,
    );
    if (v2.merchant) diagnoseMerchant(findings, v2.merchant);
  }
  if (!v3) return findings;
  expect(
    findings,
    'WECHAT_API_V3_KEY',
    Buffer.byteLength(v3.apiKey) === 32,
    `has ${Buffer.byteLength(v3.apiKey)} characters; an APIv3 key has 32`,
  );
  expect(
    findings,
    'WECHAT_MCH_SERIAL_NO',
    /^[0-9A-Fa-f]{16,64}$/.test(v3.serial),
    'is not the serial number of the merchant certificate: hexadecimal digits',
  );
  const own = attempt(findings, 'WECHAT_MCH_PRIVATE_KEY', () => readPrivateKey(v3.privateKey));
  const { verifier } = v3;
  if (verifier.kind === 'certificate') {
    const variable = 'WECHAT_PLATFORM_CERT';
    const found = attempt(findings, variable, () => readCertificate(verifier.certificate));
    const theirs = found?.publicKey ?? null;
    expectForeign(findings, { own, theirs, variable, whose: 'the platform' });
    return findings;
  }
  expect(
    findings,
    'WECHAT_PAY_PUBLIC_KEY_ID',
    /^PUB_KEY_ID_\d{8,32}$/.test(verifier.keyId),
    'does not begin with PUB_KEY_ID_',
  );
  const variable = 'WECHAT_PAY_PUBLIC_KEY';
  const theirs = attempt(findings, variable, () => readPublicKey(verifier.publicKey));
  expectForeign(findings, { own, theirs, variable, whose: 'WeChat Pay' });
  return findings;
}

function diagnoseMerchant(findings: Finding[], merchant: MerchantCertificate): void {
  const { certificate, privateKey } = merchant;
  const own = attempt(findings, 'WECHAT_MCH_PRIVATE_KEY', () => readPrivateKey(privateKey));
  const found = attempt(findings, 'WECHAT_MCH_CERT', () => readCertificate(certificate));
  if (!own || !found) return;
  expect(
    findings,
    'WECHAT_MCH_CERT',
    isPair(own, found.publicKey),
    'is not the certificate of WECHAT_MCH_PRIVATE_KEY',
  );
}

/** Why a channel could not reach `url` with its notices; null when it could. */
export function diagnoseNotifyUrl(url: string): string | null {
  if (!URL.canParse(url)) return 'is not an address';
  const parsed = new URL(url);
  if (parsed.search !== '' || parsed.hash !== '') return 'may hold no query';
  if (!isPublicHost(parsed.hostname.replace(/^\[|\]$/g, ''))) {
    return 'is not reachable from the internet, so no notice arrives';
  }
  if (parsed.protocol !== 'https:') return 'must begin with https://';
  return null;
}
