import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '@ainotebook/egress';
import { createDispatcher } from '@ainotebook/jobs';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type TestApi, type TestUser, testJobServices } from '../test-support.js';
import { webhookJobHandlers } from './webhooks.jobs.js';

/** What a receiver was sent. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How it answers; `null` cuts the connection. */
export type Answer = { status: number; body?: string; location?: string } | null;

/** A receiver on loopback that the server of a test file may send to, and the job that sends. */
export function useReceiver(t: TestApi) {
  const received: Received[] = [];
  let answer: Answer = { status: 200 };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      if (answer === null) return void request.socket.destroy();
      const { status, location } = answer;
      response.writeHead(status, location === undefined ? {} : { location }).end(answer.body ?? '');
    });
  });
  const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  let egress: ReturnType<typeof createEgress>;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    egress = createEgress({ privateHosts: [host()] });
  });
  beforeEach(() => {
    received.length = 0;
    answer = { status: 200 };
  });
  afterAll(async () => {
    await egress.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  return {
    host,
    url: (path = '/hook') => `http://${host()}${path}`,
    answer: (next: Answer) => {
      answer = next;
    },
    /** Sends what is due, until nothing is. @returns what arrived */
    deliver: async (): Promise<Received[]> => {
      const { db } = t.services();
      const services = testJobServices(t.services(), { webhookEgress: egress });
      await createDispatcher({ db, handlers: webhookJobHandlers(services) }).runDue();
      return received.splice(0);
    },
    /** As if the pauses of what waits were over. */
    wait: () =>
      t.services().db.execute(sql`
        update outbox set next_at = now() where topic = 'webhooks.deliver' and done_at is null`),
    /** A webhook of a user to this receiver. */
    subscribe: (
      user: TestUser,
      events: Parameters<TestUser['api']['webhooks']['create']>[0]['events'],
    ) => user.api.webhooks.create({ url: `http://${host()}/hook`, events }),
  };
}
