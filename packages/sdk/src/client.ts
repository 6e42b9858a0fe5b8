import { checkedBaseUrl } from './base-url.js';
import { type Chat, createChat } from './chat.js';
import { manifest } from './generated/manifest.js';
import type {
  ConversationsResource,
  FilesResource,
  ImportsResource,
  Resources,
} from './generated/types.js';
import { createImportUpload, type ImportUpload } from './import-upload.js';
import { pagePromise } from './pages.js';
import type { LogEvent, Page, RequestOptions } from './runtime-types.js';
import { type SessionListener, type StoredSession, sessionTokens } from './session.js';
import { stream } from './stream.js';
import {
  type Call,
  createTransport,
  type TokenSource,
  type TransportOptions,
} from './transport.js';
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
export interface AiNotebook extends Omit<Resources, 'files' | 'conversations' | 'imports'> {
  readonly conversations: ConversationsResource & {
    /**
     * Asks the notes, and hands the answer on as it is written; then `end` with the whole of it, its citations, and what
     * the next question `follows`. `break` and the call's signal end the writing too.
     * @throws not_found, conflict, limit_reached, budget_spent
     * @example
     * for await (const event of client.conversations.chat({ question: '明前茶怎么样？' })) {
     *   if (event.type === 'text') process.stdout.write(event.text);
     *   if (event.type === 'end') console.log(event.message.citations);
     * }
     */
    chat: Chat;
  };
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
  const all = resources(call, transport);
  const client = {
    ...all,
    conversations: {
      ...all.conversations,
      // Made of the methods that the manifest and the interfaces have in common.
      chat: createChat(all as unknown as Resources),
    },
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

function resources(call: Call, options: TransportOptions): Record<string, Record<string, unknown>> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const [path, kind] of Object.entries(manifest)) {
    const [resource = '', method = ''] = path.split('.');
    const procedure = {
      type: kind.startsWith('q') ? ('query' as const) : ('mutation' as const),
      path,
      isOnce: kind.startsWith('o'),
    };
    const takesInput = !kind.endsWith('0');
    // One whose fields may all be left out is an input still.
    const run = (params?: object, request?: RequestOptions) =>
      call(procedure, takesInput ? (params ?? {}) : undefined, request);
    const pages = (params?: object, request?: RequestOptions) =>
      pagePromise(
        (cursor) =>
          // The output schema of a page procedure is a Page.
          run(cursor === null ? params : { ...params, cursor }, request) as Promise<Page<unknown>>,
      );
    const events = (params?: object, request?: RequestOptions) =>
      stream({ call, options }, { ...procedure, isResumed: kind.startsWith('q') }, params, request);
    const full = kind.includes('s') ? events : kind.includes('p') ? pages : run;
    result[resource] ??= {};
    result[resource][method] = takesInput
      ? full
      : (request?: RequestOptions) => full(undefined, request);
  }
  return result;
}
