import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEgress, type Egress, type EgressRequest } from './egress.js';
import { EgressError } from './egress-error.js';

const MEBI = 2 ** 20;
/** `web.test` stands for the public web: the operator of these tests lets it be reached although it is here. */
const PUBLIC = 'web.test';

let web: http.Server;
let canary: http.Server;
let canaryHits: number;
let egress: Egress;
/** What names lead to; a second address stands for the second question. */
const names = new Map<string, string[][]>();
let closed: number;

const portOf = (server: http.Server) => (server.address() as AddressInfo).port;
const listen = (server: http.Server) =>
  new Promise<void>((resolve) => server.listen({ host: '::', port: 0 }, resolve));
const address = (path: string) => `http://${PUBLIC}:${portOf(web)}${path}`;
const canaryAt = (host: string) => `http://${host}:${portOf(canary)}/`;

const pages: Record<string, http.RequestListener> = {
  '/text': (_request, response) =>
    response.setHeader('content-type', 'text/html; charset=utf-8').end('<p>你好</p>'),
  '/headers': (request, response) => response.end(JSON.stringify(request.headers)),
  '/missing': (_request, response) => {
    response.statusCode = 404;
    response.end('no');
  },
  '/to-text': (_request, response) => response.writeHead(302, { location: '/text' }).end(),
  '/to-headers-elsewhere': (_request, response) =>
    response.writeHead(307, { location: `http://other.test:${portOf(web)}/headers` }).end(),
  '/to-canary': (_request, response) =>
    response.writeHead(302, { location: canaryAt('127.0.0.1') }).end(),
  '/to-file': (_request, response) =>
    response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/loop': (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/endless-hops': (request, response) =>
    response.writeHead(302, { location: `${request.url}x` }).end(),
  '/endless': (_request, response) => {
    const chunk = Buffer.alloc(MEBI / 16);
    const more = () => {
      while (response.write(chunk)) if (response.destroyed) return;
      response.once('drain', more);
    };
    more();
    response.once('close', () => {
      closed += 1;
    });
  },
  '/bomb': (_request, response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(64 * MEBI))),
  '/lying-length': (_request, response) =>
    response.setHeader('content-length', 10 * MEBI).end(Buffer.alloc(10 * MEBI)),
  '/silent': () => undefined,
  '/stalls': (_request, response) => response.write('a little'),
  '/breaks': (_request, response) => {
    response.setHeader('content-length', 100).write('half');
    setTimeout(() => response.destroy(), 50);
  },
};

beforeAll(async () => {
  web = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://web');
    const page = pathname.startsWith('/endless-hops') ? pages['/endless-hops'] : pages[pathname];
    page?.(request, response);
  });
  canary = http.createServer((_request, response) => {
    canaryHits += 1;
    response.end('a secret');
  });
  await Promise.all([listen(web), listen(canary)]);
});

beforeEach(() => {
  canaryHits = 0;
  closed = 0;
  names.clear();
  names.set(PUBLIC, [['127.0.0.1']]);
  names.set('other.test', [['127.0.0.1']]);
  egress = createEgress({
    privateHosts: [`${PUBLIC}:${portOf(web)}`, `other.test:${portOf(web)}`],
    ports: [80, 443, portOf(canary)],
    resolve: async (host) => {
      const answers = names.get(host) ?? [];
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    },
  });
});

afterEach(() => egress.close());

afterAll(() => {
  for (const server of [web, canary]) {
    server.closeAllConnections();
    server.close();
  }
});

const fetched = (url: string, request: Partial<EgressRequest> = {}) =>
  egress.fetch(url, { maxBytes: MEBI, ...request });
const textOf = async (url: string, request: Partial<EgressRequest> = {}) =>
  new Response((await fetched(url, request)).body).text();
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const kindOf = async (promise: Promise<unknown>) => {
  const error = await failureOf(promise);
  return error instanceof EgressError ? error.kind : error;
};

describe('a public address', () => {
  it('is fetched, with its type and the place it was found at', async () => {
    const response = await fetched(address('/to-text'), { types: ['text/html'] });
    expect(response).toMatchObject({ status: 200, url: address('/text'), mediaType: 'text/html' });
    expect(await new Response(response.body).text()).toBe('<p>你好</p>');
  });

  it('may say that there is nothing', async () => {
    expect(await fetched(address('/missing'))).toMatchObject({ status: 404 });
  });

  it('is asked with the headers of the caller, which another origin is not shown', async () => {
    const headers = { authorization: 'Bearer secret', 'x-signature': 'secret' };
    expect(JSON.parse(await textOf(address('/headers'), { headers }))).toMatchObject(headers);
    expect(await textOf(address('/to-headers-elsewhere'), { headers })).not.toContain('secret');
  });

  it('is not followed elsewhere with what was posted', async () => {
    const posted = { method: 'POST', body: 'an event' } as const;
    expect(await fetched(address('/to-text'), posted)).toMatchObject({ status: 302 });
  });
});

