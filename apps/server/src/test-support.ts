import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type ApiConfig,
  createAccessTokens,
  createAnswering,
  createLive,
  createPasswords,
  createRateLimits,
  createViewCounter,
  modelWriter,
  noCaches,
  quotingWriter,
  type Services,
  type ViewBuffer,
} from '@ainotebook/api';
import { createJobHandlers, type JobServices } from '@ainotebook/api/jobs';
import {
  type ChangeFeed,
  createChangeFeed,
  createDb,
  type Database,
  type PoolOptions,
} from '@ainotebook/db';
import { type BlobStore, createDiskStore } from '@ainotebook/files';
import { createDispatcher } from '@ainotebook/jobs';
import { refuseSecrets, useTestDatabase } from '@ainotebook/testkit';
import { afterAll, beforeAll } from 'vitest';
import { createAi } from './ai-in-use.js';
import { parseEnv } from './env.js';
import { createAiMetrics } from './http/ai-metrics.js';
import { type AppDeps, createApp } from './http/app.js';
import { createLiveSockets, type LiveSockets, type LiveSocketsDeps } from './http/live-sockets.js';
import { createHttpServer, type HttpServer, listen } from './http/server.js';
import type { Logger } from './logger.js';
import { redact } from './redact.js';
import type { Secrets } from './secrets.js';
import { createWorkPool } from './work/pool.js';
import { prepareImageIn, readSourceIn } from './work/tasks.js';

export const BROWSER =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

export interface LogLine {
  level: string;
  message: string;
  meta: Record<string, unknown>;
}

/** A log kept in memory, redacted as the real one is. */
export function memoryLog(): Logger & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: string) =>
    (message: string, meta: object = {}) => {
      lines.push({ level, message, meta: redact(meta) });
    };
  return {
    lines,
    errorFile: null,
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    http: at('http'),
    debug: at('debug'),
    close: async () => undefined,
  };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body read as JSON. */
  json: () => Record<string, unknown>;
}

/** Sends exactly these headers, which fetch would not. */
export function send(
  base: string,
  options: {
    path: string;
    method?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { path: target, method = 'GET', headers = {}, body } = options;
    const { hostname, port } = new URL(base);
    const req = request({ hostname, port, path: target, method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          text,
          json: () => JSON.parse(text),
        });
      });
    });
    req.on('error', reject);
    if (body !== undefined) req.write(body);
    req.end();
  });
}

export interface ServerOptions {
  config?: Partial<ApiConfig>;
  app?: Partial<AppDeps>;
  pool?: PoolOptions;
  live?: LiveSocketsDeps['limits'];
  viewBuffer?: () => ViewBuffer;
  blobs?: () => BlobStore;
  payments?: () => Services['payments'];
  /** Variables of its models; asked for when it starts. Default: none. */
  ai?: () => Record<string, string>;
  encryption?: Secrets['encryption'];
}

const ENCRYPTION = { current: 'encryption-key-of-the-tests-0123456789', former: null };

export interface Person {
  id: string;
  email: string;
  handle: string;
  accessToken: string;
  /** `name=value; name=value`, as a browser sends them back. */
  cookie: string;
}

