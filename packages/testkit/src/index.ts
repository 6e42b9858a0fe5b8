export { type FaultProxy, startFaultProxy, type Toxics } from './fault-proxy.js';
export {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
  useTestDatabase,
} from './postgres.js';
export { keeperUrl } from './private-redis.js';
export { describeWithRedis, testRedisUrl } from './redis.js';
export { type SmtpStandIn, startSmtp, type TakenMail } from './smtp.js';
