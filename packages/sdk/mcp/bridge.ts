import { VERSION } from '../src/version.js';

export interface BridgeOptions {
  baseUrl: string;
  key: string;
  /** Gets each message for the client, in one line. */
  answer(line: string): void;
  /** Gets what went wrong, for the client's log. */
  report(problem: string): void;
}

export interface Bridge {
  /** Takes a message of the client, in one line. */
  take(line: string): void;
  /** When everything that was taken is answered. */
  settled(): Promise<void>;
}

/** A question is answered within 50 s. */
const LONGEST_MS = 90_000;
const [PARSE_ERROR, INVALID_REQUEST, SERVER_ERROR] = [-32_700, -32_600, -32_000];

type Id = string | number;
interface Request {
  id: Id;
  method: string;
}

/** Why there is no answer, in words for the person who set this up. */
class Trouble extends Error {}

/** Hands requests of the Model Context Protocol on to `/api/mcp`, and its answers back. */
export function createBridge({ baseUrl, key, answer, report }: BridgeOptions): Bridge {
  const underWay = new Map<Id, AbortController>();
  const work = new Set<Promise<void>>();
  let protocolVersion: string | undefined;

  async function send(request: Request, signal: AbortSignal): Promise<Record<string, unknown>> {
    const response = await fetch(`${baseUrl}/api/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'x-ainotebook-client': `mcp-js/${VERSION}`,
        ...(protocolVersion ? { 'mcp-protocol-version': protocolVersion } : {}),
      },
      body: JSON.stringify(request),
      // Followed, a redirect would carry the key to whatever host it names.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
    });
    const body: unknown = await response.json().catch(() => null);
    if (isMessage(body)) return body;
    throw new Trouble(wordsOf(response, baseUrl));
  }

  async function handOn(request: Request, { signal }: AbortController): Promise<void> {
    try {
      const message = await send(request, signal);
      protocolVersion ??= versionIn(message);
      answer(JSON.stringify({ ...message, id: request.id }));
    } catch (error) {
      // Nobody waits for what was cancelled.
      if (signal.aborted) return;
      const message = error instanceof Trouble ? error.message : unreachable(error, baseUrl);
      report(`${request.method}: ${message}`);
      refuse(request.id, SERVER_ERROR, message);
    }
  }

  function refuse(id: Id | null, code: number, message: string): void {
    answer(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
  }

  return {
    take(line) {
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        refuse(null, PARSE_ERROR, 'A message is JSON in one line');
        return;
      }
      if (!isMessage(message)) {
        refuse(null, INVALID_REQUEST, 'A message is one JSON-RPC 2.0 object');
      } else if (isRequest(message)) {
        const { id } = message;
        const ending = new AbortController();
        underWay.set(id, ending);
        const done = handOn(message, ending).finally(() => {
          underWay.delete(id);
          work.delete(done);
        });
        work.add(done);
      } else if (message.method === 'notifications/cancelled') {
        const { requestId } = Object(message.params);
        underWay.get(requestId)?.abort();
      }
      // The server keeps nothing between requests: other notifications change nothing there.
    },
    settled: async () => {
      await Promise.all(work);
    },
  };
}

function isMessage(value: unknown): value is Record<string, unknown> {
  return Reflect.get(Object(value), 'jsonrpc') === '2.0';
}

function isRequest(message: Record<string, unknown>): message is Record<string, unknown> & Request {
  const { id, method } = message;
  return (typeof id === 'string' || typeof id === 'number') && typeof method === 'string';
}

/** What client and server agreed on: later requests name it. */
function versionIn({ result }: Record<string, unknown>): string | undefined {
  const version: unknown = Reflect.get(Object(result), 'protocolVersion');
  return typeof version === 'string' ? version : undefined;
}

function wordsOf({ status, type, headers }: Response, baseUrl: string): string {
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    const location = headers.get('location') ?? '';
    const to = URL.canParse(location, baseUrl) ? ` to ${new URL(location, baseUrl).origin}` : '';
    return `${baseUrl} redirects${to}: AINOTEBOOK_URL must be the final address`;
  }
  switch (status) {
    case 401:
      return `${baseUrl} does not know this API key: it was revoked, has ended, or is of another server. Make one in Settings > Programs, and set AINOTEBOOK_API_KEY`;
    case 403:
      return `${baseUrl} refuses this API key: its account is suspended`;
    case 413:
      return 'This is more text than the server takes at once';
    case 429:
      return `Too many calls: again in ${headers.get('retry-after') ?? '60'} seconds`;
  }
  if (status >= 500) return `${baseUrl} answers ${status}: try again in a moment`;
  return `There is no AI-NoteBook server at ${baseUrl} (it answers ${status}): AINOTEBOOK_URL is the address of its first page`;
}

function unreachable(error: unknown, baseUrl: string): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return `${baseUrl} has not answered within ${LONGEST_MS / 1000} seconds`;
  }
  const { code } = Object(error instanceof Error ? error.cause : null);
  const why = typeof code === 'string' ? ` (${code})` : '';
  return `${baseUrl} cannot be reached${why}: is the server running, and is AINOTEBOOK_URL right?`;
}
