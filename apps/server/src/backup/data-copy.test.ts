import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findEmbeddedPostgres } from '@ainotebook/db/embedded';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { command, freePort } from '../process-support.js';

const cwd = mkdtempSync(path.join(tmpdir(), 'ainotebook-copy-'));
// Open to the account that Postgres runs under when this runs as root.
chmodSync(cwd, 0o755);
afterAll(() => rmSync(cwd, { recursive: true }));
const dir = path.join(cwd, 'backups');
const dataDir = path.join(cwd, '.data/postgres');

/** Everything that is needed, and no tool of PostgreSQL. */
const tools = path.join(cwd, 'tools');
mkdirSync(tools);
for (const name of ['tar', 'cp', 'sh', 'sync']) symlinkSync(`/bin/${name}`, path.join(tools, name));

async function run(...args: string[]) {
  const env = { BACKUP_DIR: dir, PATH: tools };
  const made = command(args, env, { cwd });
  return { code: await made.ended, output: made.output() };
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(findEmbeddedPostgres({ dataDir })?.url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

/** A server on the folder for as long as `work` takes. */
async function serving<T>(work: () => Promise<T>): Promise<T> {
  const server = command(['serve'], { PORT: String(await freePort()), BACKUP_DIR: dir }, { cwd });
  await server.until(/Ctrl-C/);
  const result = await work();
  server.child.kill('SIGINT');
  expect(await server.ended).toBe(0);
  return result;
}

describe('backups of the embedded PostgreSQL', { timeout: 180_000 }, () => {
  it('are copies of the stopped folder, checked by starting them, and go back in its place', async () => {
    expect((await run('backup')).output).toContain('There is no database in');
    const [before] = await serving(async () => {
      const refused = await run('backup');
      expect(refused.code).toBe(1);
      expect(refused.output).toContain('The server is running: stop it first.');
      return query('select count(*)::int as articles from articles');
    });
    expect(before?.articles).toBeGreaterThan(10);
    const made = JSON.parse((await run('backup', '--json')).output);
    expect(made).toMatchObject({
      ok: true,
      file: expect.stringMatching(/^data_\d{8}_\d{6}\.tar\.gz$/),
    });
    const verified = await run('verify-backup', '--json');
    expect(JSON.parse(verified.output)).toMatchObject({ ok: true, name: made.name });

    // Written after the backup, and lost with the folder.
    await serving(() => query('truncate articles cascade'));
    const refused = await run('restore', made.name);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('repeat with --force');
    const restored = await run('restore', made.name, '--force');
    expect(restored.output).toMatch(/What was there before is in .*postgres\.before-/);
    expect(restored.code).toBe(0);
    const [after, [held]] = await serving(async () => [
      await query('select count(*)::int as articles from articles'),
      await query("select count(*)::int as held from site_settings where key = 'jobs_held'"),
    ]);
    expect(after).toEqual([before]);
    expect(held).toEqual({ held: 1 });
    const left = readdirSync(path.join(cwd, '.data')).filter((name) => name.includes('incoming'));
    expect(left).toEqual([]);

    // Into nothing, without a word of force; and damage is found.
    renameSync(path.join(cwd, '.data'), path.join(cwd, 'gone'));
    expect((await run('restore', 'latest')).code).toBe(0);
    const archive = path.join(dir, made.file);
    const bytes = readFileSync(archive);
    bytes.writeUInt8(bytes.readUInt8(2_000) ^ 1, 2_000);
    writeFileSync(archive, bytes);
    const damaged = await run('verify-backup');
    expect(damaged.code).toBe(2);
    expect(damaged.output).toContain('has other contents');
  });
});
