import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, hasCode, isAlive, workingDirectory } from './process-table.js';

/** What a running server says about itself in postmaster.pid. */
export interface Postmaster {
  pid: number;
  port: number;
  /** starting, ready, stopping or standby. */
  status: string;
}

const FAST_SHUTDOWN_MS = 10_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;

/** The contents of a cluster's postmaster.pid, whether or not that process still lives. */
export function readPidFile(cluster: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? 'starting' };
}

/** The live server of a cluster: a dead or recycled process id in postmaster.pid is not one. */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const written = readPidFile(cluster);
  return written && runsCluster(written.pid, cluster) ? written : undefined;
}

/** Shuts a server down: fast, and when that takes too long at once (its log then repairs it at the next start). */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  const steps = [
    { signal: 'SIGINT', waitMs: FAST_SHUTDOWN_MS },
    { signal: 'SIGQUIT', waitMs: IMMEDIATE_SHUTDOWN_MS },
    { signal: 'SIGKILL', waitMs: IMMEDIATE_SHUTDOWN_MS },
  ] as const;
  for (const { signal, waitMs } of steps) {
    if (!runsCluster(pid, cluster)) return;
    signalProcess(pid, signal);
    if (await hasEnded(pid, waitMs)) return;
  }
}

/** Sends a signal, ignoring a process that has just ended. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

function runsCluster(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const folder = workingDirectory(pid);
  const command = commandLine(pid) ?? '';
  // A moved project shows in the working directory; the command line is the only source outside Linux.
  if (folder !== undefined) return folder === cluster && command.includes('postgres');
  return command.includes(`postgres -D ${cluster} `);
}

async function hasEnded(pid: number, waitMs: number): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  while (isAlive(pid)) {
    if (Date.now() >= deadline) return false;
    await sleep(10);
  }
  return true;
}
