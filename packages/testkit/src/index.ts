export {
  type ModelRequest,
  type ModelStandIn,
  type ModelStandInOptions,
  startModels,
} from './ai/models.js';
export {
  type FoundPage,
  type SearchRequest,
  type SearchStandIn,
  startSearchEngines,
} from './ai/search.js';
export { vectorOf } from './ai/vectors.js';
export { type MadeCertificate, makeCertificate } from './certificates.js';
export { type FaultProxy, startFaultProxy, type Toxics } from './fault-proxy.js';
export {
  type AlipayKeys,
  type AlipayStandIn,
  type NoticeOptions,
  startAlipay,
} from './payments/alipay.js';
export type { BillLine, ChannelBehaviour } from './payments/trades.js';
export { startWechatPayers, type WechatPayersStandIn } from './payments/wechat-payers.js';
export { signV2, startWechatV2, type WechatV2StandIn } from './payments/wechat-v2.js';
export { startWechatV3, type WechatV3StandIn } from './payments/wechat-v3.js';
export {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
  useTestDatabase,
} from './postgres.js';
export { keeperUrl } from './private-redis.js';
export { describeWithRedis, startOwnRedis, testRedisUrl } from './redis.js';
export { type S3StandIn, type S3StandInOptions, startS3 } from './s3/s3.js';
export { findSecrets, formsOf, type Leak, makeCanary, refuseSecrets } from './secret-scan.js';
export { type SmtpStandIn, startSmtp, type TakenMail } from './smtp.js';
export { makeTar, type TarEntry } from './tar.js';
export { makeZip, type ZipEntry } from './zip.js';
