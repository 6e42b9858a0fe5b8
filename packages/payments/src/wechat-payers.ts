import type { PayerNaming } from './channel.js';
import { PaymentError } from './payment-error.js';
import { type ChannelOptions, DEFAULT_TIMEOUT_MS } from './settings.js';
import { at } from './wechat-client.js';

const AUTHORIZE = 'https://open.weixin.qq.com/connect/oauth2/authorize';
const API = 'https://api.weixin.qq.com/';
/** WeChat's word for being too busy. */
const BUSY = -1;

/**
 * The web authorization of an official account, which names payers without asking them (`snsapi_base`).
 * Its errors never hold the address that was asked: the secret of the account is part of it.
 */
export function createPayers(
  { appId, appSecret }: { appId: string; appSecret: string },
  { payerBaseUrl = API, timeoutMs = DEFAULT_TIMEOUT_MS }: ChannelOptions,
): PayerNaming {
  return {
    url: (returnUrl) => {
      // WeChat reads them in this order only.
      const params = new URLSearchParams([
        ['appid', appId],
        ['redirect_uri', returnUrl],
        ['response_type', 'code'],
        ['scope', 'snsapi_base'],
        ['state', ''],
      ]);
      return `${AUTHORIZE}?${params}#wechat_redirect`;
    },
    openIdOf: async (code) => {
      const address = new URL('/sns/oauth2/access_token', payerBaseUrl);
      address.search = new URLSearchParams({
        appid: appId,
        secret: appSecret,
        code,
        grant_type: 'authorization_code',
      }).toString();
      const answer = await ask(address, timeoutMs);
      const openId = at(answer, 'openid');
      if (typeof openId === 'string' && openId !== '') return openId;
      const error = at(answer, 'errcode');
      throw new PaymentError(
        error === BUSY ? 'unreachable' : 'refused',
        'WeChat does not name the payer',
        typeof error === 'number' ? String(error) : null,
      );
    },
  };
}

async function ask(address: URL, timeoutMs: number): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(address, { signal, redirect: 'error' });
    if (!answer.ok) throw new Error(String(answer.status));
    return await answer.json();
  } catch {
    throw new PaymentError('unreachable', 'WeChat does not answer who pays');
  }
}
