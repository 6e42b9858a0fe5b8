import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports of the loopback that nobody uses now, all different. @param {number} count */
export async function freePorts(count) {
  const holders = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(holders.map((holder) => once(holder, 'listening')));
  const ports = holders.map((holder) => holder.address().port);
  for (const holder of holders) holder.close();
  return ports;
}
