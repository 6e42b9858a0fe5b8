import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './index.js';

let server: net.Server;
let proxy: FaultProxy;
const taken: string[] = [];
const clients: net.Socket[] = [];

beforeEach(async () => {
  taken.length = 0;
  server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      taken.push(String(data));
      socket.write(`${data}!`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Listening, so there is an address.
  proxy = await startFaultProxy((server.address() as net.AddressInfo).port);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  server.close();
});

async function connect(): Promise<net.Socket> {
  const client = net.connect(proxy.port, '127.0.0.1');
  clients.push(client);
  client.on('error', () => undefined);
  await once(client, 'connect');
  return client;
}
const answer = async (client: net.Socket) => String((await once(client, 'data'))[0]);
const closed = (client: net.Socket) => new Promise((resolve) => client.once('close', resolve));

describe('startFaultProxy', () => {
  it('carries both ways', async () => {
    const client = await connect();
    client.write('hello');
    expect(await answer(client)).toBe('hello!');
    expect(proxy.connections).toBe(1);
    expect(proxy.through('redis://a:b@example.org:1/2')).toBe(
      `redis://a:b@127.0.0.1:${proxy.port}/2`,
    );
  });

  it('delays', async () => {
    const client = await connect();
    await proxy.set({ latency: 60 });
    const began = performance.now();
    client.write('hello');
    await answer(client);
    expect(performance.now() - began).toBeGreaterThan(100);
  });

  it('is silent, also in one direction, until it is healed', async () => {
    const client = await connect();
    await proxy.set({ timeout: 'downstream' });
    client.write('hello');
    let heard = '';
    client.on('data', (data) => {
      heard += data;
    });
    while (taken.length === 0) await sleep(5);
    await sleep(50);
    expect(heard).toBe('');
    await proxy.set({});
    while (!heard) await sleep(5);
    expect(heard).toBe('hello!');
  });

  it('goes down and comes back on its port', async () => {
    const client = await connect();
    const gone = closed(client);
    await proxy.set({ isDown: true });
    await gone;
    await expect(once(net.connect(proxy.port, '127.0.0.1'), 'connect')).rejects.toThrow(
      'ECONNREFUSED',
    );
    await proxy.set({});
    const again = await connect();
    again.write('hello');
    expect(await answer(again)).toBe('hello!');
  });

  it('resets, limits data and closes late', async () => {
    const reset = await connect();
    reset.write('hello');
    await answer(reset);
    const [error] = await Promise.all([once(reset, 'error'), proxy.reset()]);
    expect(error[0]).toMatchObject({ code: 'ECONNRESET' });

    await proxy.set({ limitData: 10 });
    const limited = await connect();
    limited.write('hello');
    expect(await answer(limited)).toBe('hello!');
    const gone = closed(limited);
    limited.write('hello');
    await gone;

    await proxy.set({ slowClose: 100 });
    const slow = await connect();
    slow.write('hello');
    await answer(slow);
    const began = performance.now();
    slow.end();
    await closed(slow);
    expect(performance.now() - began).toBeGreaterThan(90);
  });
});
