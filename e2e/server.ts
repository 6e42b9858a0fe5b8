import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { refuseSecrets } from '@ainotebook/testkit';

const root = path.resolve(import.meta.dirname, '..');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** What a first start has made, for another one; with its owners, which `cp` of Node does not keep. */
async function copyData(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', path.join(from, '.data'), to]);
}

/**
 * A data folder as the first start leaves it: a cluster, migrated, with the demo's notes. It takes ten seconds on a
 * busy machine, which every file would else spend. @returns the folder, and how to remove it
 */
export async function makeTemplate(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const server = await TestServer.create();
  await server.stop();
  // Each server is to find a port of its own for its Postgres.
  await rm(path.join(server.dataDir, '.data/postgres/port'), { force: true });
  return { folder: server.dataDir, remove: () => server.remove() };
}

/** The real server with the embedded Postgres in a scratch folder, as `npm start` runs it. */
export class TestServer {
  readonly baseUrl: string;
  output = '';
  #child: ChildProcess | undefined;

  private constructor(
    readonly dataDir: string,
    private readonly port: number,
    private readonly env: Record<string, string>,
  ) {
    this.baseUrl = `http://127.0.0.1:${port}`;
  }

  /** @param env settings beyond the usual ones */
  static async create(env: Record<string, string> = {}): Promise<TestServer> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'ainotebook-e2e-'));
    // Open to the account that Postgres runs under when this runs as root.
    await chmod(dataDir, 0o755);
    if (process.env.E2E_TEMPLATE) await copyData(process.env.E2E_TEMPLATE, dataDir);
    const server = new TestServer(dataDir, await freePort(), env);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [path.join(root, 'apps/server/dist/main.js'), 'serve'], {
      // Nothing of the outside: no .env, no database address.
      cwd: this.dataDir,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_ENV: 'development',
        PORT: String(this.port),
        APP_URL: this.baseUrl,
        DATA_DIR: path.join(this.dataDir, '.data'),
        // All of it is searched for secrets in the end.
        LOG_LEVEL: 'debug',
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
    for (let i = 0; i < 600; i++) {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.output}`);
      const isReady = await fetch(`${this.baseUrl}/ready`).then(
        (response) => response.ok,
        () => false,
      );
      if (isReady) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server did not get ready:\n${this.output}`);
  }

  /** Those of its settings, and those it has made for itself. */
  async #secrets(): Promise<Record<string, string | undefined>> {
    const file = path.join(this.dataDir, '.data/secrets.json');
    const made = await readFile(file, 'utf8').then(JSON.parse, () => ({}));
    const { SETUP_TOKEN, METRICS_TOKEN, OPENAI_API_KEY, VOLCENGINE_API_KEY } = this.env;
    return { ...made, SETUP_TOKEN, METRICS_TOKEN, OPENAI_API_KEY, VOLCENGINE_API_KEY };
  }

  /** Ends the process; SIGKILL leaves Postgres to the next start. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    const secrets = await this.#secrets();
    await rm(this.dataDir, { recursive: true, force: true });
    refuseSecrets(this.output, secrets);
  }
}
