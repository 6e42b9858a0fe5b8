import dns from 'node:dns';
import { isIP, type LookupFunction, Socket, type TcpSocketConnectOpts } from 'node:net';

// A setup file of vitest.config.ts: in no test does this process open a socket to anywhere but this machine.
// Processes that a test starts are not seen by it.

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Where somebody lets the tests have a database elsewhere. */
const given = new Set(
  [process.env.TEST_DATABASE_URL, process.env.TEST_REDIS_URL].flatMap((url) =>
    url !== undefined && URL.canParse(url) ? [new URL(url).hostname] : [],
  ),
);

function refuseOutside(host: string): void {
  if (!isLoopback(host) && !given.has(host)) throw new Error(`A test connects to ${host}`);
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
  else if (!given.has(host)) list[0] = { ...options, lookup: guarded(lookup as LookupFunction) };
}

// Files of one worker share what they import, and the setup runs for each of them.
const { connect } = Socket.prototype;
if (connect.name !== guardedConnect.name) Socket.prototype.connect = guardedConnect;

function guardedConnect(this: Socket, ...args: unknown[]): Socket {
  guard(args);
  // The overloads of `connect` are all of them passed on as they came.
  return (connect as (...all: unknown[]) => Socket).apply(this, args);
}
