import { readFileSync } from 'node:fs';

const SAME_MS = 500;
const SIGHUP_BIT = 1n;

/**
 * Makes the signals of a terminal mean what the server takes them for. Call it before the server listens.
 */
export function tidySignals() {
  dropEchoes();
  endOnClosedTerminal();
}

// One Ctrl-C comes twice, from the terminal and passed on by npm; the second would count as impatience.
function dropEchoes() {
  const emit = process.emit;
  const last = new Map();
  process.emit = function emitOnce(name, ...args) {
    if (name === 'SIGINT' || name === 'SIGTERM') {
      const now = performance.now();
      const isEcho = now - (last.get(name) ?? Number.NEGATIVE_INFINITY) < SAME_MS;
      last.set(name, now);
      if (isEcho) return true;
    }
    return emit.call(this, name, ...args);
  };
}

// A closed terminal ends the program in order, unless nohup asked for it to go on.
function endOnClosedTerminal() {
  let status;
  try {
    status = readFileSync('/proc/self/status', 'utf8');
  } catch {
    return;
  }
  const ignored = BigInt(`0x${/^SigIgn:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  if (ignored & SIGHUP_BIT) return;
  process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
}
