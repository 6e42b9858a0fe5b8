import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canReach } from './account.js';
import { refusalFor } from './binaries.js';
import { findEmbeddedPostgres, startEmbeddedPostgres } from './index.js';
import { BUILT_FOLDER, Program, query, scratchFolder, serverPid } from './test-support.js';

const isRoot = process.getuid?.() === 0;
const plain = { uid: 65_534, gid: 65_534 };
// A project or a Node in root's own closed folder is out of a plain user's reach.
const canBePlain =
  isRoot && [process.execPath, BUILT_FOLDER].every((target) => canReach(plain, target));
let scratch: ReturnType<typeof scratchFolder>;
let dataDir: string;
const log = () => undefined;
// Where durability is not the point, the disk is not waited for.
const settings = { fsync: 'off' };

beforeEach(() => {
  scratch = scratchFolder();
  dataDir = path.join(scratch.folder, 'a folder', 'pg');
});
afterEach(async () => {
  await scratch.remove();
});

describe('starting the embedded PostgreSQL', () => {
  it('makes a durable UTF-8 database the first time and finds its rows and port again the second time', async () => {
    const first = await startEmbeddedPostgres({ dataDir, log });
    const [shown] = await query(
      first.url,
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') sync,
        current_setting('full_page_writes') pages, current_setting('data_checksums') checksums,
        current_setting('server_encoding') encoding, current_setting('timezone') zone,
        current_setting('listen_addresses') listen, current_setting('max_connections') connections,
        (select datcollate from pg_database where datname = 'postgres') collate`,
    );
    expect(shown).toEqual({
      fsync: 'on',
      sync: 'on',
      pages: 'on',
      checksums: 'on',
      encoding: 'UTF8',
      zone: 'UTC',
      listen: '127.0.0.1',
      connections: '100',
      collate: 'C',
    });
    await query(first.url, "create table note as select '笔记' as text");
    expect(findEmbeddedPostgres({ dataDir })).toEqual({ url: first.url });
    await first.stop();
    expect(serverPid(dataDir)).toBeUndefined();
    expect(findEmbeddedPostgres({ dataDir })).toBeUndefined();

    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(second.isReused).toBe(false);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select text from note')).toEqual([{ text: '笔记' }]);
    await second.stop();
    await second.stop();
  });

  it('keeps its random password in a private file and lets nobody in without it', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log, settings });
    const password = readFileSync(path.join(dataDir, 'password'), 'utf8');
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(statSync(path.join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    const wrong = server.url.replace(password, 'postgres');
    await expect(query(wrong, 'select 1')).rejects.toThrow(/password authentication failed/);
    await server.stop();
  });

  it('lets one of two programs that start at once have the folder and tells the other in one line', async () => {
    const body = `process.on('SIGTERM', () => process.exit());
      setInterval(() => undefined, 1000);
      start({ waitMs: 400, settings }).then(() => say('up'), (error) => say(error.reason + ': ' + error.message));`;
    const programs = [new Program(dataDir, body), new Program(dataDir, body)];
    await Promise.all(programs.map((program) => program.says(/\n/)));
    const answers = programs.map((program) => program.output).sort();
    const winner = programs.find((program) => program.output === 'up\n');
    expect(answers[0]).toBe(
      `in_use: The data folder ${dataDir} is already in use by process ${winner?.child.pid}: stop that one first.\n`,
    );
    expect(answers[1]).toBe('up\n');
    for (const program of programs) {
      program.child.kill('SIGTERM');
      await program.ends();
    }
  });

  it('is not reached by Ctrl-C, which the terminal sends to the whole group of the program', async () => {
    const program = new Program(
      dataDir,
      `import pg from 'pg';
      const server = await start({ settings });
      process.on('SIGINT', async () => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const client = new pg.Client(server.url);
        await client.connect();
        say('still there: ' + (await client.query('select 1 as one')).rows[0].one);
        await client.end();
        await server.stop();
        process.exit(0);
      });
      say('up');
      setInterval(() => undefined, 1000);`,
    );
    await program.says(/up/);
    process.kill(-(program.child.pid ?? Number.NaN), 'SIGINT');
    expect(await program.ends()).toBe(0);
    expect(program.output).toContain('still there: 1');
    expect(serverPid(dataDir)).toBeUndefined();
  });

  it('goes down with a program that exits without stopping it', async () => {
    const program = new Program(dataDir, "await start({ settings }); say('up'); process.exit(3);");
    await program.says(/up/);
    expect(await program.ends()).toBe(3);
    const next = await startEmbeddedPostgres({ dataDir, log, settings });
    expect(next.isReused).toBe(false);
    await next.stop();
  });

  it.skipIf(!canBePlain)(
    'runs for a plain user (skipped unless root, who alone can become one, in an open folder)',
    async () => {
      const home = path.join(scratch.folder, 'home');
      mkdirSync(home);
      const open = statSync(home).mode & 0o777;
      expect(open & 0o700).toBe(0o700);
      const own = path.join(home, 'pg');
      chownSync(home, 65_534, 65_534);
      const program = new Program(
        own,
        `const server = await start({ settings }); say('up as ' + process.getuid()); await server.stop(); say('down');`,
        { uid: 65_534, gid: 65_534 },
      );
      await program.says(/up as 65534\ndown/);
      expect(await program.ends()).toBe(0);
      expect(statSync(path.join(own, 'cluster')).uid).toBe(65_534);

      // Root runs it as the owner from then on, and leaves the owner able to go on.
      const asRoot = await startEmbeddedPostgres({ dataDir: own, log, settings });
      await asRoot.stop();
      const again = new Program(own, "await (await start({ settings })).stop(); say('down');", {
        uid: 65_534,
        gid: 65_534,
      });
      await again.says(/down/);
      await again.ends();
    },
  );

  it.skipIf(!isRoot)('moves the data out of a folder that is closed to all but root', async () => {
    const closed = path.join(scratch.folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const inside = path.join(closed, 'pg');
    const lines: string[] = [];
    const server = await startEmbeddedPostgres({
      dataDir: inside,
      settings,
      log: (line) => lines.push(line),
    });
    const moved = readFileSync(path.join(inside, 'moved-to'), 'utf8');
    try {
      await query(server.url, 'create table kept as select 1 as one');
      await server.stop();
      expect(lines.join('\n')).toContain(`The database is kept in ${moved}`);
      const again = await startEmbeddedPostgres({ dataDir: inside, log, settings });
      expect(await query(again.url, 'select one from kept')).toEqual([{ one: 1 }]);
      await again.stop();
      expect(existsSync(path.join(inside, 'cluster'))).toBe(false);
    } finally {
      await server.stop();
      rmSync(moved, { recursive: true });
    }
  });
});

describe('where the embedded PostgreSQL cannot run', () => {
  it('says so in one line that names DATABASE_URL', () => {
    expect(refusalFor('linux-x64', true)).toMatch(/musl.*DATABASE_URL/);
    expect(refusalFor('freebsd-x64', false)).toMatch(/freebsd-x64.*DATABASE_URL/);
    expect(refusalFor('win32-x64', false)).toMatch(/WSL2.*DATABASE_URL/);
    expect(refusalFor('linux-arm64', false)).toBeUndefined();
  });

  it('says what is wrong with programs that do not start, and gives the folder free', async () => {
    const options = { dataDir, log, settings: { ...settings, shared_buffers: 'plenty' } };
    await expect(startEmbeddedPostgres(options)).rejects.toThrow(
      /PostgreSQL did not start: .*shared_buffers.*postgres\.log/,
    );
    const server = await startEmbeddedPostgres({ dataDir, log, settings });
    await server.stop();
  });
});
