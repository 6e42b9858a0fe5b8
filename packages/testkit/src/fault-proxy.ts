import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a network does wrong, in the words of toxiproxy. */
export interface Toxics {
  /** Each piece waits so long, in ms. */
  latency?: number | undefined;
  /** Nothing passes: not an error, silence. In one direction, commands are carried out without an answer. */
  timeout?: 'both' | 'upstream' | 'downstream' | undefined;
  /** Nobody listens, and the connections that are open end. */
  isDown?: boolean | undefined;
  /** The end of a connection is passed on so much later, in ms. */
  slowClose?: number | undefined;
  /** After so many bytes of the server a connection ends. */
  limitData?: number | undefined;
}

/** A TCP proxy on the loopback over which a test lets the network fail. */
export interface FaultProxy {
  readonly port: number;
  /** The same address with the proxy in between. */
  through(url: string): string;
  /** Takes the place of all toxics before; `{}` heals. */
  set(toxics: Toxics): Promise<void>;
  /** Ends all open connections by a reset. */
  reset(): void;
  /** How many connections are open. */
  readonly connections: number;
  close(): Promise<void>;
}

const STEP_MS = 10;

/** Starts a proxy to a port of the loopback. */
export async function startFaultProxy(upstreamPort: number): Promise<FaultProxy> {
  let toxics: Toxics = {};
  const clients = new Set<net.Socket>();
  const sockets = new Set<net.Socket>();

  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const upstream = net.connect({ port: upstreamPort, host: '127.0.0.1', allowHalfOpen: true });
    clients.add(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        clients.delete(socket);
        void sleep(toxics.slowClose ?? 0).then(() => other.destroy());
      });
    }
    void carry(client, upstream, 'upstream');
    void carry(upstream, client, 'downstream');
  });

  async function carry(
    from: net.Socket,
    to: net.Socket,
    direction: 'upstream' | 'downstream',
  ): Promise<void> {
    let carried = 0;
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        if (toxics.latency) await sleep(toxics.latency);
        while (toxics.timeout === 'both' || toxics.timeout === direction) await sleep(STEP_MS);
        carried += chunk.length;
        const isOver = direction === 'downstream' && carried > (toxics.limitData ?? Infinity);
        if (isOver || to.destroyed) break;
        if (!to.write(chunk)) await drained(to);
      }
    } catch {
      // A connection that broke: the other side learns of it below.
    }
    await sleep(toxics.slowClose ?? 0);
    if (from.readableEnded) to.end();
    else to.destroy();
  }

  await listen(server, 0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  const stopListening = () => new Promise<void>((resolve) => server.close(() => resolve()));

  return {
    port,
    through(url) {
      const proxied = new URL(url);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(port);
      return proxied.href;
    },
    async set(next) {
      const wasDown = toxics.isDown ?? false;
      toxics = next;
      if (next.isDown && !wasDown) {
        const stopped = stopListening();
        end();
        await stopped;
      } else if (!next.isDown && wasDown) await listen(server, port);
    },
    reset() {
      for (const client of clients) client.resetAndDestroy();
      end();
    },
    get connections() {
      return clients.size;
    },
    async close() {
      toxics = { isDown: toxics.isDown };
      const stopped = toxics.isDown ? undefined : stopListening();
      end();
      await stopped;
    },
  };
}

function listen(server: net.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function drained(socket: net.Socket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