describe('an inside address', () => {
  const trickyHosts = [
    '127.0.0.1',
    'localhost',
    'LOCALHOST.',
    '0',
    '0.0.0.0',
    '2130706433',
    '0x7f.1',
    '0177.1',
    '127.1',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::7f00:1]',
    '[64:ff9b::7f00:1]',
    '169.254.169.254',
    '①②⑦.0.0.1',
    'a.localhost',
    'metadata.internal',
    'db',
  ];

  it.each(trickyHosts)('is refused when written %s, and nothing arrives there', async (host) => {
    const error = await failureOf(fetched(canaryAt(host), { timeoutMs: 2_000 }));
    expect(error).toMatchObject({ kind: 'refused', message: 'This address cannot be fetched' });
    expect(canaryHits).toBe(0);
  });

  it.each([
    ['its name', [['127.0.0.1']]],
    ['its name in IPv6', [['::1']]],
    ['one of the addresses of its name', [['1.1.1.1', '127.0.0.1']]],
    ['its name, asked a second time', [['127.0.0.1'], ['1.1.1.1']]],
  ])('is refused when %s leads there', async (_how, answers) => {
    names.set('rebound.test', answers);
    expect(await kindOf(fetched(canaryAt('rebound.test'), { timeoutMs: 2_000 }))).toBe('refused');
    expect(canaryHits).toBe(0);
  });

  it('is refused when a redirect leads there', async () => {
    expect(await kindOf(fetched(address('/to-canary')))).toBe('refused');
    expect(await kindOf(fetched(address('/to-file')))).toBe('refused');
    expect(canaryHits).toBe(0);
  });

  it('is refused at other ports than those of the web, with credentials and by other schemes', async () => {
    for (const url of [
      'http://example.com:22/',
      'http://user:password@example.com/',
      'ftp://example.com/',
      'file:///etc/passwd',
      'data:text/plain,x',
      'javascript:alert(1)',
      '//example.com',
      'not a url',
      '',
    ])
      expect(await kindOf(fetched(url)), url).toBe('refused');
  });

  it('that the operator allows is reached at the port he named, and at no other', async () => {
    expect(await textOf(address('/text'))).toContain('你好');
    expect(await kindOf(fetched(`http://${PUBLIC}:${portOf(canary)}/`))).toBe('refused');
    expect(canaryHits).toBe(0);
  });
});

describe('an answer', () => {
  it.each(['/endless', '/bomb'])('%s is cut where it grows too large', async (path) => {
    expect(await kindOf(textOf(address(path)))).toBe('too_large');
  });

  it('that is cut is no longer sent', async () => {
    expect(await kindOf(textOf(address('/endless')))).toBe('too_large');
    await expect.poll(() => closed).toBe(1);
  });

  it('that is announced too large is not read', async () => {
    expect(await kindOf(fetched(address('/lying-length')))).toBe('too_large');
  });

  it('of another type is not read', async () => {
    expect(await kindOf(fetched(address('/text'), { types: ['image/*'] }))).toBe('wrong_type');
  });

  it('that redirects for ever is left', async () => {
    expect(await kindOf(fetched(address('/loop')))).toBe('too_many_redirects');
    expect(await kindOf(fetched(address('/endless-hops')))).toBe('too_many_redirects');
  });

  it('that does not come or does not end is left at the deadline', async () => {
    expect(await kindOf(fetched(address('/silent'), { timeoutMs: 200 }))).toBe('timeout');
    expect(await kindOf(textOf(address('/stalls'), { timeoutMs: 200 }))).toBe('timeout');
  });

  it('that breaks off fails, as does a name without an address', async () => {
    expect(await kindOf(textOf(address('/breaks')))).toBe('unreachable');
    expect(await kindOf(fetched('http://nowhere.test/'))).toBe('unreachable');
  });

  it('is no longer waited for when the caller gives up', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.timeout(50);
    const controller = new AbortController();
    signal.addEventListener('abort', () => controller.abort(reason));
    expect(await failureOf(fetched(address('/silent'), { signal: controller.signal }))).toBe(
      reason,
    );
  });
});
