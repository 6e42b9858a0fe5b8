/** Dumps of the database: what they hold, and how they come back. */
export {
  compareFingerprints,
  type Fingerprint,
  OUR_SCHEMAS,
  readFingerprint,
} from './fingerprint.js';
export {
  beginNewEpoch,
  connectUnhurried,
  countServers,
  dbOver,
  findContents,
  RestoreDiffersError,
  restoreDump,
} from './restore.js';
export { IncompleteDumpError } from './split-dump.js';
