export { FIRST_EPOCH, readCacheEpoch } from './cache-epoch.js';
export {
  type Change,
  type ChangeFeed,
  type ChangeFeedOptions,
  type ChangeListener,
  createChangeFeed,
} from './change-feed.js';
export {
  CHANGE_LOG_KEPT_MS,
  changesSince,
  pruneChangeLog,
  snapshotVersion,
} from './change-log.js';
export {
  createDb,
  type Database,
  type Db,
  type PoolOptions,
  readPoolParameters,
  type Tx,
} from './db.js';
export { type DbFailure, dbFailure } from './errors.js';
export { type MigrateResult, migrate, migrationState, SchemaNewerError } from './migrate.js';
export * as schema from './schema/index.js';
export { withStatementTimeout } from './silence.js';
export { type SqlTrace, traceSql } from './sql-trace.js';
