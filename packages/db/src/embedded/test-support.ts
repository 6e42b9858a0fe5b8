import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { stopAbandonedPostgres } from './abandoned.js';
import { findPostmaster } from './postmaster.js';

/** Where the built module is, for processes of their own. */
export const BUILT_FOLDER = path.resolve(import.meta.dirname, '../../dist/embedded');
const BUILT = pathToFileURL(path.join(BUILT_FOLDER, 'index.js')).href;

/** A scratch folder PostgreSQL's account may enter; `remove` also stops whatever still runs inside. */
export function scratchFolder(): { folder: string; remove(): Promise<void> } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ainotebook-embedded-'));
  chmodSync(folder, 0o755);
  return {
    folder,
    remove: async () => {
      await stopAbandonedPostgres({ dataDir: path.join(folder, 'pg') });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A program of its own that starts the embedded PostgreSQL of a folder and then runs `body`. */
export class Program {
  readonly child: ChildProcess;
  output = '';

  constructor(dataDir: string, body: string, account: { uid?: number; gid?: number } = {}) {
    const script = `
      import { startEmbeddedPostgres } from ${JSON.stringify(BUILT)};
      const settings = { fsync: 'off' };
      const say = (line) => process.stdout.write(line + '\\n');
      const start = (more) => startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => undefined, ...more });
      ${body}`;
    this.child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      ...account,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // The script's own imports (pg) are found from here.
      cwd: import.meta.dirname,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
  }

  /** Waits until the program has printed what the pattern matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.child.exitCode !== null && !pattern.test(this.output)) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`The program never said ${pattern}: ${this.output}`);
  }

  async ends(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }

  async kill9(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ends();
  }
}

/** Runs one statement on a server and returns its rows. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** The process id of the live server of a data folder that was not moved. */
export function serverPid(dataDir: string): number | undefined {
  return findPostmaster(path.join(dataDir, 'cluster'))?.pid;
}
