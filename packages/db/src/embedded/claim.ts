import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.js';
import { processIdentity } from './process-table.js';

/** The right to use a data folder; it dies with the process that holds it. */
export interface Claim {
  release(): void;
}

/**
 * Makes this process the only user of a data folder, waiting up to `waitMs` for an earlier one to end.
 * Node has no file locks, so each process puts down its own claim first and looks at the others
 * afterwards: of two that come at once at least one sees the other. A claim counts only while the very
 * process that wrote it lives, so nothing is left to clear up after kill -9 or a power cut.
 * @throws EmbeddedPostgresError in_use
 */
export async function claimDirectory(directory: string, waitMs: number): Promise<Claim> {
  const folder = path.join(directory, 'claims');
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + waitMs;
  for (;;) {
    const own = putClaim(folder);
    const [other] = liveClaims(folder, own);
    if (other === undefined)
      return { release: () => rmSync(path.join(folder, own), { force: true }) };
    rmSync(path.join(folder, own), { force: true });
    if (Date.now() >= deadline) {
      throw new EmbeddedPostgresError(
        'in_use',
        `The data folder ${directory} is already in use by process ${other}: stop that one first.`,
      );
    }
    await sleep(30 + Math.random() * 120);
  }
}

function putClaim(folder: string): string {
  const name = `${process.pid}-${randomBytes(6).toString('hex')}`;
  const draft = path.join(folder, `draft-${name}`);
  writeFileSync(draft, processIdentity(process.pid) ?? '');
  // A rename makes name and content appear together: an empty claim would look dead to the others.
  renameSync(draft, path.join(folder, name));
  return name;
}

function liveClaims(folder: string, own: string): number[] {
  const live: number[] = [];
  for (const name of readdirSync(folder)) {
    const pid = Number(/^(?:draft-)?(\d+)-/.exec(name)?.[1]);
    if (!pid || name === own) continue;
    const isDraft = name.startsWith('draft-');
    const identity = processIdentity(pid);
    if (identity === undefined || (!isDraft && identity !== readClaim(folder, name))) {
      removeDead(path.join(folder, name));
    } else if (!isDraft) {
      live.push(pid);
    }
  }
  return live;
}

function readClaim(folder: string, name: string): string | undefined {
  try {
    return readFileSync(path.join(folder, name), 'utf8');
  } catch {
    return undefined;
  }
}

function removeDead(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Another account's dead claim may be unremovable; being dead it is ignored all the same.
  }
}
