import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Answer, useServer } from '../test-support.js';
import { cspHash } from './security-headers.js';

const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const INLINE = 'document.documentElement.dataset.theme = "dark";';

/** A web build in small. */
function webBuild(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-web-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(
    path.join(folder, 'index.html'),
    `<!doctype html><script>${INLINE}</script><script src="/assets/app-1a2b.js"></script>`,
  );
  writeFileSync(path.join(folder, 'assets/app-1a2b.js'), 'console.log("app")');
  writeFileSync(path.join(folder, 'assets/app-1a2b.js.br'), 'brotli');
  writeFileSync(path.join(folder, 'sw.js'), 'self.addEventListener("fetch", () => {})');
  writeFileSync(path.join(folder, 'manifest.webmanifest'), '{"name":"App"}');
  writeFileSync(path.join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  return folder;
}

const NAMES = [
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'permissions-policy',
];

function expectGuarded(answer: Answer): void {
  expect(Object.fromEntries(NAMES.map((name) => [name, answer.headers[name]]))).toEqual({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  });
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("base-uri 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(answer.headers['x-powered-by']).toBeUndefined();
  expect(answer.headers.server).toBeUndefined();
}

describe('the web app while a CDN has it', () => {
  const cdn = 'https://cdn.example.org/web';
  let base: string | null = cdn;
  const server = useServer({ app: { webFolder: webBuild(), cdnBase: () => base } });

  it('is named by its addresses there, and may be loaded from that folder only', async () => {
    for (const target of ['/index.html', '/n/some-note']) {
      const answer = await server.page(target);
      expectGuarded(answer);
      expect(answer.text).toContain(`<script src="${cdn}/assets/app-1a2b.js">`);
      expect(answer.headers['cache-control']).toBe('no-cache');
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain(`script-src 'self' ${cdn}/assets/ ${cspHash(INLINE)};`);
      expect(policy).toContain(`style-src 'self' 'unsafe-inline' ${cdn}/assets/;`);
    }
    const worker = await server.send({ path: '/sw.js' });
    expect(worker.text).toMatch(/^self\.CDN = "https:\/\/cdn\.example\.org\/web";\nself\.add/);
    expect(worker.headers['content-type']).toContain('text/javascript');
    expect(worker.headers['cache-control']).toBe('no-cache');
    expect(worker.headers['content-security-policy']).toBe(
      `${CLOSED}; connect-src 'self' ${cdn}/assets/`,
    );
    expect((await server.send({ path: '/assets/app-1a2b.js' })).status).toBe(200);
  });

  it('is named by ours while it has it not', async () => {
    base = null;
    const answer = await server.page('/n/some-note');
    base = cdn;
    expect(answer.text).toContain('src="/assets/app-1a2b.js"');
    expect(answer.headers['content-security-policy']).not.toContain('cdn.example');
  });
});

describe('the headers of every answer', () => {
  const server = useServer({ app: { webFolder: webBuild() } });
  const POST = { method: 'POST', headers: { 'content-type': 'application/json' } };

  it.each([
    ['health', { path: '/health' }, 200, CLOSED],
    ['an unknown address, as JSON', { path: '/nothing', headers: { accept: '*/*' } }, 404, CLOSED],
    ['an unknown API address', { path: '/api/nothing' }, 404, CLOSED],
    ['a call', { path: '/api/trpc/system.info' }, 200, CLOSED],
    ['a call refused', { path: '/api/trpc/users.me' }, 401, CLOSED],
    ['a call unknown', { path: '/api/trpc/nothing' }, 404, CLOSED],
    ['a malformed body', { ...POST, path: '/api/trpc/auth.login', body: '{' }, 400, CLOSED],
    [
      'a large body',
      { ...POST, path: '/api/trpc/auth.login', body: Buffer.alloc(1_100_000, 'a') },
      413,
      CLOSED,
    ],
    [
      'what is not HTTP',
      { path: '/', method: 'GET', headers: { cookie: 'a'.repeat(17_000) } },
      431,
      CLOSED,
    ],
  ])('%s', async (_, request, status, policy) => {
    const answer = await server.send(request);
    expect(answer.status).toBe(status);
    expectGuarded(answer);
    expect(answer.headers['content-security-policy']).toBe(policy);
  });

  it.each([
    ['the landing page', '/', 200],
    ['a page that is missing', '/p/nothing', 404],
    ['an author who is missing', '/u/nobody', 404],
    ['a feed that never was', '/u/nobody-at-all/feed.xml', 404],
    ['a part of the site map that is not there', '/sitemap-9.xml', 404],
    ['an API address opened by a person', '/ws', 404],
  ])('%s', async (_, target, status) => {
    const answer = await server.page(target);
    expect(answer.status).toBe(status);
    expectGuarded(answer);
    expect(answer.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src/,
    );
  });

  it('an error nobody foresaw tells the request id and nothing else', async () => {
    const { services } = server;
    const { db } = services();
    const select = db.select;
    db.select = () => {
      throw new Error('select * from users where password_hash = canary');
    };
    const page = await server.page('/u/anybody');
    const call = await server.query('users.profile', { handle: 'anybody' });
    db.select = select;
    for (const answer of [page, call]) {
      expect(answer.status).toBe(500);
      expectGuarded(answer);
      expect(answer.text).not.toMatch(/select \*|canary|password_hash|\.[jt]s:\d/);
      expect(answer.text).toContain(String(answer.headers['x-request-id']));
    }
    expect(call.text).toContain('Internal error');
    const errors = server.log.lines.filter((line) => line.level === 'error');
    expect(errors).toHaveLength(2);
  });

  it('lets the web app run its own scripts and those inline ones its build wrote', async () => {
    const answer = await server.page('/n/some-note');
    expect(answer.status).toBe(200);
    expectGuarded(answer);
    expect(answer.headers['cache-control']).toBe('no-cache');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain(`script-src 'self' ${cspHash(INLINE)};`);
    expect(policy).toContain("object-src 'none'");
  });

  it('caches hashed files for a year and sends them precompressed', async () => {
    const answer = await server.send({
      path: '/assets/app-1a2b.js',
      headers: { 'accept-encoding': 'gzip, br' },
    });
    expect(answer.status).toBe(200);
    expectGuarded(answer);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['content-encoding']).toBe('br');
    const plain = await server.send({ path: '/favicon.svg' });
    expect(plain.headers['cache-control']).toBe('no-cache');
  });

  it('lets the service worker ask this server, and nobody cache it', async () => {
    const answer = await server.send({ path: '/sw.js', headers: { accept: '*/*' } });
    expect(answer.status).toBe(200);
    expectGuarded(answer);
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.headers['content-type']).toMatch(/^text\/javascript/);
    expect(answer.headers['content-security-policy']).toBe(`${CLOSED}; connect-src 'self'`);
    const again = await server.send({
      path: '/sw.js',
      headers: { 'if-none-match': String(answer.headers.etag) },
    });
    expect(again.status).toBe(304);
    expect(again.headers['content-security-policy']).toBe(`${CLOSED}; connect-src 'self'`);
    const manifest = await server.send({ path: '/manifest.webmanifest' });
    expect(manifest.headers['content-type']).toMatch(/^application\/manifest\+json/);
    expect(manifest.headers['cache-control']).toBe('no-cache');
  });

  it.each([
    ['/assets/gone-3c4d.js', { accept: '*/*' }],
    ['/assets/gone-3c4d.js', { accept: 'text/html' }],
    ['/missing.png', { accept: 'image/avif,image/*,*/*;q=0.8' }],
  ])('answers 404, not the app, for the missing file %s', async (target, headers) => {
    expect((await server.send({ path: target, headers })).status).toBe(404);
  });

  it('asks for HTTPS only over HTTPS that a trusted proxy vouches for', async () => {
    const answer = await server.send({
      path: '/health',
      headers: { 'x-forwarded-proto': 'https' },
    });
    expect(answer.headers['strict-transport-security']).toBeUndefined();
  });
});

