import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { OUR_SCHEMAS } from '@ainotebook/db/dump';
import { toolEnvironment } from '../env.js';
import { UsageError } from '../failure.js';
import { majorOf } from './manifest.js';
import { outputOf } from './run-tool.js';

/** Parameters of an address that libpq understands; ours and pg's own would make it refuse. */
const LIBPQ = new Set([
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'channel_binding',
  'options',
  'host',
]);

/** A dump of the moment that `snapshot` is of. @throws UsageError, while it is read */
export function dumpDatabase(
  url: string,
  { snapshot, format }: { snapshot: string; format: 'plain' | 'custom' },
): Readable {
  const { address, password } = withoutPassword(url);
  const args = [
    `--dbname=${address}`,
    `--snapshot=${snapshot}`,
    `--format=${format}`,
    ...OUR_SCHEMAS.map((schema) => `--schema=${schema}`),
    '--no-owner',
    '--no-privileges',
    '--encoding=UTF8',
    '--lock-wait-timeout=30000',
  ];
  return Readable.from(outputOf('pg_dump', args, { PGPASSWORD: password }));
}

/** A dump of the format `custom` as a plain one. @throws UsageError, while it is read */
export function asPlainDump(dump: Readable): Readable {
  return Readable.from(outputOf('pg_restore', ['--file=-', '--no-owner'], {}, dump));
}

/**
 * Makes sure that the tool is there and not older than the server.
 * @throws UsageError with what to install
 */
export async function requireTool(tool: 'pg_dump' | 'pg_restore', server: string): Promise<void> {
  const wanted = `postgresql-client-${majorOf(server)}`;
  let version: string;
  try {
    const { stdout } = await promisify(execFile)(tool, ['--version'], { env: toolEnvironment() });
    version = /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1] ?? '';
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = isAbsent ? 'is not on PATH' : 'does not run';
    throw new UsageError(
      `${tool} ${reason}: install ${wanted} (the server is PostgreSQL ${server}).`,
      { cause: error },
    );
  }
  if (majorOf(version) >= majorOf(server)) return;
  throw new UsageError(
    `${tool} ${version} is too old for PostgreSQL ${server}: install ${wanted}, or put its folder first on PATH.`,
  );
}

function withoutPassword(url: string): { address: string; password: string } {
  const address = new URL(url);
  const password = decodeURIComponent(address.password);
  address.password = '';
  for (const name of [...address.searchParams.keys()]) {
    if (!LIBPQ.has(name)) address.searchParams.delete(name);
  }
  return { address: address.href, password };
}
