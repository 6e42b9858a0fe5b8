import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type Account, canReach, isRoot } from './account.js';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './errors.js';

/** Root's place for what an unprivileged account must reach although the project lies in a closed folder. */
const SHARED = '/var/lib/ainotebook';

/** Where the cluster of a data folder and the files beside it really are. */
export interface Home {
  folder: string;
  cluster: string;
  password: string;
  port: string;
  log: string;
}

/** The files of a data folder, following the pointer left when they had to be moved. */
export function locateHome(dataDir: string): Home {
  const moved = readText(path.join(dataDir, 'moved-to'));
  if (moved === undefined) return homeAt(dataDir);
  if (!existsSync(moved)) {
    throw new EmbeddedPostgresError(
      'data',
      `The data of ${dataDir} was kept in ${moved}, which is gone: restore it, or delete ${dataDir} to start empty.`,
    );
  }
  const origin = readText(path.join(moved, 'origin'));
  if (origin !== undefined && origin !== dataDir && existsSync(path.join(origin, 'moved-to'))) {
    throw new EmbeddedPostgresError(
      'data',
      `${dataDir} is a copy of ${origin} and both point to ${moved}: delete ${path.join(dataDir, 'moved-to')} to start empty.`,
    );
  }
  return homeAt(moved);
}

/** Makes a data folder and its missing parents, open to PostgreSQL's account but to nobody's curiosity. */
export function makeDataDir(dataDir: string): void {
  const first = mkdirSync(dataDir, { recursive: true });
  if (first === undefined) return;
  // Only folders made here are opened: a closed folder somebody else made stays as they wanted it.
  for (let folder = dataDir; folder.length >= first.length; folder = path.dirname(folder)) {
    chmodSync(folder, isRoot() ? 0o711 : 0o700);
  }
}

/** The files of a data folder, after moving the cluster to a folder the account can enter, when it cannot enter the given one. */
export function reachableHome(
  dataDir: string,
  account: Account,
  log: (line: string) => void,
): Home {
  const home = locateHome(dataDir);
  if (!isRoot() || canReach(account, home.folder)) return home;
  const target = homeAt(path.join(SHARED, `data-${randomBytes(6).toString('hex')}`));
  makeShared();
  mkdirSync(target.folder);
  chmodSync(target.folder, 0o711);
  if (!canReach(account, target.folder)) {
    rmSync(target.folder, { recursive: true });
    throw new EmbeddedPostgresError(
      'data',
      `PostgreSQL does not run as root, and its account (uid ${account.uid}) may enter neither ${dataDir} nor ${SHARED}: move the project to an open folder such as /srv.`,
    );
  }
  if (existsSync(home.cluster)) {
    copyTree(home.cluster, target.cluster);
    copyTree(home.password, target.password);
  }
  writeDurably(path.join(target.folder, 'origin'), dataDir);
  writeDurably(path.join(dataDir, 'moved-to'), target.folder);
  rmSync(home.cluster, { recursive: true, force: true });
  log(`The database is kept in ${target.folder}: PostgreSQL's account may not enter ${dataDir}.`);
  return target;
}

/** The programs, copied to a folder the account can reach when it cannot reach them where they are. */
export function reachableBinaries(binaries: Binaries, account: Account): Binaries {
  const { bundle } = binaries;
  if (!isRoot() || canReach(account, binaries.postgres)) return binaries;
  if (!bundle) {
    throw new EmbeddedPostgresError(
      'unsupported',
      `The account (uid ${account.uid}) cannot run ${binaries.postgres}.`,
    );
  }
  const copy = path.join(SHARED, bundle.name);
  if (!existsSync(copy)) {
    makeShared();
    const draft = `${copy}.${randomBytes(6).toString('hex')}`;
    copyTree(bundle.folder, draft);
    try {
      renameSync(draft, copy);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return {
    initdb: path.join(copy, 'bin/initdb'),
    postgres: path.join(copy, 'bin/postgres'),
  };
}

/** Copies a file or a folder with owners, modes and links. */
export function copyTree(from: string, to: string): void {
  const run = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (run.status === 0) return;
  rmSync(to, { recursive: true, force: true });
  const reason = run.stderr?.trim().split('\n').at(-1) || run.error?.message;
  throw new EmbeddedPostgresError('data', `Copying ${from} to ${to} failed: ${reason}`);
}

/** Writes a small private file so that it is whole and on disk, or not there at all. */
export function writeDurably(file: string, text: string, account?: Account): void {
  const draft = `${file}.draft`;
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  if (account?.uid !== undefined) lchownSync(draft, account.uid, account.gid);
  renameSync(draft, file);
  syncFolder(path.dirname(file));
}

/** Makes renames inside a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The trimmed text of a file, or undefined when it cannot be read. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function homeAt(folder: string): Home {
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  return {
    folder: real,
    cluster: path.join(real, 'cluster'),
    password: path.join(real, 'password'),
    port: path.join(real, 'port'),
    log: path.join(real, 'postgres.log'),
  };
}

function makeShared(): void {
  try {
    mkdirSync(SHARED, { recursive: true });
    chmodSync(SHARED, 0o711);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'data',
      `PostgreSQL does not run as root, its account may not enter this project's folder, and ${SHARED} cannot be made: move the project to an open folder such as /srv.`,
      { cause },
    );
  }
}
