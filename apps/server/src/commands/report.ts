import { exitCodeOf, explain } from '../failure.js';

/** How a command tells what it does. */
export interface Report {
  /** A line that replaces the one before, where there is a terminal. */
  progress: (line: string) => void;
  /** Something worth knowing on the way; not with --json. */
  say: (line: string) => void;
}

/**
 * Runs a command that may be asked for JSON: then its result, or why it failed, is the only thing on
 * standard output.
 * @param lines the result in words
 */
export async function reporting<T extends object>(
  { json: isJson = false }: { json?: boolean },
  run: (report: Report) => Promise<T>,
  lines: (result: T) => string[],
): Promise<void> {
  const isLive = process.stderr.isTTY && !isJson;
  let shown = 0;
  const clear = () => {
    if (isLive && shown > 0) process.stderr.write(`\r${' '.repeat(shown)}\r`);
    shown = 0;
  };
  const report: Report = {
    progress: (line) => {
      if (!isLive) return;
      clear();
      process.stderr.write(line);
      shown = line.length;
    },
    say: (line) => {
      clear();
      if (!isJson) console.log(line);
    },
  };
  try {
    const result = await run(report);
    clear();
    if (isJson) console.log(JSON.stringify({ ok: true, ...result }));
    else for (const line of lines(result)) console.log(line);
  } catch (error) {
    clear();
    if (!isJson) throw error;
    console.log(JSON.stringify({ ok: false, error: explain(error) }));
    process.exitCode = exitCodeOf(error);
  }
}

/** `4.2 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
