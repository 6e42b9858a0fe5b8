import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket, Server as TcpServer } from 'node:net';
import { rawSecurityHeaders } from './security-headers.js';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** A server that holds its port from the first moment and answers 503 until it is given an app. */
export interface HttpServer {
  server: Server;
  use(handler: Handler): void;
  /**
   * Takes no new connection, lets answers under way finish, and closes what is left after
   * `patienceMs`. Idle connections live `lingerMs` longer, so that a request on its way finds one.
   */
  drain(wait: { patienceMs: number; lingerMs: number }): Promise<void>;
}

const starting: Handler = (req, res) => {
  res.setHeader('Retry-After', '2');
  res.setHeader('Cache-Control', 'no-store');
  const isPage = (req.headers.accept ?? '').includes('text/html');
  res.writeHead(503, { 'Content-Type': `text/${isPage ? 'html' : 'plain'}; charset=utf-8` });
  res.end(
    isPage
      ? '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>…</title><p>正在启动… Starting…</p>'
      : 'Starting\n',
  );
};

const IDLE_CHECK_MS = 250;

const PARSE_STATUS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What cannot be parsed as HTTP never reaches Express, yet gets the same headers. */
function refuseUnparsable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = PARSE_STATUS[error.code ?? ''] ?? '400 Bad Request';
  socket.end(
    `HTTP/1.1 ${status}\r\n${rawSecurityHeaders}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

const BODY_TIMEOUT_MS = 30_000;
/** A picture over a bad mobile network; `receiveUpload` ends one that stands still long before. */
const UPLOAD_TIMEOUT_MS = 15 * 60_000;

/** A whole library. */
const IMPORT_TIMEOUT_MS = 60 * 60_000;

/** How long the body of a request may take. */
function bodyTimeoutMs({ method, url = '' }: IncomingMessage): number {
  if (method === 'PATCH' && url.startsWith('/api/imports/')) return UPLOAD_TIMEOUT_MS;
  if (method !== 'POST') return BODY_TIMEOUT_MS;
  if (/^\/api\/files\/?(\?|$)/.test(url)) return UPLOAD_TIMEOUT_MS;
  return /^\/api\/imports\/?(\?|$)/.test(url) ? IMPORT_TIMEOUT_MS : BODY_TIMEOUT_MS;
}

/** Ends a request whose body is not there in time. */
function endSlowBody(req: IncomingMessage, res: ServerResponse): void {
  const hasBody = 'content-length' in req.headers || 'transfer-encoding' in req.headers;
  if (!hasBody || req.headers['content-length'] === '0') return;
  const timer = setTimeout(() => {
    if (req.complete) return;
    if (!res.headersSent) {
      res.writeHead(408, { Connection: 'close', 'Content-Length': 0 });
      res.end();
    }
    req.destroy();
  }, bodyTimeoutMs(req));
  timer.unref();
  req.once('end', () => clearTimeout(timer));
  req.once('close', () => clearTimeout(timer));
}

/** Node's HTTP server with limits that slow or greedy clients cannot outsit. */
export function createHttpServer(): HttpServer {
  let handler = starting;
  const answers = new Set<ServerResponse>();
  const server = createServer(
    {
      headersTimeout: 10_000,
      // That of an import; every other body is held to its own below.
      requestTimeout: IMPORT_TIMEOUT_MS,
      // Longer than a proxy keeps its side: the proxy must be the one that closes.
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 5_000,
    },
    (req, res) => {
      endSlowBody(req, res);
      answers.add(res);
      res.once('close', () => answers.delete(res));
      handler(req, res);
    },
  );
  server.maxConnections = 2000;
  server.on('clientError', refuseUnparsable);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    server,
    drain: async ({ patienceMs, lingerMs }) => {
      // The app tells it to those who come from now on.
      for (const res of answers) if (!res.headersSent) res.setHeader('Connection', 'close');
      const timers = [setTimeout(() => server.closeAllConnections(), patienceMs)];
      const closeIdle = () => {
        server.closeIdleConnections();
        // Browsers open some ahead of need; Node takes those for busy ones.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
        // Streams begun before did not tell the client to close, so more become idle meanwhile.
        timers.push(setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS));
      };
      await new Promise<void>((resolve) => {
        // That of http would close idle connections at once.
        TcpServer.prototype.close.call(server, () => resolve());
        // After what has arrived meanwhile is read: on a busy machine a timer can be first.
        if (lingerMs > 0) timers.push(setTimeout(() => setImmediate(closeIdle), lingerMs));
        else closeIdle();
      });
      for (const timer of timers) clearTimeout(timer);
    },
    use: (next) => {
      handler = next;
    },
  };
}

/** Listens; what goes wrong is one line for the person at the terminal. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, port, host));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/** Why a port cannot be used. */
export class ListenError extends Error {
  override name = 'ListenError';
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken: stop what uses it, or start with another one: PORT=${port + 1} npm start`,
    EACCES: `Port ${port} needs more rights than this user has: use one above 1023.`,
    EADDRNOTAVAIL: `HOST=${host} is not an address of this machine.`,
    ENOTFOUND: `HOST=${host} is not an address of this machine.`,
  };
  const reason = reasons[error.code ?? ''];
  return reason ? new ListenError(reason, { cause: error }) : error;
}
