import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createS3Site, type S3Connection, type S3Site } from '@ainotebook/files';
import { type S3StandIn, startS3 } from '@ainotebook/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../process-support.js';
import { checkCdn } from './check-cdn.js';
import { sendBuild } from './send-build.js';

let s3: S3StandIn;
let site: S3Site;
let folder: string;
beforeAll(async () => {
  s3 = await startS3({ isPublic: true });
  site = await createS3Site(connection(), s3.bucket);
});
afterAll(async () => {
  site.close();
  await s3.stop();
});

const connection = (): S3Connection => {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  return { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle: true };
};
const write = (file: string, text: string | Buffer) => writeFileSync(path.join(folder, file), text);

const PAGE = '<script type="module" crossorigin src="/assets/index-1a.js"></script>';
const SCRIPT = 'console.log("一")';

/** A web build in small. */
beforeEach(() => {
  s3.objects.clear();
  s3.requests.length = 0;
  folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-cdn-'));
  for (const name of ['assets', 'icons', '.vite']) mkdirSync(path.join(folder, name));
  write('index.html', PAGE);
  write('index.html.br', 'page in brotli');
  write('index.html.gz', gzipSync(PAGE));
  write('assets/index-1a.js', SCRIPT);
  write('assets/index-1a.js.br', 'script in brotli');
  write('assets/index-1a.js.gz', gzipSync(SCRIPT));
  write('assets/index-2b.css', 'body{}');
  write('icons/icon-192.png', 'png');
  write('manifest.webmanifest', '{}');
  write('.vite/manifest.json', '{}');
});

async function send(options: { isDryRun?: boolean; onFile?: () => void } = {}) {
  const { isDryRun = false, onFile = () => undefined } = options;
  const names: string[] = [];
  const result = await sendBuild({
    folder,
    site,
    prefix: 'web/',
    isDryRun,
    onFile: (key) => {
      names.push(key);
      onFile();
    },
  });
  return { ...result, names };
}

describe('a build that is sent', () => {
  it('arrives with the headers a browser needs, what pages name before the pages', async () => {
    expect(await send()).toMatchObject({ sent: 5, kept: 0 });
    const headers = Object.fromEntries(
      [...s3.objects].map(([key, object]) => [
        key,
        ['content-type', 'cache-control', 'content-encoding'].map((name) => object.headers[name]),
      ]),
    );
    const year = 'public, max-age=31536000, immutable';
    expect(headers).toEqual({
      'web/assets/index-1a.js': ['text/javascript; charset=utf-8', year, 'gzip'],
      'web/assets/index-2b.css': ['text/css; charset=utf-8', year, undefined],
      'web/icons/icon-192.png': ['image/png', 'no-cache', undefined],
      'web/manifest.webmanifest': [
        'application/manifest+json; charset=utf-8',
        'no-cache',
        undefined,
      ],
      'web/index.html': ['text/html; charset=utf-8', 'no-cache', 'gzip'],
    });
    const puts = s3.requests.filter((request) => request.startsWith('PUT'));
    expect(puts.findIndex((put) => put.includes('index.html'))).toBe(4);
    expect(puts.slice(0, 2).every((put) => put.includes('/assets/'))).toBe(true);
  });

  it('is compressed under the names that browsers ask for', async () => {
    await send();
    const stored = s3.objects.get('web/assets/index-1a.js')?.body ?? Buffer.alloc(0);
    expect(gunzipSync(stored).toString()).toBe(SCRIPT);
    const answer = await fetch(`${s3.endpoint}/${s3.bucket}/web/assets/index-1a.js`);
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(await answer.text()).toBe(SCRIPT);
    expect([...s3.objects.keys()].filter((key) => /\.(?:br|gz)$/.test(key))).toEqual([]);
  });

  it('is only what changed the next time', async () => {
    await send();
    expect(await send()).toMatchObject({ sent: 0, kept: 5 });
    write('assets/index-3c.js', 'console.log(2)');
    write('index.html', '<script src="/assets/index-3c.js"></script>');
    write('index.html.gz', gzipSync('<script src="/assets/index-3c.js"></script>'));
    expect((await send()).names).toEqual(['web/assets/index-3c.js', 'web/index.html']);
    // Tabs of the build before still load it.
    expect(s3.objects.has('web/assets/index-1a.js')).toBe(true);
    const page = s3.objects.get('web/index.html');
    if (page) page.headers = {};
    expect((await send()).names).toEqual(['web/index.html']);
  });

  it('is not sent by a dry run, which names it all', async () => {
    expect((await send({ isDryRun: true })).names).toHaveLength(5);
    expect(s3.objects.size).toBe(0);
  });

  it('goes on where it failed, and no page arrives before what it names', async () => {
    const failing = send({ onFile: () => s3.behave('full') });
    await expect(failing).rejects.toThrow(/^web\/\S+ cannot be sent to the bucket notes: XMinio/);
    s3.behave('serve');
    const arrived = s3.objects.size;
    expect(arrived).toBeGreaterThan(0);
    expect(s3.objects.has('web/index.html')).toBe(false);
    expect(await send()).toMatchObject({ sent: 5 - arrived, kept: arrived });
  });

  it('is refused with a wrong secret in one line', async () => {
    const stranger = await createS3Site({ ...connection(), secretAccessKey: 'canary' }, s3.bucket);
    const options = {
      folder,
      site: stranger,
      prefix: '',
      isDryRun: false,
      onFile: () => undefined,
    };
    await expect(sendBuild(options)).rejects.toThrow(/: SignatureDoesNotMatch$/);
    stranger.close();
  });
});

