import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createHttpServer, listen } from './server.js';

/** Longer than a test may take: nothing may have to wait for it. */
const patient = { patienceMs: 60_000, lingerMs: 0 };

describe('the HTTP server at its end', () => {
  it('does not wait for connections that have asked nothing', async () => {
    const http = createHttpServer();
    const port = await listen(http.server, 0, '127.0.0.1');
    const spare = connect(port, '127.0.0.1');
    await once(http.server, 'connection');
    await http.drain(patient);
    await once(spare, 'close');
    expect(spare.destroyed).toBe(true);
  });

  it('lets a request under way finish, and not keep its connection afterwards', async () => {
    const http = createHttpServer();
    let finish: () => void = () => undefined;
    http.use((_req, res) => {
      res.writeHead(200, { 'content-length': 4 });
      res.flushHeaders();
      finish = () => res.end('done');
    });
    const port = await listen(http.server, 0, '127.0.0.1');
    const agent = new Agent({ keepAlive: true });
    const [answer] = await once(request({ port, agent, host: '127.0.0.1' }).end(), 'response');
    const drained = http.drain(patient);
    finish();
    let text = '';
    for await (const chunk of answer) text += chunk;
    expect(text).toBe('done');
    await drained;
    agent.destroy();
  });

  it('answers the next request of an idle connection while it lingers', async () => {
    const http = createHttpServer();
    http.use((_req, res) => res.end('done'));
    const port = await listen(http.server, 0, '127.0.0.1');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const [answer] = await once(request({ port, agent, host: '127.0.0.1' }).end(), 'response');
      answer.resume();
      await once(answer, 'end');
      return answer.statusCode;
    };
    await ask();
    const drained = http.drain({ patienceMs: 60_000, lingerMs: 500 });
    expect(await ask()).toBe(200);
    await drained;
    agent.destroy();
  });

  it('reads what arrived while it was busy before it closes idle connections', async () => {
    const http = createHttpServer();
    http.use((_req, res) => res.end('done'));
    const port = await listen(http.server, 0, '127.0.0.1');
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    const ask = () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    ask();
    await once(socket, 'data');
    const drained = http.drain({ patienceMs: 60_000, lingerMs: 50 });
    ask();
    const until = performance.now() + 200;
    while (performance.now() < until);
    expect(String(await once(socket, 'data'))).toContain('done');
    await drained;
  });

  it('tells who waits for an answer already to ask elsewhere next', async () => {
    const http = createHttpServer();
    let answer: () => void = () => undefined;
    http.use((_req, res) => {
      answer = () => res.end('done');
    });
    const port = await listen(http.server, 0, '127.0.0.1');
    const agent = new Agent({ keepAlive: true });
    const asked = once(request({ port, agent, host: '127.0.0.1' }).end(), 'response');
    await once(http.server, 'request');
    const drained = http.drain({ patienceMs: 60_000, lingerMs: 50 });
    answer();
    const [{ headers }] = await asked;
    expect(headers.connection).toBe('close');
    await drained;
    agent.destroy();
  });

  it('closes what is left when its patience ends', async () => {
    const http = createHttpServer();
    http.use(() => undefined);
    const port = await listen(http.server, 0, '127.0.0.1');
    const stuck = once(request({ port, host: '127.0.0.1' }).end(), 'error');
    await once(http.server, 'request');
    await http.drain({ patienceMs: 50, lingerMs: 0 });
    expect((await stuck)[0]).toMatchObject({ code: 'ECONNRESET' });
  });
});
