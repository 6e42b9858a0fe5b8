export { type FaultProxy, startFaultProxy, type Toxics } from './fault-proxy.js';
export {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
  useTestDatabase,
} from './postgres.js';
export { keeperUrl } from './private-redis.js';
export { describeWithRedis, testRedisUrl } from './redis.js';
export { type S3StandIn, type S3StandInOptions, startS3 } from './s3/s3.js';
export { type SmtpStandIn, startSmtp, type TakenMail } from './smtp.js';
