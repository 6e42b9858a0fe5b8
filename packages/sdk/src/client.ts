import { manifest } from './generated/manifest.js';
import type { Resources } from './generated/types.js';
import { pagePromise } from './pages.js';
import type { LogEvent, Page, RequestOptions } from './runtime-types.js';
import { type StoredSession, sessionTokens } from './session.js';
import {
  type Call,
  createTransport,
  type TokenSource,
  type TransportOptions,
} from './transport.js';
import { VERSION } from './version.js';

export interface ClientOptions {
  /** Origin of the server: `https://notes.example.org`. */
  baseUrl: string;
  /** An access token, or a function that gives one; nothing for a visitor. */
  auth?: string | TokenSource;
  /** Milliseconds one attempt may take; 60,000 when absent. */
  timeoutMs?: number;
  /** Repetitions after the first attempt; 2 when absent. */
  maxRetries?: number;
  /** Sent with every request. */
  headers?: Record<string, string>;
  fetch?: typeof fetch;
  /** Told of every attempt. */
  onLog?: (event: LogEvent) => void;
}

/** A typed client: `client.articles.list()`, `client.search.query({ q })`, ... */
export interface AiNotebook extends Resources {
  /** The same client with some options changed. */
  withOptions(options: Partial<ClientOptions>): AiNotebook;
  /**
   * The same client signed in. The access token is renewed when needed; `onChange` gets what to
   * store for the next run.
   */
  withSession(
    session: StoredSession,
    options?: { onChange?: (session: StoredSession) => void },
  ): AiNotebook;
  /** Calls a procedure this version has no method for. */
  $call(
    kind: 'query' | 'mutation',
    path: string,
    input?: unknown,
    options?: RequestOptions,
  ): Promise<unknown>;
}

/**
 * Opens a client. Nothing is sent before the first call.
 * @throws TypeError when `baseUrl` is not an http(s) address
 * @example
 * const guest = createClient({ baseUrl: 'https://notes.example.org' });
 * const session = await guest.auth.login({ email, password, session: 'token' });
 * const notes = guest.withSession(session);
 * await notes.articles.create({ title: '今天', content: '# 今天\n' });
 */
export function createClient(options: ClientOptions): AiNotebook {
  const url = new URL(options.baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`baseUrl must start with http:// or https://, not ${url.protocol}`);
  }
  const { auth } = options;
  const transport: TransportOptions = {
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    token: typeof auth === 'function' ? auth : () => auth ?? null,
    timeoutMs: options.timeoutMs ?? 60_000,
    maxRetries: options.maxRetries ?? 2,
    headers: options.headers ?? {},
    // Called as a plain function: some runtimes refuse fetch as a method.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    onLog: options.onLog,
    clientHeader: `sdk-js/${VERSION}`,
  };
  const call = createTransport(transport);
  const client = {
    ...resources(call),
    withOptions: (changes: Partial<ClientOptions>) => createClient({ ...options, ...changes }),
    withSession: (
      session: StoredSession,
      { onChange }: { onChange?: (session: StoredSession) => void } = {},
    ) => {
      const { auth: _, ...visitor } = options;
      const guest = createClient(visitor);
      const token = sessionTokens(
        session,
        (refreshToken) => guest.auth.refresh({ refreshToken }),
        onChange,
      );
      return createClient({ ...options, auth: token });
    },
    $call: call,
  };
  // The manifest and the interfaces are generated together from one router.
  return client as unknown as AiNotebook;
}

function resources(call: Call): Record<string, Record<string, unknown>> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const [path, kind] of Object.entries(manifest)) {
    const [resource = '', method = ''] = path.split('.');
    const type = kind.startsWith('q') ? 'query' : 'mutation';
    const run = (params?: object, options?: RequestOptions) => call(type, path, params, options);
    const pages = (params?: object, options?: RequestOptions) =>
      pagePromise(
        (cursor) =>
          // The output schema of a page procedure is a Page.
          run(cursor === null ? params : { ...params, cursor }, options) as Promise<Page<unknown>>,
      );
    result[resource] ??= {};
    result[resource][method] = kind.endsWith('0')
      ? (options?: RequestOptions) => run(undefined, options)
      : kind.includes('p')
        ? pages
        : run;
  }
  return result;
}
