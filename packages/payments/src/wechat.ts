import type { PaymentChannel } from './channel.js';
import { PaymentError } from './payment-error.js';
import type { ChannelOptions, WechatSettings } from './settings.js';
import { createPayers } from './wechat-payers.js';
import { createWechatV2 } from './wechat-v2.js';
import { createWechatV3 } from './wechat-v3.js';

/** WeChat Pay: V3 where it is configured, else V2. @throws KeyError; PaymentError unsupported */
export function createWechat(settings: WechatSettings, options: ChannelOptions): PaymentChannel {
  const { appId, mchId, appSecret, v2, v3 } = settings;
  const payers = appSecret === null ? null : createPayers({ appId, appSecret }, options);
  if (v3) return createWechatV3({ appId, mchId, payers, ...v3 }, options);
  if (v2) return createWechatV2({ appId, mchId, payers, ...v2 }, options);
  throw new PaymentError('unsupported', 'WeChat Pay has no key');
}
