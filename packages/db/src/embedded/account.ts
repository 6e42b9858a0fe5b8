import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { EmbeddedPostgresError } from './errors.js';

/** The account PostgreSQL runs under when this process is root; empty when it is a plain user's. */
export type Account = { uid: number; gid: number } | Record<string, never>;

/** Whether this process is root, as whom PostgreSQL refuses to run. */
export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * The account to run PostgreSQL under. Root uses the one that already owns the cluster, else an existing
 * unprivileged one; none is ever created. A plain user is refused data that belongs to somebody else.
 * @throws EmbeddedPostgresError data, unsupported
 */
export function chooseAccount(clusterDir: string): Account {
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (!isRoot()) {
    if (owner && owner.uid !== process.getuid?.()) {
      throw new EmbeddedPostgresError(
        'data',
        `The data in ${clusterDir} belongs to another account (uid ${owner.uid}; was it first started as root?): start as before, or hand the folder over with chown -R.`,
      );
    }
    return {};
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = findAccount('postgres') ?? findAccount('nobody');
  if (!account) {
    throw new EmbeddedPostgresError(
      'unsupported',
      'PostgreSQL does not run as root and there is no account postgres or nobody to run it under: start as a plain user, or set DATABASE_URL.',
    );
  }
  return account;
}

/** Whether the account may enter (a folder) or run (a program) the path. */
export function canReach(account: Account, target: string): boolean {
  return (
    spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', target], { ...account, cwd: '/' }).status ===
    0
  );
}

function findAccount(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  const found = { uid: Number(uid), gid: Number(gid) };
  return found.uid > 0 && found.gid >= 0 ? found : undefined;
}