describe('behind a trusted proxy', () => {
  const server = useServer({ app: { trustedProxies: ['loopback'] } });

  it('sends Strict-Transport-Security over HTTPS', async () => {
    const answer = await server.send({
      path: '/health',
      headers: { 'x-forwarded-proto': 'https' },
    });
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('takes the address of the client from it', async () => {
    server.log.lines.length = 0;
    await server.query('users.me', undefined, { 'x-forwarded-for': '198.51.100.7' });
    expect(server.log.lines.find((line) => line.message === 'Call refused')?.meta.ip).toBe(
      '198.51.100.7',
    );
  });

  it('never takes a name from X-Forwarded-Host or Host for a link', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', host: 'evil.example' };
    for (const target of ['/', '/p/nothing', '/u/nobody']) {
      const answer = await server.page(target, headers);
      expect(answer.text).not.toContain('evil.example');
    }
  });
});

describe('without a trusted proxy', () => {
  const server = useServer();

  it.each(['x-forwarded-for', 'x-real-ip', 'forwarded'])('believes no %s', async (name) => {
    server.log.lines.length = 0;
    await server.query('users.me', undefined, { [name]: '6.6.6.6' });
    expect(server.log.lines.find((line) => line.message === 'Call refused')?.meta.ip).toMatch(
      /127\.0\.0\.1$/,
    );
  });
});

describe('a server for this machine only', () => {
  const server = useServer({ app: { isLocal: true }, config: { appUrl: 'http://localhost:3000' } });

  it.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000'])('answers to %s', async (host) => {
    expect((await server.query('system.info', undefined, { host })).status).toBe(200);
  });

  it('refuses a name that was pointed at it', async () => {
    const answer = await server.query('system.info', undefined, { host: 'evil.example' });
    expect(answer.status).toBe(421);
    expectGuarded(answer);
  });

  it('tells a developer what the database cost, and what the cache answered', async () => {
    const answer = await server.page('/u/nobody', { host: 'localhost:3000' });
    expect(answer.headers['server-timing']).toMatch(
      /^db;dur=[\d.]+;desc="[1-9]\d* statements", cache;desc="l1 0, l2 0, load [1-9]\d*", total;dur=[\d.]+$/,
    );
  });

  it('says plainly that the web app is not built', async () => {
    const answer = await server.page('/login');
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('npm run build');
  });

  it('compresses answers, but not streams', async () => {
    const gzip = { 'accept-encoding': 'gzip' };
    const page = await server.page('/', gzip);
    expect(page.headers['content-encoding']).toBe('gzip');
    const stream = await server.send({
      path: '/api/trpc/system.info?batch=1&input=%7B%7D',
      headers: { ...gzip, 'trpc-accept': 'application/jsonl' },
    });
    expect(stream.headers['content-encoding']).toBeUndefined();
  });
});
