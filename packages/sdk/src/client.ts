import { checkedBaseUrl } from './base-url.js';
import { manifest } from './generated/manifest.js';
import type { FilesResource, ImportsResource, Resources } from './generated/types.js';
import { createImportUpload, type ImportUpload } from './import-upload.js';
import { pagePromise } from './pages.js';
import type { LogEvent, Page, RequestOptions } from './runtime-types.js';
import { type SessionListener, type StoredSession, sessionTokens } from './session.js';
import { type Call, createTransport, type TokenSource } from './transport.js';
import { createUpload, type Upload } from './upload.js';
import { VERSION } from './version.js';

/** How to reach a server; see `createClient`. */
export interface ClientOptions {
  /** Final address of the server: `https://notes.example.org`. Redirects are not followed. */
  baseUrl: string;
  /** An API key, an access token, or a function that gives one; nothing for a visitor. */
  auth?: string | TokenSource | undefined;
  /** Milliseconds one attempt may take; 60,000 when absent. */
  timeoutMs?: number | undefined;
  /** Repetitions after the first attempt; 2 when absent. */
  maxRetries?: number | undefined;
  /** Sent with every request. */
  headers?: Record<string, string> | undefined;
  /** Instead of the runtime's own `fetch`. */
  fetch?: typeof fetch | undefined;
  /** Told of every attempt. */
  onLog?: ((event: LogEvent) => void) | undefined;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** The server takes a used refresh token for stolen after 10 s: a lost answer is asked for before. */
const REFRESH_TIMEOUT_MS = 8_000;

/** A typed client: `client.articles.list()`, `client.search.query({ q })`, ... */
export interface AiNotebook extends Omit<Resources, 'files' | 'imports'> {
  readonly files: FilesResource & {
    /**
     * Uploads a file of at most `files.usage()`'s `maxFileBytes`: PNG, JPEG, WebP, GIF, AVIF or PDF.
     * @throws too_large, file_empty, file_type_not_allowed, file_damaged, image_too_large, quota_exceeded, storage_full
     * @example
     * const { url } = await client.files.upload(await readFile('cat.jpg'), { name: 'cat.jpg' });
     * await client.articles.create({ title: 'Cat', content: `![A cat](${url})` });
     */
    upload: Upload;
  };
  readonly imports: ImportsResource & {
    /**
     * Uploads what is to be imported, of any size that the server takes, in parts: a connection that is cut or a server
     * that starts anew costs the part that was under way. The preview is ready a little later.
     * @throws too_large, limit_reached, storage_full; not_found, conflict of `importId`
     * @example
     * const { id } = await client.imports.upload(await openAsBlob('vault.zip'), { name: 'vault.zip' });
     */
    upload: ImportUpload;
  };
  /** The same client with some options changed. */
  withOptions(options: Partial<ClientOptions>): AiNotebook;
  /**
   * The same client signed in. The access token is renewed when needed; `onChange` gets what to
   * store for the next run. One session belongs to one client: two would renew it against each other.
   */
  withSession(
    session: StoredSession,
    options?: { onChange?: SessionListener | undefined },
  ): AiNotebook;
  /** Calls a procedure this version has no method for. The answer is not checked. */
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
 * @example
 * // A program of its owner's: the key is made in the settings, with what it may do.
 * const notes = createClient({ baseUrl, auth: apiKey });
 */
export function createClient(options: ClientOptions): AiNotebook {
  const { auth, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const transport = {
    baseUrl: checkedBaseUrl(options.baseUrl),
    token: typeof auth === 'function' ? auth : () => auth ?? null,
    timeoutMs,
    maxRetries: options.maxRetries ?? 2,
    headers: options.headers ?? {},
    // Called as a plain function: some runtimes refuse fetch as a method.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    onLog: options.onLog,
    clientHeader: `sdk-js/${VERSION}`,
  };
  const call = createTransport(transport);
  const all = resources(call);
  const client = {
    ...all,
    files: { ...all.files, upload: createUpload(transport) },
    imports: { ...all.imports, upload: createImportUpload(transport, call) },
    withOptions: (changes: Partial<ClientOptions>) => createClient({ ...options, ...changes }),
    withSession: (session: StoredSession, { onChange }: { onChange?: SessionListener } = {}) => {
      const guest = createClient({ ...options, auth: undefined });
      const once = { timeoutMs: Math.min(timeoutMs, REFRESH_TIMEOUT_MS) };
      const renew = (refreshToken: string) => guest.auth.refresh({ refreshToken }, once);
      return createClient({ ...options, auth: sessionTokens(session, renew, onChange) });
    },
    $call: (type: 'query' | 'mutation', path: string, input?: unknown, request?: RequestOptions) =>
      call({ type, path }, input, request),
  };
  // The manifest and the interfaces are generated together from one router.
  return client as unknown as AiNotebook;
}

function resources(call: Call): Record<string, Record<string, unknown>> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const [path, kind] of Object.entries(manifest)) {
    const [resource = '', method = ''] = path.split('.');
    const procedure = {
      type: kind.startsWith('q') ? ('query' as const) : ('mutation' as const),
      path,
      isOnce: kind.startsWith('o'),
    };
    const run = (params?: object, options?: RequestOptions) => call(procedure, params, options);
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
