import type { PaymentChannel } from './channel.js';
import { PaymentError } from './payment-error.js';
import type { ChannelOptions, WechatSettings } from './settings.js';
import { createWechatV2 } from './wechat-v2.js';
import { createWechatV3 } from './wechat-v3.js';

/** WeChat Pay: V3 where it is configured, else V2. @throws KeyError; PaymentError unsupported */
export function createWechat(settings: WechatSettings, options: ChannelOptions): PaymentChannel {
  const { appId, mchId, v2Key, v3 } = settings;
  if (v3) return createWechatV3({ appId, mchId, ...v3 }, options);
  if (v2Key !== null) return createWechatV2({ appId, mchId, key: v2Key }, options);
  throw new PaymentError('unsupported', 'WeChat Pay has no key');
}
