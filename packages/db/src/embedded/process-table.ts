import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * A name for this very run of a process id, or undefined when no such process lives.
 * Process ids are recycled; the id together with its start time (and boot) is not.
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const stat = linuxStat(pid);
  if (!stat) return undefined;
  return `${bootId()}/${stat.startTicks}`;
}

/** Whether the process exists and is more than a zombie nobody has reaped. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') return linuxStat(pid) !== undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** The command line of a live process with single spaces between its words, or undefined. */
export function commandLine(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'command');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').replaceAll('\0', ' ');
  } catch {
    return undefined;
  }
}

/** The directory a live process works in, where the system tells (Linux, own processes or root). */
export function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Whether an error of node:fs or process.kill carries the given code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function linuxStat(pid: number): { startTicks: string } | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command name may hold spaces and brackets, so fields are counted from the last bracket.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTicks = fields[19];
  if (!startTicks || state === 'Z' || state === 'X') return undefined;
  return { startTicks };
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown-boot';
  }
}

function ps(pid: number, column: string): string | undefined {
  const out = spawnSync('ps', ['-ww', '-o', `stat=,${column}=`, '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  const match = /^(\S+)\s+(.+)$/.exec(out.stdout.trim());
  return match?.[1]?.startsWith('Z') ? undefined : match?.[2];
}
