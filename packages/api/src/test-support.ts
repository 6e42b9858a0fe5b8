import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ChangeFeed, createChangeFeed, createDb, schema } from '@ainotebook/db';
import { createDiskStore } from '@ainotebook/files';
import { useTestDatabase } from '@ainotebook/testkit';
import { v7 } from 'uuid';
import { afterAll, beforeAll } from 'vitest';
import { createKeyBox } from './ai-providers/key-box.js';
import { createAccessTokens } from './auth/access-tokens.js';
import { createPasswords } from './auth/passwords.js';
import { noCaches } from './caches.js';
import {
  type ApiConfig,
  type Auth,
  createContext,
  type Models,
  type RequestInfo,
  type Services,
  type SessionCookies,
} from './context.js';
import { createAnswering } from './conversations/answering.js';
import { modelWriter } from './conversations/model-writer.js';
import { quotingWriter } from './conversations/quoting-writer.js';
import { AppError } from './errors.js';
import { createLive } from './events/live.js';
import type { JobServices } from './jobs.js';
import { createRateLimits } from './rate-limits.js';
import type { WebResearch } from './research/web-research.js';
import { type Caller, createCaller } from './router.js';
import { type AiBudgets, NO_BUDGETS } from './usage/budgets.js';
import { createLedger, type Ledger, type Prices } from './usage/ledger.js';
import type { Chat } from './usage/metered-chat.js';
import { createViewCounter } from './views/view-counter.js';

const testConfig: ApiConfig = {
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
};

/** Cookies of one pretended browser, kept in memory. */
export function memoryCookies(): SessionCookies & { refreshToken: string | null } {
  const jar = {
    refreshToken: null as string | null,
    readRefreshToken: () => jar.refreshToken,
    write: (cookies: { refreshToken: string }) => {
      jar.refreshToken = cookies.refreshToken;
    },
    clear: () => {
      jar.refreshToken = null;
    },
  };
  return jar;
}

/** A user straight in the database, with a caller that is signed in as that user. */
export interface TestUser {
  id: string;
  email: string;
  handle: string;
  sessionId: string;
  api: Caller;
}

export interface TestApi {
  database: { readonly url: string };
  services(): Services;
  /** Not started. */
  feed(): ChangeFeed;
  request(overrides?: Partial<RequestInfo>): RequestInfo;
  /** A caller with a given identity; a visitor without one. */
  api(auth?: Auth | null, overrides?: Partial<RequestInfo>): Caller;
  user(fields?: Partial<typeof schema.users.$inferInsert>): Promise<TestUser>;
}

/**
 * One migrated database and the services over it, for a test file. `api()` calls as a visitor,
 * `user()` makes a user (no password) and signs in.
 */
export function useApi(
  options: {
    config?: Partial<ApiConfig>;
    embedding?: Models['embedding'];
    chat?: (ledger: Ledger) => Chat;
    prices?: Prices;
    budgets?: Partial<AiBudgets>;
    atOnce?: number;
    research?: WebResearch;
  } = {},
): TestApi {
  const database = useTestDatabase();
  let open: ReturnType<typeof createDb> | undefined;
  let made: Services | undefined;
  let feed: ChangeFeed | undefined;

  beforeAll(() => {
    open = createDb(database.url);
    feed = createChangeFeed(open.pool, { intervalMs: 20 });
    const onFault = (error: unknown) => console.error(error);
    const ledger = createLedger({
      db: open.db,
      prices: options.prices ?? new Map(),
      budgets: { ...NO_BUDGETS, ...options.budgets },
      atOnce: options.atOnce ?? null,
      onFault,
    });
    const chat = options.chat?.(ledger) ?? null;
    const embedding = options.embedding ?? null;
    made = {
      db: open.db,
      config: { ...testConfig, ...options.config },
      ...noCaches(),
      limits: createRateLimits({ factor: 100 }),
      passwords: createPasswords(),
      accessTokens: createAccessTokens({
        secret: 'access-secret-of-the-tests-0123456789abcdef',
        ttlMs: 900_000,
        readTtlMs: 7 * 86_400_000,
      }),
      live: createLive(feed),
      views: createViewCounter({ db: open.db, buffer: null }),
      blobs: createDiskStore(mkdtempSync(path.join(tmpdir(), 'ainotebook-files-'))),
      payments: {},
      answering: createAnswering({
        db: open.db,
        research: options.research ?? null,
        means: () => ({ embedding, writer: chat ? modelWriter(chat) : quotingWriter() }),
        onFault,
      }),
      models: () => ({
        embedding,
        chat,
        fast: chat,
        aiModels: { chat: [], fast: null, webSearch: null },
      }),
      modelControl: {
        environment: [],
        box: createKeyBox({ current: 'encryption-key-of-the-tests-0123456789', former: null }),
        mayCall: () => true,
        reach: (provider) => provider,
        reload: async () => undefined,
      },
      ledger,
      nudgeJobs: () => undefined,
    };
  });
  afterAll(async () => {
    await made?.answering.close();
    await open?.close();
  });

  const services = (): Services => {
    if (!made) throw new Error('useApi() is ready inside tests only');
    return made;
  };

  const changeFeed = (): ChangeFeed => {
    if (!feed) throw new Error('useApi() is ready inside tests only');
    return feed;
  };

  const request = (overrides: Partial<RequestInfo> = {}): RequestInfo => ({
    id: 'test',
    ip: '203.0.113.7',
    userAgent: 'tests',
    locale: 'en',
    accessToken: null,
    idempotencyKey: null,
    isModel: false,
    cookies: memoryCookies(),
    showBudget: () => undefined,
    ...overrides,
  });

  const api = (auth: Auth | null = null, overrides: Partial<RequestInfo> = {}) =>
    createCaller(createContext(services(), request(overrides), async () => auth));

  const user = async (
    fields: Partial<typeof schema.users.$inferInsert> = {},
  ): Promise<TestUser> => {
    const name = `u${randomBytes(6).toString('hex')}`;
    const row = {
      id: v7(),
      email: `${name}@example.org`,
      handle: name,
      displayName: name,
      passwordHash: 'none',
      ...fields,
    };
    const sessionId = v7();
    await services().db.insert(schema.users).values(row);
    await services()
      .db.insert(schema.sessions)
      .values({
        id: sessionId,
        userId: row.id,
        kind: 'token',
        expiresAt: new Date(Date.now() + 86_400_000),
      });
    const auth: Auth = { userId: row.id, sessionId, role: fields.role ?? 'user' };
    return { id: row.id, email: row.email, handle: row.handle, sessionId, api: api(auth) };
  };

  return { database, services, feed: changeFeed, request, api, user };
}

/** What jobs need, without drawing and without mail. */
export function testJobServices(services: Services, more: Partial<JobServices> = {}): JobServices {
  return {
    config: services.config,
    drawSocialCard: async () => Buffer.from('png'),
    makeAvif: async () => [],
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
    // Loaded where they are used: they are large.
    readSource: async (source, limits) => {
      const { readSource, SourceError } = await import('@ainotebook/convert/read');
      return readSource(source, limits).then(
        (part) => ({ kind: 'read', part }),
        (error: unknown) => {
          if (error instanceof SourceError) return { kind: 'failed', code: error.code };
          throw error;
        },
      );
    },
    prepareImage: async (file) => {
      const { prepareImage } = await import('@ainotebook/files/images');
      const result = await prepareImage(file);
      if (result.kind === 'prepared') return result.image;
      throw new AppError('file_damaged', 'The picture cannot be read');
    },
    nudgeJobs: () => undefined,
    ...more,
  };
}
