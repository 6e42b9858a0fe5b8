/** Per-call options; they win over the client's. */
export interface RequestOptions {
  /** Ends the call with an AbortError; the request is cut. */
  signal?: AbortSignal | undefined;
  /** Milliseconds one attempt may take; of a stream, the longest silence. */
  timeoutMs?: number | undefined;
  /** Repetitions after the first attempt. */
  maxRetries?: number | undefined;
  /** Key under which the server runs a mutation once; made by the client when absent. */
  idempotencyKey?: string | undefined;
  headers?: Record<string, string> | undefined;
}

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Where the next page starts; null on the last one. */
  nextCursor: string | null;
}

/**
 * A list call: `await` gives the first page, `for await` every item of every page. A page is asked
 * for when the one before is used up, so `break` ends the asking.
 * @example
 * const page = await client.articles.list({ limit: 50 });
 * for await (const article of client.articles.list()) console.log(article.title);
 */
export interface PagePromise<T> extends Promise<Page<T>>, AsyncIterable<T> {}

/**
 * What a call answers bit by bit. Nothing is sent before the loop begins; `break`, and the call's signal, end the
 * request. An answer whose line breaks goes on where it was, without a character lost or told twice. `timeoutMs` is the
 * longest silence.
 * @example
 * for await (const event of client.messages.stream({ id })) if (event.type === 'text') write(event.text);
 */
export type EventStream<T> = AsyncGenerator<T, void, undefined>;

/** What `onLog` is told of each attempt. Never holds a token, an input or an answer. */
export interface LogEvent {
  path: string;
  attempt: number;
  durationMs: number;
  /** HTTP status; 0 when no answer came. */
  status: number;
  requestId: string | null;
}
