import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from './index.js';
import { isAlive } from './process-table.js';
import { Program, query, scratchFolder, serverPid } from './test-support.js';

let scratch: ReturnType<typeof scratchFolder>;
let dataDir: string;
const log = () => undefined;

beforeEach(() => {
  scratch = scratchFolder();
  dataDir = path.join(scratch.folder, 'pg');
});
afterEach(async () => {
  await scratch.remove();
});

/** A program that writes numbered rows and says each number once it is committed. */
const writer = () =>
  new Program(
    dataDir,
    `import pg from 'pg';
    const server = await start();
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query('create table written (n int primary key)');
    for (let n = 1; ; n += 1) { await client.query('insert into written values ($1)', [n]); say('#' + n); }`,
  );

async function killedWhileWriting(): Promise<number> {
  const program = writer();
  await program.says(/#200\n/);
  await program.kill9();
  return Number(/#(\d+)\n$/.exec(program.output)?.[1]);
}

describe('after kill -9 of the server alone', () => {
  it('is started again under the same address, with every acknowledged row', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    await query(server.url, 'create table kept as select 1 as n');
    const killed = serverPid(dataDir);
    if (killed === undefined) throw new Error('no server runs');
    process.kill(killed, 'SIGKILL');
    const answer = () => query(server.url, 'select n from kept').catch(() => []);
    await expect.poll(answer, { timeout: 15_000, interval: 100 }).toEqual([{ n: 1 }]);
    expect(serverPid(dataDir)).not.toBe(killed);
    await server.stop();
    expect(serverPid(dataDir)).toBeUndefined();
  });
});

describe('after kill -9 of the program', () => {
  it('takes over the server it left and has every acknowledged row', async () => {
    const acknowledged = await killedWhileWriting();
    const left = serverPid(dataDir);
    expect(left).toBeDefined();
    const server = await startEmbeddedPostgres({ dataDir, log });
    expect(server.isReused).toBe(true);
    expect(serverPid(dataDir)).toBe(left);
    const [row] = await query(
      server.url,
      `select count(*)::int as n from written where n <= ${acknowledged}`,
    );
    expect(row).toEqual({ n: acknowledged });
    await server.stop();
    expect(serverPid(dataDir)).toBeUndefined();
  });

  it('stops the server it left first when that runs with other settings', async () => {
    const acknowledged = await killedWhileWriting();
    const server = await startEmbeddedPostgres({ dataDir, log, settings: { work_mem: '8MB' } });
    expect(server.isReused).toBe(false);
    const rows = await query(
      server.url,
      `select count(*)::int as n, current_setting('work_mem') as mem from written where n <= ${acknowledged}`,
    );
    expect(rows).toEqual([{ n: acknowledged, mem: '8MB' }]);
    await server.stop();
  });

  it('repairs the database when the server was killed as well', async () => {
    const program = writer();
    await program.says(/#200\n/);
    process.kill(serverPid(dataDir) ?? Number.NaN, 'SIGKILL');
    await program.kill9();
    const acknowledged = Number(/#(\d+)\n(?!.*#)/s.exec(program.output)?.[1]);
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    const server = await startEmbeddedPostgres({ dataDir, log });
    expect(server.isReused).toBe(false);
    const [row] = await query(
      server.url,
      `select count(*)::int as n from written where n <= ${acknowledged}`,
    );
    expect(row).toEqual({ n: acknowledged });
    await server.stop();
  });

  it('starts although the id of the dead server now belongs to another process, and spares that one', async () => {
    const first = await startEmbeddedPostgres({ dataDir, log });
    const pidFile = path.join(dataDir, 'cluster', 'postmaster.pid');
    const written = readFileSync(pidFile, 'utf8');
    await first.stop();
    const { uid, gid } = statSync(path.join(dataDir, 'cluster'));
    // Of the same account, so that PostgreSQL itself would take it for a live server.
    const bystander = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
    try {
      writeFileSync(pidFile, written.replace(/^\d+/, String(bystander.pid)));
      const second = await startEmbeddedPostgres({ dataDir, log });
      expect(second.isReused).toBe(false);
      expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await second.stop();
      expect(isAlive(bystander.pid ?? 0)).toBe(true);
    } finally {
      bystander.kill('SIGKILL');
    }
  });
});
