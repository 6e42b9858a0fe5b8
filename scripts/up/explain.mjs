import { statfsSync } from 'node:fs';

const NEEDED_MB = 1_500;
const CAUSES = [
  [/spawn npx ENOENT/, 'npx was not found: install npm (it comes with Node) and put it on PATH.'],
  [/ENOSPC|no space left/i, 'The disk is full: free about 1.5 GB and run the command again.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_PNPM_NO_OFFLINE|ERR_SOCKET_TIMEOUT/,
    'The package registry cannot be reached: the first run downloads about 100 MB. Check the network (or the proxy in npm config) and run the command again; it goes on where it stopped.',
  ],
  [
    /ERR_PNPM_OUTDATED_LOCKFILE|ERR_PNPM_LOCKFILE/,
    'pnpm-lock.yaml does not fit the package.json files: restore it, or run the install without --frozen-lockfile if you changed dependencies.',
  ],
  [/EACCES|EPERM|EROFS/, 'Files here may not be written: run as the owner of this folder.'],
];

/** One line that says why a step failed and what to do. */
export function explainFailure(name, { exitCode, output }) {
  if (exitCode === 130 || exitCode === 143) return `${name} was interrupted.`;
  const [, hint] = CAUSES.find(([pattern]) => pattern.test(output)) ?? [];
  return `${name} failed (exit code ${exitCode}). ${hint ?? 'The lines above say why.'}`;
}

/** A warning when the disk of a folder is nearly full, else undefined. */
export function lowDiskWarning(folder) {
  const { bavail, bsize } = statfsSync(folder);
  const freeMb = Math.floor((bavail * bsize) / 1024 / 1024);
  return freeMb < NEEDED_MB
    ? `only ${freeMb} MB are free here; ${NEEDED_MB} MB may be needed`
    : undefined;
}
