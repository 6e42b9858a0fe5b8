import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Account, chooseAccount } from './account.js';
import { type Binaries, findBinaries } from './binaries.js';
import { claimDirectory } from './claim.js';
import { createCluster, hasCluster, POSTGRES_ENV, readPassword, SUPERUSER } from './cluster.js';
import { EmbeddedPostgresError } from './errors.js';
import {
  type Home,
  locateHome,
  makeDataDir,
  reachableBinaries,
  reachableHome,
  readText,
  writeDurably,
} from './home.js';
import { openLogFile, readLogFrom } from './log-file.js';
import {
  findPostmaster,
  type Postmaster,
  readPidFile,
  signalProcess,
  stopPostmaster,
} from './postmaster.js';
import { commandLine } from './process-table.js';

const READY_MS = 120_000;
const LINGERING_BACKENDS_MS = 15_000;
const PORT_TRIES = 5;

/** How to run a PostgreSQL of our own. */
export interface EmbeddedPostgresOptions {
  /** The folder that holds the database, its password and its log; made when missing. */
  dataDir: string;
  /** Told in short lines what is going on. */
  log: (line: string) => void;
  /** A fixed port; without it a free one is chosen and kept for the next start. */
  port?: number;
  /** A folder with `initdb` and `postgres` to use instead of the shipped ones. */
  binDir?: string;
  /** Server settings beside or over the defaults. */
  settings?: Record<string, string>;
  /** How long to wait for an earlier user of the folder to end; 3000 ms when not given. */
  waitMs?: number;
}

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  url: string;
  /** Whether a server left over from a killed process was taken over instead of starting one. */
  isReused: boolean;
  /** Stops the server and gives the data folder free. */
  stop(): Promise<void>;
}

/** Attempts to start again after the server has stopped by itself. */
const REVIVALS = 20;

const DEFAULT_SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Statements and their details carry what people write; the log must not.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/**
 * Runs PostgreSQL on a data folder until `stop()`, making the database when there is none.
 * @throws EmbeddedPostgresError unsupported, in_use, data, start
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const dataDir = path.resolve(options.dataDir);
  const found = await findBinaries(options.binDir);
  makeDataDir(dataDir);
  const claim = await claimDirectory(dataDir, options.waitMs ?? 3_000);
  try {
    const account = chooseAccount(locateHome(dataDir).cluster);
    const home = reachableHome(dataDir, account, options.log);
    const binaries = reachableBinaries(found, account);
    const server = new Server(home, binaries, account, options);
    const isReused = await server.run();
    const endWithProcess = () => {
      const live = findPostmaster(home.cluster);
      if (live) signalProcess(live.pid, 'SIGINT');
      claim.release();
    };
    process.once('exit', endWithProcess);
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      await server.stop();
      process.off('exit', endWithProcess);
      claim.release();
    };
    return { url: server.url, isReused, stop: () => (stopping ??= stop()) };
  } catch (error) {
    claim.release();
    throw error;
  }
}

/** The address of the server that runs on a data folder now (ours or another process's), if one does. */
export function findEmbeddedPostgres(options: { dataDir: string }): { url: string } | undefined {
  const home = locateHome(path.resolve(options.dataDir));
  const live = findPostmaster(home.cluster);
  return live?.status === 'ready' ? { url: urlOf(live.port, readPassword(home)) } : undefined;
}

class Server {
  pid = 0;
  url = '';
  #isStopping = false;
  #child: ChildProcess | undefined;
  #revival: Promise<void> | undefined;

  constructor(
    readonly home: Home,
    readonly binaries: Binaries,
    readonly account: Account,
    readonly options: EmbeddedPostgresOptions,
  ) {}

