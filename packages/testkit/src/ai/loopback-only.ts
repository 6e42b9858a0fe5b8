import { isIP, Socket } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** The host a socket is asked to connect to; null for a path. */
function hostOf(args: unknown[]): string | null {
  // Callers hand over either the arguments or, inside node, one list of them.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) {
    if ('path' in first && first.path) return null;
    return 'host' in first && typeof first.host === 'string' ? first.host : 'localhost';
  }
  if (typeof first === 'number') return typeof second === 'string' ? second : 'localhost';
  return null;
}

/** While the tests of this file run, a socket to anywhere but this machine is an error. */
export function useLoopbackOnly(): void {
  const { connect } = Socket.prototype;
  beforeAll(() => {
    // The overloads of `connect` are all of them passed on as they came.
    Socket.prototype.connect = function guarded(this: Socket, ...args: unknown[]) {
      const host = hostOf(args);
      if (host !== null && !isLoopback(host)) throw new Error(`A test connects to ${host}`);
      return (connect as (...all: unknown[]) => Socket).apply(this, args);
    };
  });
  afterAll(() => {
    Socket.prototype.connect = connect;
  });
}
