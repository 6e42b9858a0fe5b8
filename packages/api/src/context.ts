import type { ChatModel, WebSearch } from '@ainotebook/ai';
import type { ApiScope, Locale, Registration, ServerVariable } from '@ainotebook/contract';
import type { Db, Tx } from '@ainotebook/db';
import type { BlobStore } from '@ainotebook/files';
import type { ChannelName, PaymentChannel } from '@ainotebook/payments';
import type { ModelControl } from './ai-providers/models-in-use.js';
import type { AccessTokens } from './auth/access-tokens.js';
import type { Passwords } from './auth/passwords.js';
import type { Caches } from './caches.js';
import type { Answering } from './conversations/answering.js';
import type { Live } from './events/live.js';
import type { KeyBudget, RateLimits } from './rate-limits.js';
import type { Ledger } from './usage/ledger.js';
import type { Chat } from './usage/metered-chat.js';
import type { Embedding } from './usage/metered-embedding.js';
import type { ViewCounter } from './views/view-counter.js';

/** Settings the rules depend on; read from the environment by the host. */
export interface ApiConfig {
  version: string;
  appName: string;
  /** Origin under which people reach the server; every link is built from it. */
  appUrl: string;
  registration: Registration;
  /** Lets its holder become the first admin; null when there is none. */
  setupToken: string | null;
  /** Keys the HMAC under which refresh and one-time tokens are stored. */
  tokenSecret: string;
  refreshTokenTtlMs: number;
  /** Bytes of one upload. */
  maxFileBytes: number;
  /** Bytes of one source to be imported. */
  maxImportBytes: number;
  /** Bytes of all files of one person. */
  fileQuotaBytes: number;
  /** Articles of one person, the trash with them; null for any number. */
  articleQuota: number | null;
  /** Whether the server can send mail. */
  hasMail: boolean;
  /** Whether a search engine is set up. */
  hasWebSearch: boolean;
  /** Whether the host makes PDFs of notes. */
  hasPdf: boolean;
  /** The variables of the server and where each is set; no value. */
  variables: readonly ServerVariable[];
  /** Sign-in printed for a local demo; null everywhere else. */
  demo: { email: string; password: string } | null;
}

/** The models that are set up at a moment; an administrator may change them at any other. */
export interface Models {
  /** Turns texts into vectors; null where no model is set up. */
  embedding: Embedding | null;
  /** Writes, for whom and whatever is asked; null where no model is set up. */
  chat: Chat | null;
  /** The same for what is short; `chat` where no other model is picked for it. */
  fast: Chat | null;
  /** What stands behind them, one by one, and the search engine: for who looks after them. */
  aiModels: {
    chat: readonly ChatModel[];
    /** Null where `chat` does that too. */
    fast: ChatModel | null;
    webSearch: WebSearch | null;
  };
}

/** What all requests of a process share; wired by the host. */
export interface Services extends Caches {
  db: Db;
  config: ApiConfig;
  limits: RateLimits;
  passwords: Passwords;
  accessTokens: AccessTokens;
  /** Who is told of which changes. */
  live: Live;
  views: ViewCounter;
  /** Where the bytes of files are. */
  blobs: BlobStore;
  /** The models as they are set up now; a signed-in call finds them in its context. */
  models: () => Models;
  /** What administrators may do with them. */
  modelControl: ModelControl;
  /** What every call of a model is written into. */
  ledger: Ledger;
  /** Writes answers to questions. */
  answering: Answering;
  /** The ways to be paid that are set up. */
  payments: Partial<Record<ChannelName, PaymentChannel>>;
  /** Called after a commit that enqueued work, so that it starts at once. */
  nudgeJobs: () => void;
}

/** Where the host keeps a browser's session. */
export interface SessionCookies {
  readRefreshToken(): string | null;
  /** `readerToken` opens GET pages and files only. */
  write(cookies: { refreshToken: string; readerToken: string; expiresAt: Date }): void;
  clear(): void;
}

/** What the host knows of one request. */
export interface RequestInfo {
  id: string;
  /** The client's address as the trusted proxy reports it. */
  ip: string;
  userAgent: string;
  locale: Locale;
  accessToken: string | null;
  idempotencyKey: string | null;
  /** Whether a model asks, by MCP: what it writes is remembered as an AI's. */
  isModel: boolean;
  cookies: SessionCookies;
  /** Tells the holder of a key how many calls it has left. */
  showBudget: (budget: KeyBudget) => void;
}

/** What an API key opens. */
export interface KeyGrant {
  id: string;
  scopes: readonly ApiScope[];
}

/** Who is asking, proven against the row of the session or of the key. */
export interface Auth {
  userId: string;
  /** Null for a key, which belongs to no session. */
  sessionId: string | null;
  /** A key is always that of an ordinary user. */
  role: 'user' | 'admin';
  /** Set for a key: it opens what its scopes name and nothing else. */
  key?: KeyGrant;
}

/** A person at a browser or program that signed in. */
export interface SessionAuth extends Auth {
  sessionId: string;
}

export interface Context extends Omit<Services, 'db'> {
  db: Db | Tx;
  request: RequestInfo;
  /** Resolves the caller once per request. @throws AppError session_revoked, account_suspended, unauthenticated */
  authenticate: () => Promise<Auth | null>;
}

/** The context of a procedure that needs a signed-in user. */
export interface AuthedContext extends Context, Models {
  auth: Auth;
}

/** Builds a request's context; `authenticate` runs at most once. */
export function createContext(
  services: Services,
  request: RequestInfo,
  authenticate: () => Promise<Auth | null>,
): Context {
  let pending: Promise<Auth | null> | undefined;
  return {
    ...services,
    request,
    authenticate: () => {
      pending ??= authenticate();
      return pending;
    },
  };
}
