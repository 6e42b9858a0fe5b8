import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { copyTree } from './home.js';
import { withStoppedData } from './stopped.js';

const KEPT = 2;

/** What to copy aside, and where to. */
export interface SnapshotOptions {
  /** The data folder of a stopped embedded PostgreSQL. */
  dataDir: string;
  /** The folder that holds the copies, one folder each, named by time. */
  to: string;
}

/**
 * Copies the database of a stopped embedded PostgreSQL aside and keeps the last two copies; to go back,
 * put a copy in the data folder's place. Returns the copy's folder.
 * @throws EmbeddedPostgresError in_use, data
 */
export async function snapshotDataDir(options: SnapshotOptions): Promise<string> {
  return withStoppedData(options, (folder) => copyAside(folder, path.resolve(options.to)));
}

function copyAside(folder: string, to: string): string {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(to)) {
    if (name.endsWith('.draft')) rmSync(path.join(to, name), { recursive: true, force: true });
  }
  // Colons are not allowed in names everywhere; the order of the names is the order in time.
  const copy = path.join(to, new Date().toISOString().replaceAll(/[:.]/g, '-'));
  const draft = `${copy}.draft`;
  copyTree(folder, draft);
  // The copy is the way back from a failed migration: it must be on disk before that begins.
  spawnSync('sync');
  for (const name of ['claims', 'origin']) {
    rmSync(path.join(draft, name), { recursive: true, force: true });
  }
  renameSync(draft, copy);
  const copies = readdirSync(to)
    .filter((name) => /^\d{4}-\d\d-\d\dT[\d-]+Z$/.test(name))
    .sort();
  for (const name of copies.slice(0, -KEPT)) {
    rmSync(path.join(to, name), { recursive: true, force: true });
  }
  return copy;
}
