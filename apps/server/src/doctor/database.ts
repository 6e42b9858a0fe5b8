import { migrationState, readPoolParameters } from '@ainotebook/db';
import { dbOver } from '@ainotebook/db/dump';
import { readHold } from '@ainotebook/jobs';
import type pg from 'pg';
import type { Settings } from '../env.js';
import { DEFAULT_POOL_MAX, RESERVED_CONNECTIONS, shareOf } from '../postgres.js';
import { type Finding, findingsOf } from './finding.js';

const OLDEST_MAJOR = 15;
const LONG_TRANSACTION_MINUTES = 5;
const LATE_SECONDS = 600;

interface ServerSettings {
  version: string;
  encoding: string;
  fsync: string;
  full_page_writes: string;
  data_checksums: string;
  log_statement: string;
  /** Null where our account may not look. */
  preloaded: string | null;
  size: string;
}

/** Version and settings that matter for what we promise. */
export async function checkDatabase(client: pg.Client): Promise<Finding[]> {
  const { found, ok, warn, fail } = findingsOf('database');
  const { rows } = await client.query<ServerSettings>(`
    select split_part(current_setting('server_version'), ' ', 1) as version,
      pg_encoding_to_char(encoding) as encoding,
      current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
      current_setting('data_checksums') as data_checksums,
      current_setting('log_statement') as log_statement,
      case when pg_has_role(current_user, 'pg_read_all_settings', 'usage')
        then current_setting('shared_preload_libraries') end as preloaded,
      pg_size_pretty(pg_database_size(current_database())) as size
    from pg_database where datname = current_database()`);
  const [server] = rows;
  if (!server) return found;
  const major = Number.parseInt(server.version, 10);
  if (major < OLDEST_MAJOR) {
    fail(`PostgreSQL ${server.version} is too old.`, `Move to ${OLDEST_MAJOR} or newer.`);
  } else ok(`PostgreSQL ${server.version} answers; the database has ${server.size}.`);
  if (server.encoding !== 'UTF8') {
    fail(
      `The database is ${server.encoding}.`,
      "Make it anew: create database ... encoding 'UTF8' template template0.",
    );
  }
  for (const name of ['fsync', 'full_page_writes'] as const) {
    if (server[name] !== 'on') {
      fail(`${name} is off: a power cut may destroy the database.`, `Set ${name} = on.`);
    }
  }
  if (server.data_checksums !== 'on') {
    warn('Pages have no checksums: a failing disk goes unnoticed.', 'Run pg_checksums --enable.');
  }
  if (['mod', 'all'].includes(server.log_statement)) {
    warn(
      `log_statement is ${server.log_statement}: what people write goes into the log.`,
      'Set log_statement = ddl.',
    );
  }
  if (server.preloaded !== null && !server.preloaded.includes('pg_stat_statements')) {
    warn(
      'pg_stat_statements is not loaded: slow queries are not counted.',
      "Set shared_preload_libraries = 'pg_stat_statements' and restart.",
    );
  }
  const { rows: long } = await client.query<{ pid: number; minutes: number }>(
    `select pid, floor(extract(epoch from now() - xact_start) / 60)::int as minutes
     from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()
       and backend_type = 'client backend' and xact_start < now() - $1 * interval '1 minute'
     order by xact_start limit 1`,
    [LONG_TRANSACTION_MINUTES],
  );
  if (long[0]) {
    warn(
      `A transaction has been open for ${long[0].minutes} minutes (pid ${long[0].pid}).`,
      `End it: select pg_terminate_backend(${long[0].pid}).`,
    );
  }
  return found;
}

export async function checkMigrations(client: pg.Client): Promise<Finding[]> {
  const { found, ok, fail } = findingsOf('migrations');
  const { pending, isNewer } = await migrationState(client);
  if (isNewer) {
    fail(
      'A newer release has migrated the database.',
      'Start that release, or restore the backup from before.',
    );
  } else if (pending.length > 0) {
    fail(`${pending.length} migrations are missing.`, 'Run: ainotebook migrate');
  } else ok('The tables are those of this release.');
  return found;
}

/** Whether all processes get their connections. */
export async function checkConnections(
  client: pg.Client,
  settings: Settings,
  url: string,
): Promise<Finding[]> {
  const { found, ok, warn, fail } = findingsOf('connections');
  const { rows } = await client.query<{ most: number; used: number }>(`
    select current_setting('max_connections')::int as most,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used`);
  const { most = 0, used = 0 } = rows[0] ?? {};
  const { PROCESSES, PG_POOL_MAX } = settings.env;
  const share = shareOf(most, PROCESSES);
  const asked = PG_POOL_MAX ?? readPoolParameters(url).max;
  const pool = asked ?? Math.min(DEFAULT_POOL_MAX, share);
  const sum = `${PROCESSES} x ${pool} connections of ${most}`;
  if (share < 2) {
    fail(`${sum}: too few for so many processes.`, 'Raise max_connections or lower PROCESSES.');
  } else if (pool > share) {
    warn(
      `${sum}: each process takes ${share} instead.`,
      `Set PG_POOL_MAX=${share}, or raise max_connections.`,
    );
  } else ok(`${sum}; ${used} are open now.`);
  if (used > most - RESERVED_CONNECTIONS) {
    fail(`${used} of ${most} connections are taken.`, 'Find out by whom: pg_stat_activity.');
  }
  return found;
}

/** Whether jobs get done. */
export async function checkJobs(client: pg.Client): Promise<Finding[]> {
  const { found, ok, warn } = findingsOf('jobs');
  const hold = await readHold(dbOver(client));
  if (hold) {
    warn(
      `Outgoing jobs are held since ${hold.since}: ${hold.reason}.`,
      'Look at them with: ainotebook jobs release --dry-run; then run it without --dry-run.',
    );
  }
  const { rows } = await client.query<{ due: number; late: number; dead: number }>(
    `select count(*) filter (where due_at <= now())::int as due,
       count(*) filter (where due_at < now() - $1 * interval '1 second')::int as late,
       (select count(*)::int from dead_letters) as dead
     from outbox
     where done_at is null and failed_at is null and (run_until > now()) is not true`,
    [LATE_SECONDS],
  );
  const { due = 0, late = 0, dead = 0 } = rows[0] ?? {};
  // Some of them wait for a person.
  if (late > 0 && !hold) {
    warn(
      `${late} jobs have been due for more than ten minutes.`,
      'Start a worker, or a server with SERVE_JOBS=true.',
    );
  } else ok(`${due} jobs are due.`);
  if (dead > 0) warn(`${dead} jobs have failed for good.`, 'Look at them: Administration, Jobs.');
  return found;
}