  /** Returns whether a left-over server was taken over. */
  async run(): Promise<boolean> {
    const left = findPostmaster(this.home.cluster);
    if (left && (await this.takeOver(left))) return true;
    if (!hasCluster(this.home)) {
      this.options.log('making a new database');
      createCluster(this.home, this.binaries, this.account, this.options.settings?.fsync !== 'off');
    }
    const password = readPassword(this.home);
    const port = await this.launch();
    this.url = urlOf(port, password);
    await greet(this.url);
    return false;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#revival;
    this.#child?.ref();
    await stopPostmaster(this.pid, this.home.cluster);
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  private async takeOver(left: Postmaster): Promise<boolean> {
    const expected = [this.binaries.postgres, ...this.argumentsFor(left.port)].join(' ');
    const isWanted = !this.options.port || this.options.port === left.port;
    if (left.status === 'ready' && isWanted && commandLine(left.pid) === expected) {
      const url = urlOf(left.port, readPassword(this.home));
      try {
        await greet(url);
        this.pid = left.pid;
        this.url = url;
        this.options.log(`took over the database server a killed run had left (pid ${left.pid})`);
        return true;
      } catch {
        // It does not answer: stopped below and started afresh.
      }
    }
    this.options.log(`stopping the database server an earlier run had left (pid ${left.pid})`);
    await stopPostmaster(left.pid, this.home.cluster);
    return false;
  }

  private async launch(): Promise<number> {
    const lingerUntil = Date.now() + LINGERING_BACKENDS_MS;
    let port = this.options.port ?? (await this.rememberedPort());
    for (let attempt = 1; ; ) {
      const failure = await this.launchOn(port);
      if (failure === undefined) break;
      // Sessions of a killed server may need a moment to notice that it is gone.
      if (failure.includes('still in use') && Date.now() < lingerUntil) await sleep(200);
      else if (failure.includes('could not bind') && !this.options.port && attempt < PORT_TRIES) {
        attempt += 1;
        port = await freePort();
      } else {
        throw new EmbeddedPostgresError(
          'start',
          `PostgreSQL did not start: ${failure} (log: ${this.home.log})`,
        );
      }
    }
    if (readText(this.home.port) !== String(port)) writeDurably(this.home.port, String(port));
    return port;
  }

  /** Killed or crashed: starts again under the same address, which the pool goes on using. */
  private async revive(port: number): Promise<void> {
    for (let attempt = 1; attempt <= REVIVALS && !this.#isStopping; attempt++) {
      await sleep(attempt * 250);
      const failure = this.#isStopping ? undefined : await this.launchOn(port);
      if (failure === undefined) {
        if (!this.#isStopping) this.options.log('the database server is running again');
        return;
      }
      this.options.log(`the database server did not start again: ${failure}`);
    }
  }

  /** Returns why the server did not come up, or undefined when it is ready. */
  private async launchOn(port: number): Promise<string | undefined> {
    const log = openLogFile(this.home.log, this.home.folder);
    const offset = fstatSync(log.fd).size;
    const stalePid = readPidFile(this.home.cluster)?.pid;
    const child = spawn(this.binaries.postgres, this.argumentsFor(port), {
      ...this.account,
      cwd: '/',
      // Its own session: Ctrl-C must not reach it before the application has finished its work.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: {
        ...POSTGRES_ENV,
        // The dead server's process id may by now be another process's, which PostgreSQL would take for
        // a live server. Named as an ancestor it is passed over; all its other checks stay in force.
        ...(stalePid ? { PG_GRANDPARENT_PID: String(stalePid) } : {}),
      },
    });
    let ended: string | undefined;
    this.#child = child;
    child.once('error', (error) => {
      ended = error.message;
      log.close();
    });
    child.once('exit', (code, signal) => {
      ended = readLogFrom(this.home.log, offset) || `it ended with ${signal ?? `code ${code}`}`;
      log.close();
      if (this.pid === child.pid && !this.#isStopping) {
        this.options.log(`the database server has stopped by itself: ${ended}`);
        this.#revival = this.revive(port);
      }
    });
    child.unref();
    const deadline = Date.now() + READY_MS;
    let nextNews = Date.now() + 3_000;
    while (ended === undefined) {
      const written = readPidFile(this.home.cluster);
      if (child.pid && written?.pid === child.pid && written.status === 'ready') {
        this.pid = child.pid;
        return undefined;
      }
      if (Date.now() > deadline) {
        await stopPostmaster(child.pid ?? 0, this.home.cluster);
        return `it was not ready after ${READY_MS / 1000} s`;
      }
      if (Date.now() > nextNews) {
        this.options.log('the database server is still starting (repairing after a crash?)');
        nextNews = Date.now() + 5_000;
      }
      await sleep(10);
    }
    return ended;
  }

  private argumentsFor(port: number): string[] {
    const settings = Object.entries({ ...DEFAULT_SETTINGS, ...this.options.settings });
    const named = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return ['-D', this.home.cluster, '-p', String(port), ...named];
  }

  private async rememberedPort(): Promise<number> {
    const port = Number(readText(this.home.port));
    return port > 0 && (await isFree(port)) ? port : freePort();
  }
}

function urlOf(port: number, password: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
}

async function greet(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } catch (cause) {
    throw new EmbeddedPostgresError('start', 'PostgreSQL runs but does not let us in.', { cause });
  } finally {
    await client.end();
  }
}

function isFree(port: number): Promise<boolean> {
  return listenOn(port).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return listenOn(0);
}

function listenOn(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