/** A server on a port of its own over one migrated database, for a test file or `describe`. */
export function useServer(options: ServerOptions = {}) {
  const database = useTestDatabase();
  const log = memoryLog();
  let http: HttpServer;
  let open: Database;
  let feed: ChangeFeed;
  const work = createWorkPool();
  let services: Services;
  let sockets: LiveSockets;
  let base = '';
  let isDraining = false;

  beforeAll(async () => {
    open = createDb(database.url, { max: 5, min: 1, ...options.pool });
    feed = createChangeFeed(open.pool, { intervalMs: 20 });
    const onFault = (error: unknown) => log.error('A fault of the AI', { err: error });
    const { inUse: _, ...ai } = createAi(parseEnv(options.ai?.() ?? {}), {
      db: open.db,
      feed,
      encryption: options.encryption === undefined ? ENCRYPTION : options.encryption,
      warn: () => undefined,
      onCall: () => undefined,
      onFault: (_message, error) => onFault(error),
    });
    services = {
      db: open.db,
      config: {
        version: '0.0.0-test',
        appName: 'AI-NoteBook',
        appUrl: 'https://notes.test',
        registration: 'open',
        setupToken: null,
        tokenSecret: 'refresh-secret-of-the-tests-0123456789abcdef',
        refreshTokenTtlMs: 7 * 86_400_000,
        maxFileBytes: 5_242_880,
        maxImportBytes: 20_000_000,
        fileQuotaBytes: 1_073_741_824,
        articleQuota: null,
        variables: [],
        hasMail: false,
        hasWebSearch: false,
        hasPdf: false,
        demo: null,
        ...options.config,
      },
      ...noCaches(),
      limits: createRateLimits({ factor: 100 }),
      passwords: createPasswords(),
      accessTokens: createAccessTokens({
        secret: 'access-secret-of-the-tests-0123456789abcdef',
        ttlMs: 900_000,
        readTtlMs: 7 * 86_400_000,
      }),
      live: createLive(feed),
      ...ai,
      answering: createAnswering({
        db: open.db,
        means() {
          const { chat, embedding } = ai.models();
          return { embedding, writer: chat ? modelWriter(chat) : quotingWriter() };
        },
        onFault,
      }),
      views: createViewCounter({ db: open.db, buffer: options.viewBuffer?.() ?? null }),
      blobs:
        options.blobs?.() ?? createDiskStore(mkdtempSync(path.join(tmpdir(), 'ainotebook-files-'))),
      payments: options.payments?.() ?? {},
      nudgeJobs: () => undefined,
    };
    const app = createApp({
      services,
      pool: open.pool,
      work,
      redis: null,
      jobs: { kind: 'in process', queues: [], problem: () => null },
      aiMetrics: createAiMetrics(),
      pdf: null,
      log,
      trustedProxies: [],
      corsOrigins: '*',
      metricsToken: null,
      cdnBase: () => null,
      webFolder: mkdtempSync(path.join(tmpdir(), 'ainotebook-no-web-')),
      isLocal: false,
      isDraining: () => isDraining,
      process: { isCluster: false, instance: null },
      ...options.app,
    });
    http = createHttpServer();
    http.use(app);
    sockets = createLiveSockets({
      services,
      app,
      log,
      isLocal: false,
      isDraining: () => isDraining,
      limits: options.live,
    });
    http.server.on('upgrade', (...request) => sockets.upgrade(...request));
    base = `http://127.0.0.1:${await listen(http.server, 0, '127.0.0.1')}`;
  });
  afterAll(async () => {
    await sockets.close();
    await feed.close();
    http.server.closeAllConnections();
    await new Promise((resolve) => http.server.close(resolve));
    await work.close();
    await open.close();
    refuseSecrets(JSON.stringify(log.lines));
  });

  const server = {
    log,
    database: () => open,
    databaseUrl: () => database.url,
    services: () => services,
    /** Not started. */
    feed: () => feed,
    sockets: () => sockets,
    url: () => base,
    /** Runs the jobs that are due. @returns how many ran */
    runJobs: (more: Partial<JobServices> = {}) => {
      const handlers = createJobHandlers({
        config: services.config,
        drawSocialCard: async () => Buffer.from('png'),
        makeAvif: (file, widths) =>
          work.run({ name: 'avif', input: { file, widths }, weight: 1, timeoutMs: 60_000 }),
        mailer: null,
        views: services.views,
        blobs: services.blobs,
        payments: services.payments,
        models: services.models,
        egress: {
          fetch: async () => {
            throw new Error('nothing is fetched in this test');
          },
        },
        webhookEgress: {
          fetch: async () => {
            throw new Error('nothing is sent in this test');
          },
        },
        readSource: (source, limits) => readSourceIn({ work, log }, source, limits),
        prepareImage: (file) => prepareImageIn(work, file),
        nudgeJobs: () => undefined,
        ...more,
      });
      return createDispatcher({ db: open.db, handlers }).runDue();
    },
    drain: (value: boolean) => {
      isDraining = value;
    },
    send: (request: Parameters<typeof send>[1]) => send(base, request),
    /** A page as a browser asks for it. */
    page: (target: string, headers: Record<string, string> = {}) =>
      send(base, {
        path: target,
        headers: { accept: 'text/html', 'user-agent': BROWSER, ...headers },
      }),
    /** Calls a mutation as our clients do. */
    mutate: (procedure: string, input: unknown, headers: Record<string, string> = {}) =>
      send(base, {
        method: 'POST',
        path: `/api/trpc/${procedure}`,
        headers: {
          'content-type': 'application/json',
          'x-ainotebook-client': 'test',
          ...headers,
        },
        body: input === undefined ? '{}' : JSON.stringify({ json: input }),
      }),
    query: (procedure: string, input: unknown, headers: Record<string, string> = {}) =>
      send(base, {
        path: `/api/trpc/${procedure}${
          input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`
        }`,
        headers,
      }),
    /** Registers somebody in a browser. */
    register: async (
      headers: Record<string, string> = {},
      fields: { displayName?: string } = {},
    ): Promise<Person> => {
      const name = `u${randomBytes(6).toString('hex')}`;
      const answer = await server.mutate(
        'auth.register',
        {
          email: `${name}@example.org`,
          password: 'correct horse battery',
          displayName: name,
          handle: name,
          ...fields,
        },
        headers,
      );
      if (answer.status !== 200) throw new Error(`not registered: ${answer.text}`);
      const { user, accessToken } = dataOf(answer) as {
        user: { id: string; email: string; handle: string };
        accessToken: string;
      };
      const cookie = cookiesOf(answer)
        .map((line) => line.split(';')[0])
        .join('; ');
      return { ...user, accessToken, cookie };
    },
  };
  return server;
}

/** The `Set-Cookie` lines of an answer. */
export const cookiesOf = (answer: Answer): string[] => answer.headers['set-cookie'] ?? [];

/** The data of a tRPC answer, without superjson's notes on types. */
export function dataOf(answer: Answer): unknown {
  return (answer.json() as { result?: { data?: { json?: unknown } } }).result?.data?.json;
}

/** Our code and fields of a tRPC error. */
export function errorOf(answer: Answer): {
  message: string;
  data: { appCode: string; httpStatus: number; requestId?: string };
} {
  // The shape the error formatter makes, inside superjson.
  const { error } = answer.json() as { error: { json: ReturnType<typeof errorOf> } };
  return error.json;
}

export const bearer = (person: { accessToken: string }) => ({
  authorization: `Bearer ${person.accessToken}`,
});
