import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stopAbandonedPostgres } from '@ainotebook/db/embedded';

const PREFIX = 'ainotebook-test-';

/** A temporary folder for the private servers of one test run. */
export function makeRunFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), PREFIX));
  // Under root PostgreSQL runs as another account, which must be able to pass.
  chmodSync(folder, 0o711);
  writeFileSync(path.join(folder, 'owner'), String(process.pid));
  return folder;
}

/** Where the PostgreSQL of a run keeps its data. */
export const postgresFolder = (runFolder: string): string => path.join(runFolder, 'postgres');

/** Stops the servers of runs that were killed and removes their folders. */
export async function removeAbandonedRuns(): Promise<void> {
  for (const name of readdirSync(os.tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(os.tmpdir(), name);
    try {
      if (!isAbandoned(folder)) continue;
      if (await stopAbandonedPostgres({ dataDir: postgresFolder(folder) })) {
        killRedisIn(folder);
        removeRunFolder(folder);
      }
    } catch {
      // Another account's left-overs, or removed by a run that starts at the same time.
    }
  }
}

/** Removes a run's folder, and the data if it had to be kept elsewhere. */
export function removeRunFolder(folder: string): void {
  const moved = readFirstLine(path.join(postgresFolder(folder), 'moved-to'));
  if (moved) rmSync(moved, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

// A run between making its folder and claiming the database in it must not be taken for a dead one.
function isAbandoned(folder: string): boolean {
  const pid = Number(readFirstLine(path.join(folder, 'owner')));
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function killRedisIn(folder: string): void {
  const pid = Number(readFirstLine(path.join(folder, 'redis.pid')));
  if (!pid) return;
  try {
    // The id may be another process's by now.
    if (readlinkSync(`/proc/${pid}/cwd`) === folder) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function readFirstLine(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[0];
  } catch {
    return undefined;
  }
}
