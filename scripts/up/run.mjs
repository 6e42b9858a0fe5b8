import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const TAIL_CHARS = 8_000;

/**
 * Runs a program in the foreground and resolves to its exit code and the end of what it printed (empty
 * when `isShown`, which hands it the terminal itself).
 */
export function run(program, args, { env, isShown = false }) {
  return new Promise((resolve) => {
    const stdio = isShown ? 'inherit' : ['inherit', 'pipe', 'pipe'];
    const child = spawn(program, args, { env, stdio });
    let tail = '';
    for (const name of isShown ? [] : ['stdout', 'stderr']) {
      child[name].on('data', (chunk) => {
        process[name].write(chunk);
        tail = (tail + chunk).slice(-TAIL_CHARS);
      });
    }
    // Ctrl-C reaches the child by itself (same terminal); here it only must not end this process first.
    const ignore = () => undefined;
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', ignore);
    process.on('SIGTERM', pass);
    process.on('SIGHUP', pass);
    const finish = (exitCode, output) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', pass);
      process.off('SIGHUP', pass);
      resolve({ exitCode, output });
    };
    child.once('error', (error) => finish(127, error.message));
    child.once('close', (code, signal) =>
      finish(code ?? 128 + (constants.signals[signal] ?? 0), tail),
    );
  });
}
