import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { checkNginx, hasNginx, startNginx, writeNginx } from '../nginx-support.js';
import { type Command, command, freePort } from '../process-support.js';
import { send } from '../test-support.js';
import { listen } from './server.js';

const root = mkdtempSync(path.join(tmpdir(), 'ainotebook-nginx-'));
// The worker processes of nginx may be another account's.
chmodSync(root, 0o755);
afterAll(() => rmSync(root, { recursive: true }));

const web = path.join(root, 'web');
mkdirSync(path.join(web, 'assets'), { recursive: true });
writeFileSync(path.join(web, 'index.html'), '<title>the app</title>');
writeFileSync(path.join(web, 'assets/a-1234.js'), `// ${'x'.repeat(2_000)}`);
writeFileSync(path.join(web, 'manifest.webmanifest'), '{}');

/** nginx before some servers, on a port of its own. */
async function nginxBefore(ports: number[]) {
  const folder = mkdtempSync(path.join(root, 'nginx-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const values = {
    SERVER_NAME: '_',
    HTTP_LISTEN: `127.0.0.1:${port}`,
    WEB_ROOT: web,
    API_SERVERS: ports
      .map((one) => `server 127.0.0.1:${one} max_fails=3 fail_timeout=30s;`)
      .join(' '),
  };
  const main = writeNginx(folder, { template: 'templates', values });
  const running = await startNginx(main);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    log: () => readFileSync(path.join(folder, 'access.log'), 'utf8'),
    stop: running.stop,
  };
}

describe.skipIf(!hasNginx)('the files of nginx', () => {
  it.each(['templates', 'templates-tls'] as const)('are accepted: %s', (template) => {
    const folder = mkdtempSync(path.join(root, 'check-'));
    const key = path.join(folder, 'key.pem');
    const certificate = path.join(folder, 'cert.pem');
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=notes.test'],
      ...['-keyout', key, '-out', certificate],
    ]);
    expect(made.status).toBe(0);
    const values = {
      SERVER_NAME: 'notes.test',
      HTTP_LISTEN: '127.0.0.1:18080',
      HTTPS_LISTEN: '127.0.0.1:18443',
      WEB_ROOT: web,
      // Of compose.scale.yml.
      API_SERVERS:
        'server 127.0.0.1:1 weight=3 max_fails=3 fail_timeout=30s; server 127.0.0.1:2 weight=2; server 127.0.0.1:3 backup;',
      TLS_CERTIFICATE: certificate,
      TLS_KEY: key,
    };
    expect(checkNginx(writeNginx(folder, { template, values }))).toBe('');
  });
});

