import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** `ainotebook` as a process of its own, for tests. */
export interface Command {
  child: ChildProcess;
  /** Everything it has written so far. */
  output: () => string;
  /** Resolves when the output matches; rejects when the process ends first. */
  until: (pattern: RegExp) => Promise<void>;
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>;
}

/** Starts the built command with these variables and nothing else of the environment's. */
export function command(
  args: string[],
  env: Record<string, string>,
  options: { cwd: string; input?: string },
): Command {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: 'pipe',
  });
  child.stdin?.end(options.input ?? '');
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    child,
    ended,
    output: () => output,
    until: async (pattern) => {
      let code: number | string | undefined;
      void ended.then((value) => {
        code = value;
      });
      while (!pattern.test(output)) {
        if (code !== undefined) throw new Error(`ended with ${code}:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** A port nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}
