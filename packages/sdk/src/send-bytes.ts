import { requireNoRedirect } from './answers.js';
import { apiError, ConnectionError } from './errors.js';
import type { AppErrorCode } from './generated/types.js';
import { backOffMs, isPassing, isStaleToken, type TransportOptions } from './transport.js';
import { within } from './waits.js';

/** A request whose body is bytes; its answer is JSON. */
export interface ByteRequest {
  /** What errors call it. */
  procedure: string;
  method: 'POST' | 'PATCH';
  path: string;
  /** The body from its beginning. */
  open: () => { headers: Record<string, string>; body: BodyInit };
  /** Whether it can be opened again, for a token that is renewed. */
  isRepeatable: boolean;
  /** Milliseconds one attempt may take. */
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/** Milliseconds before the next attempt, `failures` of which have gone before; null where it would go no better. */
export function waitAfter(error: unknown, failures: number): number | null {
  // The same bytes twice do no harm.
  if (!isPassing(error, false)) return null;
  return Object(error).retryAfterMs ?? backOffMs(failures);
}

/** Sends bytes; a token that has just ended is renewed once. @throws ApiError, ConnectionError, AbortError */
export async function sendBytes(
  options: TransportOptions,
  request: ByteRequest,
): Promise<Record<string, unknown>> {
  const { timeoutMs, signal, isRepeatable } = request;
  for (let refused: string | null = null; ; ) {
    const token = await within(timeoutMs, signal, async () => options.token({ refused }));
    try {
      return await within(timeoutMs, signal, (ended) => send(options, request, token, ended));
    } catch (error) {
      const isStale = isStaleToken(error) && refused === null;
      if (!isStale || token === null || !isRepeatable) throw error;
      refused = token;
    }
  }
}

async function send(
  options: TransportOptions,
  { procedure, method, path, open }: ByteRequest,
  token: string | null,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { headers, body } = open();
  let response: Response;
  try {
    response = await options.fetch(`${options.baseUrl}${path}`, {
      method,
      headers: {
        ...options.headers,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
        'x-ainotebook-client': options.clientHeader,
      },
      // Followed, a redirect would carry the bytes to whatever host it names.
      redirect: 'manual',
      body,
      signal,
      // Not in every lib: a body that is a stream needs it.
      ...({ duplex: 'half' } as object),
    });
  } catch (error) {
    throw new ConnectionError('The server could not be reached', { cause: error });
  }
  requireNoRedirect(response, options.baseUrl);
  const answer = Object(await response.json().catch(() => null));
  if (response.ok && typeof answer.id === 'string') return answer;
  const { code, message } = Object(answer.error);
  if (response.status < 400) throw new ConnectionError('The server answered something else');
  const seconds = Number(response.headers.get('retry-after'));
  throw apiError(String(message ?? `The server answered ${response.status}`), {
    status: response.status,
    // A newer server may know more codes than our type.
    code: (code ?? (response.status === 413 ? 'too_large' : 'unavailable')) as AppErrorCode,
    path: procedure,
    requestId: response.headers.get('x-request-id'),
    retryAfterMs: seconds > 0 ? seconds * 1000 : null,
    issues: [],
  });
}
