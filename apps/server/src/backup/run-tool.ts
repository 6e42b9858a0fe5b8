import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toolEnvironment } from '../env.js';
import { UsageError } from '../failure.js';
import { redactText } from '../redact.js';

/** A tool that writes nothing for so long is ended. */
const STALL_MS = 10 * 60_000;
const STDERR_KEPT = 4_000;

/** What a tool writes; its end is the end of a run that succeeded. */
export async function* outputOf(
  tool: string,
  args: string[],
  env: Record<string, string>,
  input?: Readable,
): AsyncGenerator<Buffer> {
  const child = spawn(tool, args, { env: { ...toolEnvironment(), ...env }, stdio: 'pipe' });
  const ended = endOf(child);
  const fed = feed(child, input);
  // Told when the output has ended: a tool that ends early says why by its code.
  fed.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  let hasStalled = false;
  const watch = () => {
    clearTimeout(timer);
    // One that is fed may have nothing to say.
    if (input) return;
    timer = setTimeout(() => {
      hasStalled = true;
      child.kill('SIGKILL');
    }, STALL_MS);
  };
  try {
    watch();
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      watch();
      yield chunk;
    }
    await fed;
    const { code, stderr } = await ended;
    if (hasStalled) throw new UsageError(`${tool} wrote nothing for ten minutes and was ended.`);
    if (code !== 0) throw new UsageError(`${tool} failed: ${redactText(stderr)}`);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}

async function feed(child: ChildProcessWithoutNullStreams, input?: Readable): Promise<void> {
  if (!input) {
    child.stdin.end();
    return;
  }
  try {
    await pipeline(input, child.stdin);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<{ code: unknown; stderr: string }> {
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString()}`.slice(-STDERR_KEPT);
  });
  const failed = new Promise<{ code: unknown; stderr: string }>((resolve) => {
    child.once('error', (error) => resolve({ code: -1, stderr: error.message }));
  });
  const closed = once(child, 'close').then(([code, signal]) => ({
    code: code ?? signal,
    stderr: stderr.trim(),
  }));
  return Promise.race([closed, failed]);
}
