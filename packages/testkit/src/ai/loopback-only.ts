import dns from 'node:dns';
import { isIP, type LookupFunction, Socket, type TcpSocketConnectOpts } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

function refuseOutside(host: string): void {
  if (!isLoopback(host)) throw new Error(`A test connects to ${host}`);
}

/** A name is judged by what it leads to: tests give names of their own to this machine. */
function guarded(lookup: LookupFunction): LookupFunction {
  return (name, options, callback) =>
    lookup(name, options, (error, address, family) => {
      const found = Array.isArray(address) ? address.map((one) => one.address) : [address];
      const outside = error ? undefined : found.find((one) => !isLoopback(one));
      if (outside === undefined) callback(error, address, family);
      else callback(new Error(`A test connects to ${outside}`), address, family);
    });
}

/** Looks at what `connect` is called with, and puts the guard into it. */
function guard(args: unknown[]): void {
  // Callers hand over either the arguments or, inside node, one list of them.
  const list: unknown[] = Array.isArray(args[0]) ? args[0] : args;
  const [first, second] = list;
  if (typeof first === 'number') refuseOutside(typeof second === 'string' ? second : 'localhost');
  if (typeof first !== 'object' || first === null || ('path' in first && first.path)) return;
  // What is an object without a path is for TCP.
  const options = first as Partial<TcpSocketConnectOpts>;
  const { host = 'localhost', lookup = dns.lookup } = options;
  if (isIP(host)) refuseOutside(host);
  // Their types differ in overloads only.
  else list[0] = { ...options, lookup: guarded(lookup as LookupFunction) };
}

/** While the tests of this file run, a socket to anywhere but this machine is an error. */
export function useLoopbackOnly(): void {
  const { connect } = Socket.prototype;
  beforeAll(() => {
    Socket.prototype.connect = function guardedConnect(this: Socket, ...args: unknown[]) {
      guard(args);
      // The overloads of `connect` are all of them passed on as they came.
      return (connect as (...all: unknown[]) => Socket).apply(this, args);
    };
  });
  afterAll(() => {
    Socket.prototype.connect = connect;
  });
}
