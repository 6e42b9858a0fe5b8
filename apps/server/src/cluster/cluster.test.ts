import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmptyDatabase } from '@ainotebook/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Command, command, freePort } from '../process-support.js';
import { readWorkers } from './workers-option.js';

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-cluster-'));
/** That of `migrate`. */
const MIGRATION_LOCK = 4_201_977;
const WAIT = { timeout: 60_000, interval: 50 };
let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
let server: Command;
let base: string;

const get = async (at: string) => {
  const response = await fetch(`${base}${at}`, { headers: { connection: 'close' } });
  return { status: response.status, text: await response.text() };
};
const untilReady = () =>
  vi.waitFor(async () => expect((await get('/ready')).status).toBe(200), WAIT);
/** The processes of the cluster, once there are `count`. */
const workers = (count: number) =>
  vi.waitFor(() => {
    const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' }).split('\n');
    const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
    const pids = pairs.flatMap(([parent, pid]) =>
      parent === server.child.pid && pid ? [pid] : [],
    );
    expect(pids).toHaveLength(count);
    return pids;
  }, WAIT);

beforeAll(async () => {
  empty = await createEmptyDatabase();
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  const env = { DATABASE_URL: empty.url, PORT: String(port), PG_POOL_MAX: '4' };
  server = command(['serve', '--workers', '2'], env, { cwd });
  await untilReady();
}, 90_000);
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await empty.drop();
});

describe('ainotebook serve --workers 2', () => {
  it('answers for all its processes at /metrics, whichever is asked', async () => {
    await workers(2);
    for (let asked = 0; asked < 20; asked += 1) await get('/health');
    const { text } = await get('/metrics');
    const count =
      /http_request_duration_seconds_count\{method="GET",route="\/health",status_code="200"\} (\d+)/;
    expect(text).toMatch(count);
    expect(Number(count.exec(text)?.[1])).toBe(20);
  });

  it('answers at /metrics while one of its processes is still starting', async () => {
    const [first = 0] = await workers(2);
    // Not the only one that takes requests.
    await vi.waitFor(
      () => expect(server.output().match(/A process serves/g)).toHaveLength(2),
      WAIT,
    );
    const keeper = new pg.Client(empty.url);
    await keeper.connect();
    // What every process asks for when it starts.
    await keeper.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const waits = () =>
      keeper.query(`select from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and not l.granted and d.datname = current_database()`);
    try {
      process.kill(first, 'SIGKILL');
      await vi.waitFor(async () => expect((await waits()).rowCount).toBe(1), WAIT);
      // Of the one that is left, which may have answered nothing yet.
      await get('/health');
      const { status, text } = await get('/metrics');
      expect(status).toBe(200);
      expect(text).toContain('http_request_duration_seconds_count');
    } finally {
      await keeper.end();
    }
    await vi.waitFor(async () => expect(await workers(2)).not.toContain(first), WAIT);
  }, 90_000);

  it('starts a killed process again', async () => {
    const [first = 0] = await workers(2);
    process.kill(first, 'SIGKILL');
    await server.until(/A process died/);
    await vi.waitFor(async () => expect(await workers(2)).not.toContain(first), WAIT);
    await untilReady();
  }, 90_000);

  it('replaces every process on SIGHUP, and ends in order on SIGTERM', async () => {
    const before = await workers(2);
    server.child.kill('SIGHUP');
    await server.until(/Every process is replaced/);
    const after = await workers(2);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    for (const pid of after) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  }, 90_000);
});

describe('the number of processes', () => {
  it.each(['0', '-1', '65', 'many', '1.5'])('cannot be %s', (value) => {
    expect(() => readWorkers(value)).toThrow('--workers takes a number from 1 to 64');
  });

  it('is one a core with max', () => {
    expect(readWorkers('max')).toBeGreaterThan(0);
  });

  it('is one with the embedded database', async () => {
    const alone = command(['serve', '--workers', '2'], { PORT: String(await freePort()) }, { cwd });
    expect(await alone.ended).toBe(1);
    expect(alone.output()).toContain('set DATABASE_URL');
  });
});
