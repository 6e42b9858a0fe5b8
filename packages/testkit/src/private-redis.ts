import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 10_000;
const PORT_TRIES = 3;

/** The rights that the shipped Redis gives to everybody. */
const SHIPPED_RIGHTS = path.resolve(import.meta.dirname, '../../../docker/redis/users.acl');
/** May do what the shipped rights forbid; for the faults that tests cause. */
const KEEPER = 'keeper';

/** The same database with every right, where the server is one of ours. */
export function keeperUrl(url: string): string {
  const keeper = new URL(url);
  // A server from outside knows no keeper, and its own account may do everything.
  if (process.env.TEST_REDIS_URL) return url;
  keeper.username = KEEPER;
  keeper.password = 'any';
  return keeper.href;
}

/**
 * Starts a `redis-server` that keeps nothing, on a free port of the loopback, with the rights of the
 * shipped one and a keeper besides.
 */
export async function startRedis(
  program: string,
  folder: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const rights = path.join(folder, 'users.acl');
  writeFileSync(
    rights,
    `${readFileSync(SHIPPED_RIGHTS, 'utf8').trim()}\nuser ${KEEPER} on nopass ~* &* +@all\n`,
  );
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const args = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    args.push(
      '--dir',
      folder,
      '--pidfile',
      path.join(folder, 'redis.pid'),
      '--aclfile',
      rights,
      '--maxmemory-policy',
      'noeviction',
    );
    const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-2_000);
    });
    const ended = once(child, 'exit');
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    const deadline = Date.now() + READY_MS;
    while (!output.includes('Ready to accept connections')) {
      if (hasEnded() || Date.now() > deadline) break;
      await sleep(10);
    }
    if (output.includes('Ready to accept connections')) {
      const stop = async () => {
        child.kill('SIGKILL');
        if (!hasEnded()) await ended;
      };
      return { url: `redis://127.0.0.1:${port}`, stop };
    }
    child.kill('SIGKILL');
    if (attempt >= PORT_TRIES) throw new Error(`${program} did not start: ${output.trim()}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
