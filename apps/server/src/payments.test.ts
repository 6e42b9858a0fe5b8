import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCertificate } from '@ainotebook/testkit';
import { expect, it } from 'vitest';
import { EnvError, parseEnv } from './env.js';
import { createPayments } from './payments.js';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [ours, theirs] = [pair(), pair()];
const own = ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const foreign = theirs.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const mistaken = ours.publicKey.export({ type: 'spki', format: 'pem' }).toString();

const alipay = {
  APP_URL: 'https://notes.example.com',
  ALIPAY_APP_ID: '2021000000000001',
  ALIPAY_PRIVATE_KEY: own,
  ALIPAY_PUBLIC_KEY: foreign,
};
const wechat = {
  APP_URL: 'https://notes.example.com',
  WECHAT_APP_ID: 'wx0123456789abcdef',
  WECHAT_MCH_ID: '1900000001',
};
const production = {
  NODE_ENV: 'production',
  EMBEDDED: 'true',
};

function made(raw: Record<string, string>) {
  const warnings: string[] = [];
  const payments = createPayments(parseEnv(raw), (line) => warnings.push(line));
  return { names: Object.keys(payments), warnings, payments };
}

it('is off without settings, and on with those of a channel', () => {
  expect(made({})).toMatchObject({ names: [], warnings: [] });
  expect(made(alipay)).toMatchObject({ names: ['alipay'], warnings: [] });
  expect(made({ ...production, ...alipay })).toMatchObject({ names: ['alipay'], warnings: [] });
});

it('takes a key from a file', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'ainotebook-key-')), 'key.pem');
  writeFileSync(file, own);
  expect(made({ ...alipay, ALIPAY_PRIVATE_KEY: file }).names).toEqual(['alipay']);
  const missing = made({ ...alipay, ALIPAY_PRIVATE_KEY: `${file}.gone` });
  expect(missing.names).toEqual([]);
  expect(missing.warnings[0]).toContain('ENOENT');
});

it('stays off over a wrong key, and in production does not start, naming the variable alone', () => {
  const wrong = { ...alipay, ALIPAY_PUBLIC_KEY: mistaken };
  const { names, warnings } = made(wrong);
  expect(names).toEqual([]);
  expect(warnings[0]).toMatch(/^ALIPAY_PUBLIC_KEY is the public part of our own private key/);
  expect(() => made({ ...production, ...wrong })).toThrow(EnvError);
  const standIn = { ALIPAY_GATEWAY: 'http://127.0.0.1:9/gateway.do' };
  expect(made({ ...alipay, ...standIn }).names).toEqual(['alipay']);
  expect(() => made({ ...production, ...alipay, ...standIn })).toThrow('https');
});

it('warns where no notice can arrive', () => {
  const { names, warnings } = made({ ...alipay, APP_URL: 'http://localhost:3000' });
  expect(names).toEqual(['alipay']);
  expect(warnings[0]).toContain('not reachable from the internet');
  const told = { ...alipay, APP_URL: 'http://localhost:3000' };
  const elsewhere = { PAY_NOTIFY_BASE_URL: 'https://pay.example.com' };
  expect(made({ ...told, ...elsewhere }).warnings).toEqual([]);
});

it('takes WeChat Pay by V2, saying what refunds need, and by V3', () => {
  const v2 = made({ ...wechat, WECHAT_API_KEY: 'k'.repeat(32) });
  expect(v2.names).toEqual(['wechat']);
  expect(v2.warnings[0]).toContain('WECHAT_MCH_CERT');
  const v3 = made({
    ...wechat,
    WECHAT_API_V3_KEY: 'k'.repeat(32),
    WECHAT_MCH_SERIAL_NO: '5157F09EFDC096DE',
    WECHAT_MCH_PRIVATE_KEY: own.replaceAll('\n', '\\n'),
    WECHAT_PAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_0119000000',
    WECHAT_PAY_PUBLIC_KEY: foreign,
  });
  expect(v3.payments.wechat?.refundNeeds).toEqual([]);
  expect(v3.payments.wechat?.payers).toBeNull();
  expect(v3.warnings).toEqual([]);
});

it('gives back by V2 with the certificate of the merchant, which is wanted with its key', async () => {
  const { certificate, privateKey } = await makeCertificate('merchant');
  const v2 = { ...wechat, WECHAT_API_KEY: 'k'.repeat(32), WECHAT_MCH_CERT: certificate };
  const whole = made({ ...v2, WECHAT_MCH_PRIVATE_KEY: privateKey });
  expect(whole.payments.wechat?.refundNeeds).toEqual([]);
  expect(whole.warnings).toEqual([]);
  expect(() => parseEnv({ ...production, ...v2 })).toThrow('WECHAT_MCH_PRIVATE_KEY is missing');
  const { names, warnings } = made({ ...v2, WECHAT_MCH_PRIVATE_KEY: own });
  expect(names).toEqual([]);
  expect(warnings[0]).toContain('not the certificate of WECHAT_MCH_PRIVATE_KEY');
});

it('is paid inside WeChat where the official account is known, whose secret is never shown', () => {
  const v2 = { ...wechat, WECHAT_API_KEY: 'k'.repeat(32) };
  const inside = made({ ...v2, WECHAT_APP_SECRET: '0123456789abcdef0123456789abcdef' });
  expect(inside.payments.wechat?.modes).toContain('jsapi');
  const { names, warnings } = made({ ...v2, WECHAT_APP_SECRET: 'a secret that is none' });
  expect(names).toEqual([]);
  expect(warnings[0]).toMatch(/^WECHAT_APP_SECRET is not/);
  expect(warnings.join()).not.toContain('that is none');
});
