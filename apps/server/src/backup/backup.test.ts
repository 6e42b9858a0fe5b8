import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createTestDatabase, type S3StandIn, startS3 } from '@ainotebook/testkit';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../process-support.js';

type Own = Awaited<ReturnType<typeof createTestDatabase>>;

const root = mkdtempSync(path.join(tmpdir(), 'ainotebook-backup-'));
const pathTo = (program: string) =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find((file) => spawnSync(file, ['--version']).status === 0);
const pgDump = pathTo('pg_dump');
const majorOfDump = Number(
  /\(PostgreSQL\) (\d+)/.exec(spawnSync(pgDump ?? 'false', ['--version']).stdout?.toString())?.[1],
);

let source: Own;
let target: Own;
let isUsable = false;
beforeAll(async () => {
  source = await createTestDatabase();
  target = await createTestDatabase();
  const [row] = await query(source, "select current_setting('server_version_num')::int as v");
  isUsable = majorOfDump >= Math.floor(Number(row?.v) / 10_000);
}, 60_000);
afterAll(async () => {
  await source.drop();
  await target.drop();
  rmSync(root, { recursive: true });
});

async function query(on: { url: string }, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(on.url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

/** Folders and settings of one server and its backups. */
function place(more: Record<string, string> = {}) {
  const folder = mkdtempSync(path.join(root, 'place-'));
  const dir = path.join(folder, 'backups');
  const uploads = path.join(folder, 'uploads');
  const env = { BACKUP_DIR: dir, UPLOAD_DIR: uploads, ...more };
  return {
    dir,
    uploads,
    env,
    files: () => readdirSync(dir).filter((name) => !name.startsWith('.')),
    run: async (on: { url: string }, args: string[], also: Record<string, string> = {}) => {
      const made = command(args, { DATABASE_URL: on.url, ...env, ...also }, { cwd: folder });
      return { code: await made.ended, output: made.output() };
    },
  };
}
type Place = ReturnType<typeof place>;

async function backUp(at: Place, args: string[] = []) {
  const made = await at.run(source, ['backup', '--json', ...args]);
  expect(made).toMatchObject({ code: 0 });
  // Warnings of Node may stand before it.
  return JSON.parse(made.output.trim().split('\n').at(-1) ?? '') as {
    name: string;
    file: string;
    files: number;
    removed: string[];
  };
}

/** A person, a note, a file, a mail that waits: what a backup is for. */
async function fill(at: Place): Promise<{ blob: string }> {
  const bytes = randomBytes(100_000);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const folder = path.join(at.uploads, sha256.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, sha256), bytes);
  writeFileSync(path.join(folder, `${sha256}.480.webp`), 'a smaller one');
  await query(
    source,
    `truncate users, blobs, outbox, site_settings cascade;
     insert into users (id, email, handle, display_name, password_hash)
       values ('00000000-0000-7000-8000-000000000001', 'a@example.org', 'a', E'\\\\.\\n龙井\\t', 'x');
     insert into articles (id, user_id, title, content, content_hash)
       select gen_random_uuid(), '00000000-0000-7000-8000-000000000001', '笔记 ' || n,
         repeat(E'明前\\\\.\\n', 200) || n, 'h' from generate_series(1, 300) n;
     insert into blobs (sha256, media_type, size) values ('${sha256}', 'image/png', 100000);
     insert into blob_variants (sha256, width, format, size) values ('${sha256}', 480, 'webp', 13);
     insert into files (id, user_id, sha256, name, media_type, size) values (gen_random_uuid(),
       '00000000-0000-7000-8000-000000000001', '${sha256}', 'tea.png', 'image/png', 100000);
     insert into outbox (id, topic, payload) values (gen_random_uuid(), 'mail.send', '{}');`,
  );
  return { blob: path.join(sha256.slice(0, 2), sha256) };
}

const CONTENTS = `select
  (select count(*)::int from articles) as articles,
  (select md5(string_agg(a::text, ',' order by id)) from articles a) as texts,
  (select display_name from users) as name,
  (select last_value::text from row_version) as version,
  (select count(*)::int from cache_inval) as changes`;

describe('backups', { timeout: 120_000 }, () => {
  beforeEach((test) => {
    if (isUsable) return;
    const why = 'there is no pg_dump as new as the server';
    // In CI nothing may be skipped unseen.
    if (process.env.CI) throw new Error(why);
    test.skip(why);
  });

  it('bring everything back into an empty database, with files, and nothing twice', async () => {
    const at = place();
    const { blob } = await fill(at);
    const made = await backUp(at);
    expect(made.file).toMatch(/^db_\d{8}_\d{6}\.sql\.gz$/);
    const stamp = made.name.slice(3);
    expect(at.files().sort()).toEqual(
      [
        made.file,
        `${made.file}.sha256`,
        `${made.name}.json`,
        'files',
        `uploads_${stamp}.txt.gz`,
      ].sort(),
    );
    // As the guide reads them.
    expect(spawnSync('sha256sum', ['-c', `${made.file}.sha256`], { cwd: at.dir }).status).toBe(0);
    expect(gunzipSync(readFileSync(path.join(at.dir, made.file))).toString()).toContain('龙井');

    const verified = await at.run(source, ['verify-backup', '--json']);
    expect(JSON.parse(verified.output)).toMatchObject({ ok: true, name: made.name, files: 2 });
    expect(await query(source, "select from pg_database where datname like '%verify%'")).toEqual(
      [],
    );

    const fresh = place({ BACKUP_DIR: at.dir });
    const restored = await fresh.run(target, ['restore', 'latest', '--json']);
    expect(JSON.parse(restored.output)).toMatchObject({ ok: true, name: made.name, files: 2 });
    const [before] = await query(source, CONTENTS);
    const [after] = await query(target, CONTENTS);
    expect(after).toEqual({ ...before, changes: 0 });
    expect(after?.name).toBe('\\.\n龙井\t');
    for (const name of [blob, `${blob}.480.webp`]) {
      expect(readFileSync(path.join(fresh.uploads, name))).toEqual(
        readFileSync(path.join(at.uploads, name)),
      );
    }
    // What is cached counts no more, and mails wait.
    const keys = await query(target, 'select key from site_settings order by key');
    expect(keys).toEqual([{ key: 'cache_epoch' }, { key: 'jobs_held' }]);
    // What the alarm watches, where the backup was made.
    expect(await query(source, "select value->>'name' as name from site_settings")).toEqual([
      { name: made.name },
    ]);
    const look = await fresh.run(target, ['jobs', 'release', '--dry-run', '--json']);
    expect(JSON.parse(look.output)).toMatchObject({
      hold: { reason: `restored from ${made.name}` },
      waiting: [{ topic: 'mail.send', waiting: 1 }],
      isReleased: false,
    });
    const release = await fresh.run(target, ['jobs', 'release']);
    expect(release.output).toContain('Released now.');
    expect((await fresh.run(target, ['jobs', 'release'])).output).toContain('Nothing is held.');
    // Triggers are there again: a change is told.
    await query(target, "update articles set title = 'new' where title = '笔记 7'");
    expect((await query(target, CONTENTS))[0]?.changes).not.toBe(0);
  });

  it('replace nothing that is somebody’s, unless they are told to', async () => {
    const at = place();
    await fill(at);
    const { name } = await backUp(at);
    const refused = await at.run(source, ['restore', name]);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('The database holds 1 account: repeat with --force');

    await query(source, "update articles set title = 'after the backup'");
    await query(source, 'create table public.theirs (id int)');
    expect((await at.run(source, ['restore', name])).output).toContain('something else (theirs)');
    expect((await at.run(source, ['restore', name, '--force'])).code).toBe(0);
    const titles = await query(source, "select from articles where title = 'after the backup'");
    expect(titles).toEqual([]);
  });

  it('are not restored under running servers', async () => {
    const at = place();
    await fill(at);
    const { name } = await backUp(at);
    const server = new pg.Client({ connectionString: source.url, application_name: 'ainotebook' });
    await server.connect();
    const refused = await at.run(source, ['restore', name, '--force']);
    await server.end();
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('stop them first');
  });

  it('are found out when they are damaged, and then change nothing', async () => {
    const at = place();
    const { blob } = await fill(at);
    const { file, name } = await backUp(at);
    const dump = path.join(at.dir, file);
    const whole = readFileSync(dump);
    const manifest = path.join(at.dir, `${name}.json`);
    const text = readFileSync(manifest, 'utf8');
    const flip = (bytes: Buffer, index: number) => {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(index) ^ 1, index);
      return copy;
    };
    const [before] = await query(source, CONTENTS);
    const damages: [string, () => void, RegExp][] = [
      ['a byte short', () => truncateSync(dump, whole.length - 1), /bytes instead of/],
      ['a byte long', () => appendFileSync(dump, 'x'), /bytes instead of/],
      ['a flipped bit', () => writeFileSync(dump, flip(whole, 5_000)), /has other contents/],
      ['gone', () => rmSync(dump), /is missing/],
      ['another checksum', () => writeFileSync(`${dump}.sha256`, 'x'), /does not say what/],
      ['half a manifest', () => truncateSync(manifest, 300), /manifest cannot be read/],
      [
        'another count',
        () => writeFileSync(manifest, text.replace('"rows": 300', '"rows": 301')),
        /public\.articles has 300 rows instead of 301/,
      ],
      [
        'another sum',
        () => writeFileSync(manifest, text.replace(/("public.articles": [^}]*"sum": ")/, '$11')),
        /public\.articles has other contents/,
      ],
    ];
    for (const [turn, [what, damage, line]] of damages.entries()) {
      damage();
      const args = turn % 2 === 0 ? ['verify-backup', name] : ['restore', name, '--force'];
      const found = await at.run(source, args);
      expect(found.output, what).toMatch(line);
      expect(found.code, what).toBe(2);
      expect(found.output).not.toContain('    at ');
      writeFileSync(dump, whole);
      writeFileSync(`${dump}.sha256`, `${createHash('sha256').update(whole).digest('hex')}  x\n`);
      writeFileSync(manifest, text);
    }
    expect((await query(source, CONTENTS))[0]).toEqual(before);

    const stored = path.join(at.dir, 'files', blob);
    writeFileSync(stored, flip(readFileSync(stored), 50));
    const found = await at.run(source, ['verify-backup', name, '--json']);
    expect(found.code).toBe(2);
    expect(JSON.parse(found.output)).toMatchObject({ ok: false });
    expect(found.output).toContain('has other contents');
    expect((await at.run(source, ['verify-backup', name, '--no-files'])).code).toBe(0);
  });

  it('are encrypted to an age key, whose public half can only write', async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const at = place({ BACKUP_KEY: recipient });
    const { blob } = await fill(at);
    const { file, name } = await backUp(at);
    expect(file).toMatch(/\.sql\.gz\.age$/);
    expect(readFileSync(path.join(at.dir, file)).toString('latin1')).toMatch(/^age-encryption/);
    const copies = path.join(at.dir, `files-${recipient.slice(-8)}`, `${blob}.age`);
    expect(readFileSync(copies).toString('latin1')).toMatch(/^age-encryption/);
    const blind = await at.run(source, ['verify-backup']);
    expect(blind.output).toContain(`${name} is encrypted to ${recipient}`);
    expect(blind.code).toBe(1);
    const other = { BACKUP_KEY: await generateX25519Identity() };
    expect((await at.run(source, ['verify-backup'], other)).code).toBe(1);
    expect((await at.run(source, ['verify-backup'], { BACKUP_KEY: identity })).code).toBe(0);
    const refused = await at.run(source, ['backup'], { BACKUP_KEY: 'a password' });
    expect(refused.output).toContain('BACKUP_KEY must be a key of age');
    expect(refused.output).not.toContain('a password');
  });

  it('come in the format of pg_restore as well', async () => {
    const at = place();
    await fill(at);
    const { file } = await backUp(at, ['--format', 'custom']);
    expect(file).toMatch(/\.dump$/);
    expect((await at.run(source, ['verify-backup'])).code).toBe(0);
    expect((await at.run(source, ['backup', '--format', 'tar'])).code).toBe(1);
  });

  it('go after their days, but the newest never, and no file of anybody else', async () => {
    const at = place();
    await fill(at);
    const first = await backUp(at);
    // Made forty days ago.
    const manifest = path.join(at.dir, `${first.name}.json`);
    const old = JSON.parse(readFileSync(manifest, 'utf8'));
    old.madeAt = new Date(Date.now() - 40 * 86_400_000).toISOString();
    writeFileSync(manifest, JSON.stringify(old));
    writeFileSync(path.join(at.dir, 'db_20200101_000000.sql.gz'), 'of the script of the guide');
    await query(source, 'delete from files');
    // A new name needs a new second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const second = await backUp(at);
    expect(second.removed).toEqual([first.name]);
    expect(at.files()).toContain('db_20200101_000000.sql.gz');
    expect(at.files().filter((name) => name.includes(first.name))).toEqual([]);
    const left = readdirSync(path.join(at.dir, 'files'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  it('that fail leave the last good one and nothing that looks like one', async () => {
    const at = place();
    await fill(at);
    const { name } = await backUp(at);
    const tools = mkdtempSync(path.join(root, 'tools-'));
    const script = (body: string) => {
      writeFileSync(path.join(tools, 'pg_dump'), `#!/bin/sh\n${body}`);
      chmodSync(path.join(tools, 'pg_dump'), 0o755);
    };
    symlinkSync('/bin/sh', path.join(tools, 'sh'));
    const broken = async () => {
      const made = await at.run(source, ['backup'], { PATH: tools });
      expect(made.code).toBe(1);
      expect(made.output).not.toContain('    at ');
      expect(at.files().filter((file) => file.endsWith('.json'))).toEqual([`${name}.json`]);
      expect(readdirSync(path.join(at.dir, '.tmp'))).toEqual([]);
      return made.output;
    };
    expect(await broken()).toMatch(/pg_dump is not on PATH: install postgresql-client-\d+/);
    script('echo "pg_dump (PostgreSQL) 9.6.1"');
    expect(await broken()).toMatch(/pg_dump 9\.6\.1 is too old for PostgreSQL \d+/);
    script(
      'case "$1" in --version) echo "pg_dump (PostgreSQL) 99.1";; *) echo half; echo "lost the server" >&2; exit 3;; esac',
    );
    expect(await broken()).toContain('pg_dump failed: lost the server');
    expect((await at.run(source, ['verify-backup'])).code).toBe(0);
  });

  it('of which one was killed in the middle leave no trace that counts', async () => {
    const at = place();
    await fill(at);
    const tools = mkdtempSync(path.join(root, 'slow-'));
    writeFileSync(
      path.join(tools, 'pg_dump'),
      `#!/bin/sh\ncase "$1" in --version) exec ${pgDump} --version;; esac\n${pgDump} "$@" | head -c 30000; sleep 30\n`,
    );
    chmodSync(path.join(tools, 'pg_dump'), 0o755);
    const env = { ...at.env, DATABASE_URL: source.url, PATH: `${tools}:${process.env.PATH}` };
    const made = command(['backup'], env, { cwd: root });
    await expect
      .poll(() => readdirSync(path.join(at.dir, '.tmp')).length, { timeout: 20_000 })
      .toBe(1);
    made.child.kill('SIGKILL');
    await made.ended;
    expect(at.files()).toEqual([]);
    expect((await at.run(source, ['verify-backup'])).output).toContain('There is no backup here');
    expect((await backUp(at)).name).toBeTruthy();
  });

  describe('in a bucket', () => {
    let s3: S3StandIn;
    beforeAll(async () => {
      s3 = await startS3();
    });
    afterAll(() => s3.stop());

    it('are written, verified and restored the same way', async () => {
      const at = place({
        BACKUP_BUCKET: s3.bucket,
        S3_ENDPOINT: s3.endpoint,
        S3_REGION: s3.region,
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
        S3_FORCE_PATH_STYLE: 'true',
      });
      const { blob } = await fill(at);
      const { file, name } = await backUp(at);
      expect([...s3.objects.keys()]).toEqual(
        expect.arrayContaining([file, `${name}.json`, `files/${blob}`]),
      );
      expect(at.files()).toEqual([]);
      expect((await at.run(source, ['verify-backup'])).code).toBe(0);
      s3.behave('full');
      const full = await at.run(source, ['backup']);
      s3.behave('serve');
      expect(full.code).toBe(1);
      expect(full.output).not.toContain('    at ');
      expect((await at.run(source, ['verify-backup', name])).code).toBe(0);
    });
  });

  it('need no secret on a command line, and print none', async () => {
    const at = place();
    const wrong = new URL(source.url);
    wrong.password = 'not-the-password-0815';
    const refused = await at.run({ url: wrong.href }, ['backup']);
    expect(refused.code).toBe(1);
    expect(refused.output).not.toContain('0815');
  });
});
