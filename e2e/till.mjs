// Both payment services as stand-ins, and the settings of a server that is paid by them.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { startAlipay, startWechatPayers, startWechatV3 } from '@ainotebook/testkit';

const ALIPAY_APP = '2021000000000001';
const WECHAT = {
  appId: 'wx0123456789abcdef',
  mchId: '1900000001',
  apiKey: 'v3-0123456789abcdef0123456789abc',
  serial: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
  keyId: 'PUB_KEY_ID_0119000000012025',
};

const APP_SECRET = randomBytes(16).toString('hex');

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
/** @param {import('node:crypto').KeyObject} key */
const pem = (key) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

/** @typedef {Awaited<ReturnType<typeof openTill>>} Till */

export async function openTill() {
  const [ours, theirs, stranger] = [pair(), pair(), pair()];
  const [alipay, wechat, payers] = await Promise.all([
    startAlipay({ appId: ALIPAY_APP, keys: { app: ours, alipay: theirs, stranger } }),
    startWechatV3({ ...WECHAT, keys: { merchant: ours, wechat: theirs, stranger } }),
    startWechatPayers({ appId: WECHAT.appId, secret: APP_SECRET }),
  ]);
  return {
    alipay,
    wechat,
    payers,
    env: {
      ALIPAY_APP_ID: ALIPAY_APP,
      ALIPAY_PRIVATE_KEY: pem(ours.privateKey),
      ALIPAY_PUBLIC_KEY: pem(theirs.publicKey),
      ALIPAY_GATEWAY: `${alipay.url}/gateway.do`,
      WECHAT_APP_ID: WECHAT.appId,
      WECHAT_MCH_ID: WECHAT.mchId,
      WECHAT_API_V3_KEY: WECHAT.apiKey,
      WECHAT_MCH_SERIAL_NO: WECHAT.serial,
      WECHAT_MCH_PRIVATE_KEY: pem(ours.privateKey),
      WECHAT_PAY_PUBLIC_KEY_ID: WECHAT.keyId,
      WECHAT_PAY_PUBLIC_KEY: pem(theirs.publicKey),
      WECHAT_API_BASE: wechat.url,
      WECHAT_APP_SECRET: APP_SECRET,
      WECHAT_PAYER_BASE: payers.url,
    },
    /** Tells the server, as Alipay does, that an order is paid. */
    async notify(/** @type {string} */ baseUrl, /** @type {string} */ outTradeNo) {
      const reply = await fetch(`${baseUrl}/api/payments/alipay/notify`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: alipay.notice(outTradeNo),
      });
      const said = await reply.text();
      if (said !== 'success') throw new Error(`The notice was answered with ${said}`);
    },
    async close() {
      await Promise.all([alipay.stop(), wechat.stop(), payers.stop()]);
    },
  };
}

/**
 * A call of a procedure that the SDK leaves out: those of shops and administrators.
 * @param {string} baseUrl
 * @param {string | undefined} token of whoever calls
 * @returns {(path: string, input?: unknown) => Promise<any>} whose values are as JSON writes them
 */
export function callerOf(baseUrl, token) {
  return async (path, input) => {
    const reply = await fetch(`${baseUrl}/api/trpc/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ json: input ?? null }),
    });
    const body = await reply.json();
    if (body.error) throw new Error(`${path}: ${JSON.stringify(body.error.json ?? body.error)}`);
    return body.result.data.json;
  };
}
