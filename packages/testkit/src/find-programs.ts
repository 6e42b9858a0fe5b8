import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const OLDEST_MAJOR = 15;

/** The newest usable PostgreSQL of the machine as the folder of its programs, if there is one. */
export function findSystemPostgres(): string | undefined {
  const [newest] = [...pathFolders(), ...packagedFolders()]
    .filter((folder) => existsSync(path.join(folder, 'initdb')))
    .map((folder) => ({ folder, major: majorOf(folder) }))
    .filter(({ major }) => major >= OLDEST_MAJOR)
    .sort((a, b) => b.major - a.major);
  return newest?.folder;
}

/** Whether a PostgreSQL of the machine can count its statements. */
export function hasStatements(binDir: string | undefined): boolean {
  if (!binDir) return false;
  const run = spawnSync(path.join(binDir, 'pg_config'), ['--pkglibdir'], { encoding: 'utf8' });
  const folders = [run.stdout?.trim(), path.join(binDir, '../lib')];
  return folders.some((folder) => folder && existsSync(path.join(folder, 'pg_stat_statements.so')));
}

/** The path of `redis-server`, if it is on PATH. */
export function findRedisServer(): string | undefined {
  return pathFolders()
    .map((folder) => path.join(folder, 'redis-server'))
    .find((file) => existsSync(file));
}

function majorOf(folder: string): number {
  const run = spawnSync(path.join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return Number(/\(PostgreSQL\) (\d+)/.exec(run.stdout ?? '')?.[1] ?? 0);
}

function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
}

/** Where Debian and Homebrew keep the programs that they do not put on PATH. */
function packagedFolders(): string[] {
  return ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt']
    .filter((root) => existsSync(root))
    .flatMap((root) => readdirSync(root).map((name) => path.join(root, name, 'bin')))
    .filter((folder) => folder.includes('postgresql'));
}
