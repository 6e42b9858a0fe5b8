import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { makeCertificate } from '@ainotebook/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAlipay } from './alipay.js';
import { beijingTime, fromBeijingTime, fromYuan, toYuan } from './amounts.js';
import { diagnoseAlipay, diagnoseNotifyUrl, diagnoseWechat } from './diagnose.js';
import { readPrivateKey, readPublicKey } from './keys.js';
import type { MerchantCertificate } from './settings.js';
import {
  ALIPAY_APP,
  API_V2_KEY,
  API_V3_KEY,
  APP_SECRET,
  KEY_ID,
  keyPairs,
  MCH_ID,
  NOTIFY_URL,
  pemOf,
  SERIAL,
  WECHAT_APP,
} from './test-support.js';

const { ours, theirs } = keyPairs();
const bare = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, '');
const pkcs1 = (key: KeyObject) => key.export({ type: 'pkcs1', format: 'pem' }).toString();
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('keys as people paste them', () => {
  const own = pemOf(ours.privateKey);
  it.each([
    ['PKCS#8 PEM', own],
    ['PKCS#1 PEM', pkcs1(ours.privateKey)],
    ['on one line', own.trim().replaceAll('\n', '\\n')],
    ['PKCS#8 without its frame', bare(own)],
    ['PKCS#1 without its frame', bare(pkcs1(ours.privateKey))],
    ['with quotes and Windows line ends', `"${own.trim().replaceAll('\n', '\r\n')}"`],
  ])('private, %s', (_, value) => {
    expect(readPrivateKey(value).equals(ours.privateKey)).toBe(true);
  });

  it.each([
    ['PEM', pemOf(theirs.publicKey)],
    ['PKCS#1 PEM', pkcs1(theirs.publicKey)],
    ['without its frame', bare(pemOf(theirs.publicKey))],
  ])('public, %s', (_, value) => {
    expect(readPublicKey(value).equals(theirs.publicKey)).toBe(true);
  });

  it.each([
    ['junk', 'no key, surely', 'neither PEM nor base64'],
    ['nothing', '-----BEGIN X-----', 'is empty'],
    ['a public key', pemOf(ours.publicKey), 'is a public key'],
    ['half a key', bare(own).slice(0, 400), 'cut off'],
    ['a short key', pemOf(weak.privateKey), '1024 bits'],
    ['a key of a curve', pemOf(curve.privateKey), 'not an RSA key'],
  ])('%s is refused as a private key, by name', (_, value, words) => {
    expect(() => readPrivateKey(value)).toThrow(words);
  });

  it('a private key is refused as a public one', () => {
    expect(() => readPublicKey(own)).toThrow('is a private key');
  });
});

