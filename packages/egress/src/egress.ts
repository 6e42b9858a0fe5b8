import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher, fetch, type Response } from 'undici';
import { hostOf, isPublicAddress, isPublicHost } from './addresses.js';
import { limitedBody } from './body.js';
import { EgressError } from './egress-error.js';

const WEB_PORTS = [80, 443];
const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ADDRESSES = 16;
const DEFAULT_CONNECTIONS = 8;

/** Every address a name has. The default asks the system's resolver. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface EgressOptions {
  /**
   * Hosts the operator lets users reach although they are inside: `wiki.example.com` on the web's ports,
   * `wiki.example.com:8080` on one of its own.
   */
  privateHosts?: readonly string[];
  /** Requests to one origin at a time; a further one waits for its turn, within its own time. Default 8. */
  connections?: number;
  /** Sent as `User-Agent`. */
  userAgent?: string;
  /** For tests: names that lead to canaries. */
  resolve?: Resolve;
  /** For tests: the ports canaries listen at. Default 80 and 443. */
  ports?: readonly number[];
}

export interface EgressRequest {
  /** Redirects are followed for GET only; otherwise a redirect is an answer like any other. Default GET. */
  method?: 'GET' | 'HEAD' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Bytes of the body, counted after decompression. */
  maxBytes: number;
  /** Media types that are wanted, `text/html` or `image/*`; default: all. */
  types?: readonly string[];
  /** From the first name asked to the last byte read, redirects included. Default 10 s. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface EgressResponse {
  status: number;
  /** Where the redirects ended. */
  url: string;
  headers: Headers;
  /** Lower case, without parameters; empty when the answer names none. */
  mediaType: string;
  /** Fails with `EgressError` when it grows too large, comes too late or breaks off. */
  body: ReadableStream<Uint8Array>;
}

export interface Egress {
  /** @throws EgressError; the reason of `signal` when that ended it */
  fetch(url: string, request: EgressRequest): Promise<EgressResponse>;
  /** Whether an address would be asked at all, as far as can be said before its name is resolved. */
  allows(url: string): boolean;
  close(): Promise<void>;
}

/**
 * A fetch for addresses that users supply. Each hop of a redirect is judged by its own: the scheme, the port
 * and the name before it is resolved, every address of the name at the moment of connecting (so a name that
 * changes its address meanwhile gains nothing), time and bytes until the end.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function createEgress(options: EgressOptions = {}): Egress {
  const { userAgent = 'AI-NoteBook', resolve = resolveBySystem, ports = WEB_PORTS } = options;
  const { connections = DEFAULT_CONNECTIONS } = options;
  const privateHosts = new Set(options.privateHosts?.map((host) => host.toLowerCase()));

  const isPrivateAllowed = (host: string, port: number) =>
    privateHosts.has(`${host}:${port}`) || (WEB_PORTS.includes(port) && privateHosts.has(host));

  /** @throws EgressError refused */
  function judge(text: string, base?: string): URL {
    if (!URL.canParse(text, base)) throw new EgressError('refused');
    const url = new URL(text, base);
    if (!['http:', 'https:'].includes(url.protocol)) throw new EgressError('refused');
    if (url.username || url.password) throw new EgressError('refused');
    const host = hostOf(url);
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    if (isPrivateAllowed(host, port)) return url;
    if (!ports.includes(port) || !isPublicHost(host)) throw new EgressError('refused');
    url.hash = '';
    return url;
  }

  /** Two pools, so that a connection to an inside address is never lent to a host that may not reach it. */
  const outside = createAgent({ resolve, isAllowed: isPublicAddress, connections });
  const inside = createAgent({ resolve, isAllowed: () => true, connections });
  const dispatcherOf = (url: URL): Dispatcher => {
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    return isPrivateAllowed(hostOf(url), port) ? inside : outside;
  };

  async function follow(first: URL, request: EgressRequest, signal: AbortSignal) {
    const method = request.method ?? 'GET';
    const seen = new Set<string>();
    let url = first;
    let headers: Record<string, string> = { ...request.headers, 'user-agent': userAgent };
    for (;;) {
      seen.add(url.href);
      const response = await fetch(url, {
        method,
        headers,
        body: request.body,
        redirect: 'manual',
        signal,
        dispatcher: dispatcherOf(url),
      });
      const location = response.headers.get('location');
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
      if (!isRedirect || method !== 'GET') return { response, url };
      await response.body?.cancel();
      const next = judge(location, url.href);
      if (seen.has(next.href) || seen.size > MAX_REDIRECTS)
        throw new EgressError('too_many_redirects');
      // What was meant for one origin is not shown to another.
      if (next.origin !== url.origin) headers = { 'user-agent': userAgent };
      url = next;
    }
  }

  return {
    async fetch(text, request) {
      const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
      const explain = (error: unknown) => explained(error, timeout, request.signal);
      try {
        const { response, url } = await follow(judge(text), request, signal);
        return await answered(response, url, request, explain);
      } catch (error) {
        throw explain(error);
      }
    },
    allows(text) {
      try {
        judge(text);
        return true;
      } catch {
        return false;
      }
    },
    async close() {
      await Promise.all([outside.destroy(), inside.destroy()]);
    },
  };
}

