import type { AiError } from './ai-error.js';
import { Deadline } from './deadline.js';
import { aiError, refusalError } from './failures.js';

/** One question to a server that an operator has set. */
export interface JsonCall {
  /** Whose failure it is. */
  provider: string;
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a GET without one. */
  body?: unknown;
  timeoutMs: number;
  /** Bytes of the answer. */
  maxBytes: number;
  signal?: AbortSignal | undefined;
  /** How the server is reached; the platform's own when absent. */
  fetch?: typeof fetch | undefined;
}

/**
 * The answer's JSON.
 * @throws AiError; `explain` may know a status better than by its number
 */
export async function callJson(
  call: JsonCall,
  explain: (status: number, body: string) => AiError | null = () => null,
): Promise<unknown> {
  const deadline = new Deadline(call.timeoutMs, call.signal);
  const { provider } = call;
  try {
    const response = await (call.fetch ?? fetch)(call.url, {
      method: call.body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...call.headers },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: deadline.signal,
    });
    const text = await readText(response, call.maxBytes);
    if (text === null) throw aiError('bad_answer', provider, { status: response.status });
    if (!response.ok) {
      const refusal = { status: response.status, headers: response.headers, body: text };
      throw explain(response.status, text) ?? refusalError(provider, refusal);
    }
    return JSON.parse(text);
  } catch (error) {
    if (deadline.why !== undefined) throw aiError(deadline.why, provider);
    // JSON.parse says what it could not read, which may be anything.
    if (error instanceof SyntaxError) throw aiError('bad_answer', provider);
    // fetch throws a TypeError for every fault of a connection.
    if (error instanceof TypeError) throw aiError('unreachable', provider);
    throw error;
  } finally {
    deadline.close();
  }
}

/** Null where it is larger. */
async function readText(response: Response, maxBytes: number): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Node's streams can be iterated; the DOM's types do not say so.
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > maxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