describe('the diagnosis', () => {
  const alipay = {
    appId: ALIPAY_APP,
    privateKey: pemOf(ours.privateKey),
    publicKey: pemOf(theirs.publicKey),
    sellerId: null,
  };
  const v3 = {
    apiKey: API_V3_KEY,
    serial: SERIAL,
    privateKey: pemOf(ours.privateKey),
    verifier: {
      kind: 'publicKey' as const,
      keyId: KEY_ID,
      publicKey: pemOf(theirs.publicKey),
    },
  };
  const v2 = { key: API_V2_KEY, merchant: null };
  const wechat = { appId: WECHAT_APP, mchId: MCH_ID, appSecret: APP_SECRET, v2, v3 };
  const variables = (findings: { variable: string }[]) => findings.map((one) => one.variable);

  it('finds nothing where all is well', () => {
    expect(diagnoseAlipay(alipay)).toEqual([]);
    expect(diagnoseWechat(wechat)).toEqual([]);
  });

  it('tells the application’s public key from that of Alipay', () => {
    const mistaken = { ...alipay, publicKey: pemOf(ours.publicKey) };
    const [finding] = diagnoseAlipay(mistaken);
    expect(finding?.message).toContain('public part of our own private key');
    expect(() => createAlipay(mistaken, { notifyUrl: NOTIFY_URL })).toThrow('ALIPAY_PUBLIC_KEY');
  });

  it('names every variable that is wrong, and shows none', () => {
    const found = diagnoseAlipay({ ...alipay, appId: 'app', privateKey: 'secret-junk' });
    expect(variables(found)).toEqual(['ALIPAY_APP_ID', 'ALIPAY_PRIVATE_KEY']);
    expect(JSON.stringify(found)).not.toContain('secret-junk');
    const wrong = { ...v3, apiKey: 'short', serial: '?', privateKey: 'x y' };
    const verifier = { ...v3.verifier, keyId: 'KEY', publicKey: pemOf(ours.privateKey) };
    expect(
      variables(
        diagnoseWechat({
          appId: 'w',
          mchId: 'm',
          appSecret: 's',
          v2: { key: 'k', merchant: { certificate: 'secret-junk!', privateKey: 'x y' } },
          v3: { ...wrong, verifier },
        }),
      ),
    ).toEqual([
      'WECHAT_APP_ID',
      'WECHAT_MCH_ID',
      'WECHAT_APP_SECRET',
      'WECHAT_API_KEY',
      'WECHAT_MCH_PRIVATE_KEY',
      'WECHAT_MCH_CERT',
      'WECHAT_API_V3_KEY',
      'WECHAT_MCH_SERIAL_NO',
      'WECHAT_MCH_PRIVATE_KEY',
      'WECHAT_PAY_PUBLIC_KEY_ID',
      'WECHAT_PAY_PUBLIC_KEY',
    ]);
    const certificate = { kind: 'certificate' as const, certificate: pemOf(theirs.publicKey) };
    const older = diagnoseWechat({ ...wechat, v3: { ...v3, verifier: certificate } });
    expect(variables(older)).toEqual(['WECHAT_PLATFORM_CERT']);
  });

  it('tells the merchant’s certificate from that of another key, and from a .p12', async () => {
    const made = await makeCertificate('merchant');
    const found = (merchant: MerchantCertificate) =>
      diagnoseWechat({ ...wechat, v2: { ...v2, merchant }, v3: null });
    expect(found(made)).toEqual([]);
    const [foreign] = found({ ...made, privateKey: pemOf(ours.privateKey) });
    expect(foreign?.message).toContain('not the certificate of WECHAT_MCH_PRIVATE_KEY');
    const [archive] = found({ ...made, certificate: Buffer.alloc(900, 7).toString('base64') });
    expect(archive?.message).toContain('.p12');
  });

  it.each([
    ['https://notes.example.com/api/payments/alipay/notify', null],
    ['http://notes.example.com/x', 'https'],
    ['http://localhost:3000/x', 'not reachable'],
    ['https://192.168.1.5/x', 'not reachable'],
    ['https://[::1]/x', 'not reachable'],
    ['https://notes.example.com/x?a=1', 'query'],
    ['notes', 'not an address'],
  ])('%s', (url, words) => {
    if (words === null) expect(diagnoseNotifyUrl(url)).toBeNull();
    else expect(diagnoseNotifyUrl(url)).toContain(words);
  });
});

it('writes every amount so that it is read as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999_999 }), (fen) => {
      expect(toYuan(fen)).toMatch(/^\d+\.\d\d$/);
      expect(fromYuan(toYuan(fen))).toBe(fen);
    }),
  );
  for (const fen of [0, -1, 0.5, Number.NaN, 2 ** 53]) expect(() => toYuan(fen)).toThrow();
});

it('writes the time of Beijing so that it is read as the same second', () => {
  const at = new Date('2026-02-28T23:59:59Z');
  expect(beijingTime(at)).toBe('2026-03-01 07:59:59');
  expect(fromBeijingTime(beijingTime(at))).toEqual(at);
  expect(fromBeijingTime('2026-13-01 00:00:00')).toBeNull();
});
