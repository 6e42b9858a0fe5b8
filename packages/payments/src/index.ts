export { createAlipay } from './alipay.js';
export type {
  BillLine,
  ChannelName,
  FoundRefund,
  NewPayment,
  Notice,
  NoticeReply,
  PayerNaming,
  PaymentChannel,
  PaymentMode,
  PaymentStart,
  RawNotice,
  RefundRequest,
  RefundState,
  TradeState,
} from './channel.js';
export { diagnoseAlipay, diagnoseNotifyUrl, diagnoseWechat, type Finding } from './diagnose.js';
export { KeyError } from './keys.js';
export {
  NoticeError,
  type NoticeFailure,
  PaymentError,
  type PaymentFailure,
} from './payment-error.js';
export type { AlipaySettings, ChannelOptions, WechatSettings, WechatVerifier } from './settings.js';
export { createWechat } from './wechat.js';