describe.skipIf(!hasNginx)('nginx before a server', { timeout: 30_000 }, () => {
  let upstream: Server;
  let sockets: WebSocketServer;
  let nginx: Awaited<ReturnType<typeof nginxBefore>>;
  let last: { headers: IncomingHttpHeaders; url: string; method: string };
  beforeAll(async () => {
    upstream = createServer(async (req, res) => {
      last = { headers: req.headers, url: req.url ?? '', method: req.method ?? '' };
      if (req.url === '/api/trpc/parts') {
        res.setHeader('content-type', 'application/jsonl');
        for (let part = 0; part < 3; part++) {
          res.write(`{"part":${part}}\n`);
          await sleep(300);
        }
        return res.end();
      }
      res.setHeader('content-type', 'application/json');
      req.resume().once('end', () => res.end(JSON.stringify({ text: 'x'.repeat(5_000) })));
    });
    sockets = new WebSocketServer({ server: upstream });
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
    nginx = await nginxBefore([await listen(upstream, 0, '127.0.0.1')]);
  });
  afterAll(async () => {
    await nginx.stop();
    sockets.close();
    upstream.closeAllConnections();
    upstream.close();
  });
  const get = (target: string, headers: Record<string, string> = {}) =>
    send(nginx.url, { path: target, headers });

  it('believes nothing that a client claims of itself', async () => {
    await get('/api/trpc/x', {
      host: 'notes.test',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
    });
    expect(last.headers).toMatchObject({
      host: 'notes.test',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    for (const name of ['x-forwarded-host', 'x-real-ip', 'forwarded']) {
      expect(last.headers[name]).toBeUndefined();
    }
  });

  it('passes on what comes bit by bit as it comes', async () => {
    const begunAt = performance.now();
    const answer = await fetch(`${nginx.url}/api/trpc/parts`);
    const times: number[] = [];
    for await (const chunk of answer.body ?? []) {
      expect(Buffer.from(chunk).toString()).toMatch(/^\{"part":\d\}\n$/);
      times.push(performance.now() - begunAt);
    }
    expect(times).toHaveLength(3);
    // The first is here before the second was sent.
    expect(times[0]).toBeLessThan(250);
  });

  it.each(['/api/trpc/x', '/api/v1/articles', '/api/files', '/api/imports'])(
    'hands on what a browser asks before a page of another origin calls %s',
    async (target) => {
      const origin = 'https://reader.example.org';
      await send(nginx.url, { method: 'OPTIONS', path: target, headers: { origin } });
      expect(last).toMatchObject({ method: 'OPTIONS', url: target, headers: { origin } });
    },
  );

  it('lets sockets through', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${nginx.port}/ws`);
    const echo = await new Promise((resolve, reject) => {
      socket.once('open', () => socket.send('龙井'));
      socket.once('message', (data) => resolve(String(data)));
      socket.once('error', reject);
    });
    socket.close();
    expect(echo).toBe('龙井');
  });

  it('gzips JSON, and not what comes bit by bit', async () => {
    const json = await get('/api/trpc/x', { 'accept-encoding': 'gzip' });
    expect(json.headers['content-encoding']).toBe('gzip');
    const parts = await get('/api/trpc/parts', { 'accept-encoding': 'gzip' });
    expect(parts.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    ['/api/v1/x', 'api'],
    ['/p/slug', 'api'],
    ['/u/somebody', 'api'],
    ['/s/secret', 'api'],
    ['/tag/x', 'api'],
    ['/feed.xml', 'api'],
    ['/sitemap.xml', 'api'],
    ['/sitemap-2.xml', 'api'],
    ['/robots.txt', 'api'],
    ['/', 'api'],
    ['/health', 'api'],
    ['/notes', 'app'],
    ['/settings/account', 'app'],
    ['/reset', 'app'],
    ['/unknown/deep/address', 'app'],
  ])('sends %s to the %s', async (target, to) => {
    last = { headers: {}, url: '', method: '' };
    const answer = await get(target);
    expect(last.url).toBe(to === 'api' ? target : '');
    if (to === 'app') expect(answer.text).toContain('the app');
  });

  it.each(['/metrics', '/metrics/x', '/ready', '/queues', '/queues/api'])(
    'closes %s to the world',
    async (target) => {
      last = { headers: {}, url: '', method: '' };
      expect((await get(target)).status).toBe(404);
      expect(last.url).toBe('');
    },
  );

  it.each([
    ['/notes', 200, 'no-cache'],
    ['/reset', 200, 'no-cache'],
    ['/manifest.webmanifest', 200, 'no-cache'],
    ['/assets/a-1234.js', 200, 'public, max-age=31536000, immutable'],
    ['/assets/gone.js', 404, undefined],
    ['/metrics', 404, undefined],
  ])('guards what it answers itself: %s', async (target, status, caching) => {
    const answer = await get(target);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      server: 'nginx',
    });
    expect(answer.headers['cache-control']).toBe(caching);
    expect(answer.headers['strict-transport-security']).toBeUndefined();
  });

  it('keeps addresses that open something out of its log', async () => {
    for (const target of [
      '/s/canary-share',
      '/reset?token=canary-reset',
      '/verify?token=canary-verify',
      '/register?invitation=canary-invitation',
      '/api/files/1?share=canary-file',
    ]) {
      await get(target);
    }
    await get('/p/logged');
    await expect.poll(nginx.log).toContain('/p/logged 200');
    expect(nginx.log()).not.toContain('canary');
  });

  it('refuses what is too large in the words of the API', async () => {
    const large = await send(nginx.url, {
      method: 'POST',
      path: '/api/trpc/x',
      headers: { 'content-type': 'application/json', 'content-length': '2000000' },
    }).catch((error: Error) => error);
    // It answers before the body has come.
    expect(large).toMatchObject({ status: 413 });
    if (large instanceof Error) return;
    expect(large.json()).toMatchObject({ error: { code: 'too_large' } });
    expect(large.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
    });
  });

  it('lets sources of imports through, whole and in parts, and files', async () => {
    for (const [method, path] of [
      ['POST', '/api/imports'],
      ['PATCH', '/api/imports/1/source'],
      ['POST', '/api/files'],
    ] as const) {
      const body = Buffer.alloc(4_194_304);
      const headers = { 'content-length': String(body.length), 'upload-offset': '4194304' };
      expect((await send(nginx.url, { method, path, headers, body })).status).toBe(200);
      expect(last).toMatchObject({ url: path, headers: { 'upload-offset': '4194304' } });
    }
  });

  it('leaves those alone who send their headers too slowly', async () => {
    const begunAt = performance.now();
    const socket = connect(nginx.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: notes.test\r\nX-');
    const drip = setInterval(() => socket.write('a'), 500);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(drip);
    expect(performance.now() - begunAt).toBeLessThan(15_000);
  }, 20_000);
});

describe.skipIf(!hasNginx)('nginx before two servers', { timeout: 120_000 }, () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const servers: Command[] = [];
  let nginx: Awaited<ReturnType<typeof nginxBefore>>;
  beforeAll(async () => {
    database = await createTestDatabase();
    const ports = [await freePort(), await freePort()];
    for (const port of ports) {
      const cwd = mkdtempSync(path.join(root, 'server-'));
      const env = { DATABASE_URL: database.url, PORT: String(port), TRUST_PROXY: 'loopback' };
      servers.push(command(['serve'], { ...env, PG_POOL_MAX: '4', PG_POOL_MIN: '1' }, { cwd }));
    }
    await Promise.all(servers.map((one) => one.until(/^ready: /m)));
    nginx = await nginxBefore(ports);
  }, 120_000);
  afterAll(async () => {
    await nginx.stop();
    for (const { child, ended } of servers) {
      child.kill('SIGTERM');
      await ended;
    }
    await database.drop();
  });

  it('answers on when one of them dies, and says so kindly when both are gone', async () => {
    const call = () => send(nginx.url, { path: '/robots.txt' });
    for (let n = 0; n < 10; n++) expect((await call()).status).toBe(200);
    servers[0]?.child.kill('SIGKILL');
    await servers[0]?.ended;
    for (let n = 0; n < 30; n++) expect((await call()).status).toBe(200);
    servers[1]?.child.kill('SIGKILL');
    await servers[1]?.ended;
    const away = await call();
    expect(away.status).toBe(502);
    expect(away.text).toContain('马上回来');
    expect(away.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'retry-after': '5',
    });
    // What is a file is there all the same.
    expect((await send(nginx.url, { path: '/notes' })).status).toBe(200);
  });
});
