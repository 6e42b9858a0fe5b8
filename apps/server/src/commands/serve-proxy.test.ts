import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '@ainotebook/testkit';
import { expect, it, vi } from 'vitest';
import { command, freePort } from '../process-support.js';

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-replica-'));
const WAIT = { timeout: 60_000, interval: 10 };

/** What a proxy does with a connection that it keeps. */
async function ask(socket: Socket): Promise<string> {
  const answer = once(socket, 'data', { signal: AbortSignal.timeout(10_000) });
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return String((await answer)[0]).split('\r\n')[0] ?? '';
}

async function opened(port: number): Promise<Socket | null> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const isOpen = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    once(socket, 'close').then(() => false),
  ]);
  return isOpen ? socket : null;
}

it('is one of several behind a proxy: it takes no connection before it serves, and ends none under a request', async () => {
  const database = await createTestDatabase();
  const port = await freePort();
  const env = { DATABASE_URL: database.url, PORT: String(port), TRUST_PROXY: 'loopback' };
  const server = command(['serve'], env, { cwd });
  const kept = await vi.waitFor(async () => {
    const socket = await opened(port);
    expect(socket).not.toBeNull();
    return socket as Socket;
  }, WAIT);
  expect(await ask(kept)).toBe('HTTP/1.1 200 OK');
  server.child.kill('SIGTERM');
  await vi.waitFor(async () => expect(await opened(port)).toBeNull(), WAIT);
  expect(await ask(kept)).toMatch(/^HTTP\/1\.1 \d/);
  expect(await server.ended).toBe(0);
  await database.drop();
}, 90_000);
