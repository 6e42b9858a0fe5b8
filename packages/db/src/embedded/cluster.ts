import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './errors.js';
import { type Home, readText, syncFolder, writeDurably } from './home.js';

/** The superuser of every embedded cluster. */
export const SUPERUSER = 'postgres';

/** PostgreSQL inherits nothing of our environment: it must not hold the application's secrets. */
export const POSTGRES_ENV = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

/** Whether the folder holds a finished cluster. */
export const hasCluster = (home: Home): boolean =>
  existsSync(path.join(home.cluster, 'PG_VERSION'));

/**
 * Makes a new cluster with a random password. It appears under its name only when complete, so a crash
 * on the way leaves nothing that looks like data.
 * @throws EmbeddedPostgresError start
 */
export function createCluster(
  home: Home,
  binaries: Binaries,
  account: Account,
  isDurable: boolean,
): void {
  const draft = `${home.cluster}.draft`;
  const handover = path.join(home.folder, 'password.initdb');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  if (account.uid !== undefined) chownSync(draft, account.uid, account.gid);
  const password = randomBytes(24).toString('base64url');
  writeDurably(home.password, password);
  writeDurably(handover, password, account);
  const args = ['-D', draft, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${handover}`];
  args.push(
    '--locale=C',
    '--encoding=UTF8',
    '--data-checksums',
    ...(isDurable ? [] : ['--no-sync']),
  );
  const run = spawnSync(binaries.initdb, args, {
    ...account,
    cwd: '/',
    env: POSTGRES_ENV,
    encoding: 'utf8',
  });
  rmSync(handover, { force: true });
  if (run.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    const reason = run.error?.message ?? lastLines(run.stderr);
    throw new EmbeddedPostgresError(
      'start',
      `Making the database in ${home.cluster} failed: ${reason} (or set DATABASE_URL to use another PostgreSQL server)`,
    );
  }
  renameSync(draft, home.cluster);
  syncFolder(home.folder);
}

/** The password made with the cluster. @throws EmbeddedPostgresError data */
export function readPassword(home: Home): string {
  const password = readText(home.password);
  if (password) return password;
  throw new EmbeddedPostgresError(
    'data',
    `The password file ${home.password} of the database beside it is missing or unreadable: restore it from a backup.`,
  );
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ').replaceAll(/\s+/g, ' ');
}
