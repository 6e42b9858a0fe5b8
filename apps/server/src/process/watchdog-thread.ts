// The thread of `startWatchdog`: it notices that the event loop of the process stands still, and ends the process.
import { appendFileSync, writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import type { WatchdogData } from './watchdog.js';

const STACK_MS = 2_000;

// Given by `startWatchdog`.
const { beats, ticks, tickMs, logFile } = workerData as WatchdogData;
let last = -1;
let missed = 0;

// Ticks of this thread, not time: a machine that slept, or a process that was stopped, misses none.
const timer = setInterval(() => {
  const beat = Atomics.load(beats, 0);
  missed = beat === last ? missed + 1 : 0;
  last = beat;
  if (missed < ticks) return;
  clearInterval(timer);
  void end();
}, tickMs);

async function end(): Promise<void> {
  const stack = await Promise.race([
    stackOfMain(),
    sleep(STACK_MS, ['in native code, or unknown']),
  ]);
  const line = JSON.stringify({
    level: 'error',
    message: 'The event loop stands still; ending the process',
    pid: process.pid,
    silentMs: ticks * tickMs,
    stack,
    timestamp: new Date().toISOString(),
  });
  // The log of the process belongs to the thread that stands still.
  for (const write of [
    () => writeSync(2, `${line}\n`),
    () => logFile && appendFileSync(logFile, `${line}\n`),
  ]) {
    try {
      write();
    } catch {
      // A closed terminal, a full disk: the process must end all the same.
    }
  }
  process.kill(process.pid, 'SIGKILL');
}

/** Where the main thread is, outermost last. It interrupts running JavaScript, not native code. */
function stackOfMain(): Promise<string[]> {
  return new Promise((resolve) => {
    const session = new Session();
    session.connectToMainThread();
    const urls = new Map<string, string>();
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    session.once('Debugger.paused', ({ params }) => {
      resolve(
        params.callFrames.map(({ functionName, location: at }) => {
          const place = `${urls.get(at.scriptId)}:${at.lineNumber + 1}:${(at.columnNumber ?? 0) + 1}`;
          return `${functionName || '(anonymous)'} ${place}`;
        }),
      );
    });
    session.post('Debugger.enable');
    session.post('Debugger.pause');
  });
}
