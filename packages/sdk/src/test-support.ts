import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import superjson from 'superjson';
import { onTestFinished } from 'vitest';

/** A request as the server got it. */
export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  input: unknown;
}

/** A server that answers the n-th request with `script[n]` (the last one again and again). */
export async function serve(...script: ((request: Seen, response: ServerResponse) => void)[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://test');
      const raw =
        request.method === 'GET' ? url.searchParams.get('input') : Buffer.concat(chunks).toString();
      const isForm = request.headers['content-type']?.startsWith('multipart/');
      const entry: Seen = {
        method: request.method ?? '',
        path: url.pathname,
        headers: request.headers,
        input: raw && !isForm ? superjson.parse(raw) : undefined,
      };
      seen.push(entry);
      script[Math.min(seen.length, script.length) - 1]?.(entry, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, seen };
}

/** Answers with data. */
export const answer = (data: unknown) => (_: Seen, response: ServerResponse) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ result: { data: superjson.serialize(data) } }));
};

/** Answers with one of our errors. */
export const refuse =
  (status: number, appCode: string, extra: object = {}, headers: Record<string, string> = {}) =>
  (_: Seen, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    const shape = {
      message: extra && 'message' in extra ? extra.message : 'refused',
      code: -32000,
      data: { code: 'X', httpStatus: status, appCode, requestId: 'r-1', ...extra },
    };
    response.end(JSON.stringify({ error: superjson.serialize(shape) }));
  };