describe('a CDN', () => {
  const base = () => `${s3.endpoint}/${s3.bucket}/web`;
  const check = (change: { base?: string } = {}) =>
    checkCdn({ base: base(), folder, origin: 'https://notes.example.org', ...change });

  it('is good when it has this build and lets pages of the origin use it', async () => {
    expect(await check()).toContain('is answered with 404');
    await send();
    expect(await check()).toBeNull();
    const entry = s3.objects.get('web/assets/index-1a.js');
    if (!entry) throw new Error('nothing was sent');
    entry.headers['content-type'] = 'text/plain';
    expect(await check()).toContain('does not come as JavaScript');
    s3.objects.set('web/assets/index-1a.js', {
      ...entry,
      headers: { 'content-type': 'text/javascript' },
      body: Buffer.from('other'),
    });
    expect(await check()).toContain('is another file');
    expect(await check({ base: 'http://127.0.0.1:9' })).toContain('cannot be reached');
  });

  it('is not good when other pages only may use it', async () => {
    const other = await startS3({ isPublic: true, allowedOrigin: 'https://other.example.org' });
    other.objects.set('assets/index-1a.js', {
      body: Buffer.from('console.log("一")'),
      etag: '"x"',
      modifiedAt: new Date(),
      headers: { 'content-type': 'text/javascript' },
    });
    const problem = await check({ base: `${other.endpoint}/${other.bucket}` });
    expect(problem).toContain('add a CORS rule');
    await other.stop();
  });
});

describe('ainotebook cdn-upload', { timeout: 60_000 }, () => {
  const run = async (args: string[], env: Record<string, string> = {}) => {
    const made = command(
      ['cdn-upload', '--folder', folder, ...args],
      {
        S3_ENDPOINT: s3.endpoint,
        S3_REGION: s3.region,
        S3_FORCE_PATH_STYLE: 'true',
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
        CDN_BUCKET: s3.bucket,
        ...env,
      },
      { cwd: folder },
    );
    return { code: await made.ended, output: made.output() };
  };

  it('sends, says what it did, and that browsers can load it', async () => {
    const base = `${s3.endpoint}/${s3.bucket}/web`;
    const dry = await run(['--prefix', '/web/', '--dry-run']);
    expect(dry.output).toContain('5 files to send, 0 were there already');
    const sent = await run(['--prefix', '/web/'], { CDN_BASE_URL: base });
    expect(sent.output).toContain('sent web/assets/index-1a.js (');
    expect(sent.output).toContain('5 files sent, 0 were there already.');
    expect(sent.output).toContain(`Browsers can load it from ${base}.`);
    expect(sent.code).toBe(0);
  });

  it('says in a line what is missing', async () => {
    const without = await run([], { CDN_BUCKET: '' });
    expect([without.code, without.output]).toEqual([
      1,
      expect.stringMatching(/^Set CDN_BUCKET, /m),
    ]);
    const wrong = await run([], { AWS_SECRET_ACCESS_KEY: 'canary' });
    expect([wrong.code, wrong.output]).toEqual([1, expect.stringMatching(/SignatureDoesNotMatch/)]);
    expect(wrong.output).not.toMatch(/canary|\n\s+at /);
    const elsewhere = await run([], { CDN_BASE_URL: `${s3.endpoint}/${s3.bucket}/elsewhere` });
    expect(elsewhere.output).toContain('The CDN does not serve this build yet');
    expect(elsewhere.code).toBe(1);
  });
});
