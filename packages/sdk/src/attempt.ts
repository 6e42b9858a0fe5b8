import { httpLink } from '@trpc/client/links/httpLink';
import { observableToPromise } from '@trpc/server/observable';
import superjson from 'superjson';
import { explain, isJson, requireNoRedirect } from './answers.js';
import { openStream } from './open-stream.js';

/** A procedure of the server. */
export interface Procedure {
  type: 'query' | 'mutation';
  path: string;
  /** Answers bit by bit. */
  isStream?: boolean;
}

/** One HTTP request. */
export interface Attempt {
  baseUrl: string;
  fetch: typeof fetch;
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Told of the answer before it is read. */
  onResponse(response: Response): void;
}

/** Inputs that make a longer address travel as POST: proxies refuse long addresses. */
const LONGEST_GET_INPUT = 4000;

/** A refusal that is not JSON: the page of a proxy, or of a server that is not ours. */
class ForeignAnswer extends Error {}

/**
 * Calls a procedure by one request: a batch would ignore abort. Of a stream, the answer is its parts.
 * @throws ApiError, ConnectionError
 */
export async function attempt(
  { type, path, isStream }: Procedure,
  input: unknown,
  { baseUrl, headers, signal, ...options }: Attempt,
): Promise<unknown> {
  let response: Response | undefined;
  const url = `${baseUrl}/api/trpc`;
  const send = async (...[to, init]: Parameters<typeof fetch>) => {
    // Followed, a redirect would carry a password or a note to whatever host it names. Not
    // `redirect: 'error'`: Cloudflare's workers refuse that.
    response = await options.fetch(to, { ...init, redirect: 'manual' });
    options.onResponse(response);
    requireNoRedirect(response, baseUrl);
    return response;
  };
  if (isStream) return openStream({ url, path, input, headers, signal, fetch: send });
  const link = httpLink({
    url,
    transformer: superjson,
    headers,
    ...(type === 'query' && isLong(input) ? { methodOverride: 'POST' as const } : {}),
    fetch: async (to, init) => {
      const answered = await send(to, init as RequestInit);
      if (!answered.ok && !isJson(answered)) throw new ForeignAnswer();
      return answered;
    },
  });
  // The link by itself: what the client puts around it doubles its size, and is done by our transport.
  const run = link({});
  const op = { id: 1, type, path, input, context: {}, signal };
  const next = () => {
    throw new Error('unreachable: this link hands nothing on');
  };
  try {
    const { result } = await observableToPromise(run({ op, next }));
    return 'data' in result ? result.data : undefined;
  } catch (error) {
    throw explain(error, path, response);
  }
}

/** In an address, a Chinese character takes nine. */
function isLong(input: unknown): boolean {
  return encodeURIComponent(JSON.stringify(input ?? null)).length > LONGEST_GET_INPUT;
}