async function answered(
  response: Response,
  url: URL,
  { maxBytes, types, method }: EgressRequest,
  explain: (error: unknown) => unknown,
): Promise<EgressResponse> {
  const mediaType = mediaTypeOf(response);
  const refuse = async (kind: 'wrong_type' | 'too_large'): Promise<never> => {
    await response.body?.cancel();
    throw new EgressError(kind);
  };
  if (types && response.ok && !types.some((type) => isOfType(mediaType, type)))
    return refuse('wrong_type');
  // The header only saves the reading: what lies is stopped by the count.
  if (method !== 'HEAD' && Number(response.headers.get('content-length')) > maxBytes)
    return refuse('too_large');
  return {
    status: response.status,
    url: url.href,
    headers: new Headers([...response.headers]),
    mediaType,
    body: limitedBody(response.body, maxBytes, explain),
  };
}

const mediaTypeOf = (response: Response) =>
  (response.headers.get('content-type') ?? '').split(';', 1).join('').trim().toLowerCase();

const isOfType = (mediaType: string, wanted: string) =>
  wanted.endsWith('/*') ? mediaType.startsWith(wanted.slice(0, -1)) : mediaType === wanted;

async function resolveBySystem(host: string): Promise<string[]> {
  const found = await dns.promises.lookup(host, { all: true });
  return found.map(({ address }) => address);
}

/** Connects only where every address of the name is allowed, and to the very address that was judged. */
function createAgent({
  resolve,
  isAllowed,
  connections,
}: {
  resolve: Resolve;
  isAllowed: (address: string) => boolean;
  connections: number;
}): Agent {
  const lookup: LookupFunction = (host, { all }, callback) => {
    resolve(host)
      .then((addresses) => {
        const [first] = addresses;
        if (first === undefined) throw new EgressError('unreachable');
        // One inside address among public ones is how names are rebound.
        if (!addresses.every(isAllowed)) throw new EgressError('refused');
        const familyOf = (address: string) => (address.includes(':') ? 6 : 4);
        if (!all) return callback(null, first, familyOf(first));
        const list = addresses.slice(0, MAX_ADDRESSES);
        callback(
          null,
          list.map((address) => ({ address, family: familyOf(address) })),
        );
      })
      .catch((error: NodeJS.ErrnoException) => callback(error, ''));
  };
  return new Agent({
    connect: { lookup, timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: 1_000,
    connections,
  });
}

/** What went wrong, as an `EgressError`; the caller's own abort stays the caller's. */
function explained(error: unknown, timeout: AbortSignal, callers?: AbortSignal): unknown {
  if (callers?.aborted) return callers.reason;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof EgressError) return cause;
    if ('code' in cause && TIMEOUT_CODES.has(String(cause.code)))
      return new EgressError('timeout', { cause: error });
  }
  return new EgressError(timeout.aborted ? 'timeout' : 'unreachable', { cause: error });
}

const TIMEOUT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
