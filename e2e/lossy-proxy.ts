import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request: carried, lost before it arrives, or carried and its answer lost. */
export type Fate = 'carry' | 'lose' | 'lose answer';

/** A proxy for a browser, over which the network fails as told. */
export class LossyProxy {
  /** Decides by the path; asked anew for every request. */
  fate: (path: string) => Fate = () => 'carry';
  /** Called once a request is on its way to the server. */
  onCarried: (path: string) => void = () => {};
  readonly #server = http.createServer((request, reply) => this.#carry(request, reply));

  static async create(): Promise<LossyProxy> {
    const proxy = new LossyProxy();
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get address(): string {
    // Listening on a port since `create`.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #carry(request: http.IncomingMessage, reply: http.ServerResponse): void {
    const url = new URL(request.url ?? '');
    const fate = this.fate(url.pathname);
    if (fate === 'lose') {
      request.socket.destroy();
      return;
    }
    const { method, headers } = request;
    const onward = http.request(url, { method, headers, agent: false }, (answer) => {
      if (fate === 'lose answer') {
        answer.resume().once('end', () => request.socket.destroy());
        return;
      }
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
      answer.once('error', () => request.socket.destroy());
    });
    onward.once('error', () => request.socket.destroy());
    request.pipe(onward);
    request.once('end', () => this.onCarried(url.pathname));
  }
}
