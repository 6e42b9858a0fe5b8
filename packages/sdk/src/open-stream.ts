import { jsonlStreamConsumer } from '@trpc/server/unstable-core-do-not-import';
import superjson from 'superjson';
import { explain, isJson, property } from './answers.js';

export interface Opening {
  /** Of the tRPC API. */
  url: string;
  path: string;
  input: unknown;
  headers: Record<string, string>;
  signal: AbortSignal;
  fetch: typeof fetch;
}

/**
 * Opens what a procedure answers bit by bit, by the request of tRPC's `httpBatchStreamLink` with one call in it: two
 * in one could not be ended apart. The link itself would bring twice the bytes. Errors of the parts are ours, and
 * whoever stops reading ends the request.
 * @throws ApiError, ConnectionError
 */
export async function openStream(opening: Opening): Promise<AsyncIterable<unknown>> {
  const { url, path, input, headers, signal } = opening;
  let response: Response | undefined;
  const toOurs = (error: unknown) => explain(error, path, response);
  const reading = new AbortController();
  try {
    // A query may be a POST as well, and no address is then too long.
    response = await opening.fetch(`${url}/${path}?batch=1`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'trpc-accept': 'application/jsonl',
      },
      body: JSON.stringify({ 0: superjson.serialize(input) }),
      signal: AbortSignal.any([signal, reading.signal]),
    });
    if (!response.ok || !response.body) throw await refusalOf(response);
    const [head] = await jsonlStreamConsumer<Record<string, unknown>>({
      from: response.body,
      deserialize: (data) => superjson.deserialize(data as never),
      formatError: ({ error }) => toOurs(thrown(error)),
      abortController: reading,
    });
    const answer = await head[0];
    const error = property(answer, 'error');
    if (error !== undefined) throw thrown(error);
    // What is not there yet is promised, at each depth.
    const events = await property(await property(answer, 'result'), 'data');
    return withOurErrors(events as AsyncIterable<unknown>, toOurs);
  } catch (error) {
    throw toOurs(error);
  }
}

/** What the server says of an error, as one. */
const thrown = (shape: unknown) =>
  Object.assign(new Error(String(property(shape, 'message'))), { data: property(shape, 'data') });

/** Why there is no stream: what our server says, or something in between. */
async function refusalOf(response: Response): Promise<unknown> {
  const said: unknown = isJson(response) ? await response.json().catch(() => null) : null;
  const error = property(Array.isArray(said) ? said[0] : said, 'error');
  return thrown(error && superjson.deserialize(error as never));
}

async function* withOurErrors(events: AsyncIterable<unknown>, toOurs: (error: unknown) => Error) {
  try {
    yield* events;
  } catch (error) {
    throw toOurs(error);
  }
}
