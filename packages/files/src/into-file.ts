import { createWriteStream, type WriteStream } from 'node:fs';

/**
 * Makes a new file, readable by this account only, and lets `write` fill it. When it throws, the file is closed:
 * a stream that fails while its file is being opened would else make it after whoever cleans up has gone.
 */
export async function intoFile(
  file: string,
  write: (out: WriteStream) => Promise<void>,
): Promise<void> {
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  try {
    await write(out);
  } catch (error) {
    out.destroy();
    if (!out.closed) await new Promise<void>((resolve) => out.once('close', resolve));
    throw error;
  }
}
