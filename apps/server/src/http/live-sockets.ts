import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  AppError,
  authenticateAccessToken,
  createContext,
  isSessionAlive,
  liveRouter,
  type RequestInfo,
  type Services,
  type SessionAuth,
  type SessionCookies,
  toAppError,
  toTRPCError,
} from '@ainotebook/api';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import type { Express, Request } from 'express';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../logger.js';
import { isOwnName } from './host-guard.js';
import { localeOf } from './locale.js';

/** Limits of `/ws`; times in milliseconds. */
const DEFAULTS = {
  maxPayload: 64 * 1024,
  perUser: 10,
  messagesPerMinute: 120,
  /** What may wait in the memory of this process for one slow reader. */
  bufferedBytes: 1024 * 1024,
  helloMs: 10_000,
  pingMs: 30_000,
  pongWaitMs: 10_000,
  recheckMs: 60_000,
  goodbyeMs: 1_500,
};

/** Close codes; 4000 and above are ours. */
const CLOSE = { restart: 1012, policy: 1008, sessionEnded: 4401 };

export interface LiveSocketsDeps {
  services: Services;
  /** Knows which proxies are believed. */
  app: Express;
  log: Logger;
  /** Bound to this machine: other names are refused. */
  isLocal: boolean;
  isDraining: () => boolean;
  limits?: Partial<typeof DEFAULTS>;
}

export interface LiveSockets {
  /** Handles the server's `upgrade`. */
  upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Sends everybody elsewhere; resolves when all connections are closed. */
  close(): Promise<void>;
}

const noCookies: SessionCookies = {
  readRefreshToken: () => null,
  write: () => undefined,
  clear: () => undefined,
};

/** `/ws`: what changes of a user's, told to the web app. */
export function createLiveSockets(deps: LiveSocketsDeps): LiveSockets {
  const { services, app, log } = deps;
  const limits = { ...DEFAULTS, ...deps.limits };
  const { appUrl } = services.config;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxPayload,
    perMessageDeflate: false,
  });
  const known = new Map<WebSocket, SessionAuth>();

  const handler = applyWSSHandler({
    wss: server,
    router: liveRouter,
    keepAlive: { enabled: true, pingMs: limits.pingMs, pongWaitMs: limits.pongWaitMs },
    createContext: async ({ req, res: socket, info }) => {
      try {
        const auth = await authenticateAccessToken(
          services,
          info.connectionParams?.token ?? null,
          'api',
        );
        if (!auth) throw new AppError('unauthenticated', 'Sign in first');
        admit(socket, auth);
        return createContext(services, requestInfo(asRequest(req, app)), async () => auth);
      } catch (error) {
        throw toTRPCError(toAppError(error));
      }
    },
    onError: ({ error, path }) => {
      const { code, message: reason } = toAppError(error);
      const meta = { code, path, reason };
      if (code === 'internal') log.error('Live updates failed', { ...meta, err: error });
      else log.info('Live updates refused', meta);
    },
  });

  function admit(socket: WebSocket, auth: SessionAuth): void {
    const own = [...known.values()].filter((other) => other.userId === auth.userId);
    if (own.length >= limits.perUser) {
      throw new AppError('limit_reached', `At most ${limits.perUser} windows are kept up to date`);
    }
    if (socket.readyState !== socket.OPEN) return;
    known.set(socket, auth);
    const stopWatching = services.live.watchAccess(auth, () => void recheck(socket, auth));
    const timer = setInterval(() => void recheck(socket, auth), limits.recheckMs);
    socket.once('close', () => {
      known.delete(socket);
      stopWatching();
      clearInterval(timer);
    });
  }

  async function recheck(socket: WebSocket, auth: SessionAuth): Promise<void> {
    try {
      if (await isSessionAlive(services.db, auth)) return;
    } catch (error) {
      // Nothing is told without the database either; the next check decides.
      log.debug('A live session could not be checked', { err: error });
      return;
    }
    socket.close(CLOSE.sessionEnded, 'The session has ended');
  }

  server.on('connection', (socket) => {
    socket.on('error', () => socket.terminate());
    const hello = setTimeout(() => {
      if (!known.has(socket)) socket.terminate();
    }, limits.helloMs);
    let messages = 0;
    const minute = setInterval(() => {
      messages = 0;
    }, 60_000);
    socket.on('message', (data) => {
      messages += messagesIn(data);
      if (messages <= limits.messagesPerMinute) return;
      // Whoever does not take the close is heard no more.
      socket.removeAllListeners('message');
      socket.close(CLOSE.policy, 'Too many messages');
    });
    socket.once('close', () => {
      clearTimeout(hello);
      clearInterval(minute);
    });
    boundBuffer(socket, limits.bufferedBytes);
  });

  return {
    upgrade(req, socket, head) {
      socket.on('error', () => socket.destroy());
      const status = refusal(req, { appUrl, ...deps });
      if (status !== null) return refuse(socket, status);
      server.handleUpgrade(req, socket, head, (client) => server.emit('connection', client, req));
    },
    async close() {
      handler.broadcastReconnectNotification();
      const open = [...server.clients];
      for (const socket of open) socket.close(CLOSE.restart, 'The server restarts');
      const timer = setTimeout(() => {
        for (const socket of open) socket.terminate();
      }, limits.goodbyeMs);
      await Promise.all(
        open.map((socket) => socket.readyState === socket.CLOSED || closed(socket)),
      );
      clearTimeout(timer);
      server.close();
    },
  };
}

/** A frame holds one message, or a list of them. */
function messagesIn(data: RawData): number {
  const text = String(data);
  if (!text.trimStart().startsWith('[')) return 1;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? Math.max(1, list.length) : 1;
  } catch {
    return 1;
  }
}

const closed = (socket: WebSocket) => new Promise((resolve) => socket.once('close', resolve));

/** The status a request for `/ws` is refused with. */
function refusal(
  req: IncomingMessage,
  options: { appUrl: string; isLocal: boolean; isDraining: () => boolean },
): number | null {
  const { host = '', origin } = req.headers;
  if (req.url?.split('?')[0] !== '/ws') return 404;
  // tRPC makes an address of both, where nobody catches what that throws.
  if (!URL.canParse(req.url, `http://${host}`)) return 400;
  if (options.isDraining()) return 503;
  if (options.isLocal && !isOwnName(host, options.appUrl)) return 421;
  // Browsers send it always; another site's pages get nothing, whatever token they may have.
  const isOurs =
    origin !== undefined &&
    (origin === options.appUrl || (URL.canParse(origin) && new URL(origin).host === host));
  return isOurs ? null : 403;
}

function refuse(socket: Duplex, status: number): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

/** A reader who does not read is cut off: it asks for everything anew when it comes back. */
function boundBuffer(socket: WebSocket, bytes: number): void {
  const send = socket.send.bind(socket) as (...args: unknown[]) => void;
  socket.send = (...args: unknown[]) => {
    if (socket.bufferedAmount > bytes) socket.terminate();
    else send(...args);
  };
}

/** A plain request as Express would see it. */
function asRequest(req: IncomingMessage, app: Express): Request {
  // As Express itself does with each request it is given.
  return Object.setPrototypeOf(req, app.request) as Request;
}

function requestInfo(req: Request): RequestInfo {
  return {
    id: randomUUID(),
    ip: req.ip ?? '',
    userAgent: (req.headers['user-agent'] ?? '').slice(0, 500),
    locale: localeOf(req),
    accessToken: null,
    idempotencyKey: null,
    isModel: false,
    cookies: noCookies,
    showBudget: () => undefined,
  };
}
