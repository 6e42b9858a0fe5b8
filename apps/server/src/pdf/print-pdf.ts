import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from '@ainotebook/api';
import { groupBytes } from './group-bytes.js';

export interface ChromiumOptions {
  /** The program: Chromium, Chrome, or its headless shell. */
  path: string;
  /** False where the system lets it have no sandbox: as root, and in most containers. */
  hasSandbox: boolean;
  /** Time and memory one document may take. */
  limits?: { timeoutMs: number; bytes: number };
}

/** Makes PDFs of pages that need nothing but themselves. */
export interface PdfPrinter {
  /**
   * @param html the page, whole or in pieces
   * @param owner for whom it is; nobody has more than one at a time
   * @throws AppError unavailable (busy, or no Chromium that works), timeout, too_large (of memory)
   */
  print(html: Iterable<string>, owner: string): Promise<Buffer>;
}

const LIMITS = { timeoutMs: 30_000, bytes: 1024 ** 3 };
/** A Chromium is half a processor and 400 MB: one at a time, and few who wait. */
const AT_ONCE = 1;
const MOST_WAITING = 8;
const LOOK_MS = 250;
/** For the scripts by which systems start it. */
const PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * Nothing it is given can reach a network: names mean nothing to it, addresses go to a proxy that is not there,
 * and pages bring a policy by which they load what is in them.
 */
const OFFLINE = [
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--proxy-server=127.0.0.1:9',
  '--proxy-bypass-list=<-loopback>',
];
const PLAIN = [
  '--headless',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-pdf-header-footer',
  '--generate-pdf-document-outline',
];

/** Opens a printer; nothing runs before the first page. */
export function createPdfPrinter(options: ChromiumOptions): PdfPrinter {
  const waiting: (() => void)[] = [];
  const owners = new Set<string>();
  let running = 0;
  return {
    print: async (html, owner) => {
      if (waiting.length >= MOST_WAITING || owners.has(owner)) {
        throw new AppError('unavailable', 'The server is busy; try again shortly', {
          retryAfterMs: 5000,
        });
      }
      owners.add(owner);
      if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await printIn(options, html);
      } finally {
        owners.delete(owner);
        // Whoever waits takes the place over.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}

/** In a folder of its own, which is gone after it. */
async function printIn(options: ChromiumOptions, html: Iterable<string>): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ainotebook-pdf-'));
  try {
    const page = path.join(folder, 'note.html');
    const made = path.join(folder, 'note.pdf');
    await writeFile(page, html, { mode: 0o600 });
    const said = await run(options, folder, [
      `--print-to-pdf=${made}`,
      pathToFileURL(page).toString(),
    ]);
    const bytes = await readFile(made).catch(() => null);
    if (bytes?.subarray(0, 5).toString('latin1') === '%PDF-') return bytes;
    throw new AppError('unavailable', 'The server could not make a PDF', {
      cause: new Error(`Chromium made none: ${said.slice(-2_000)}`),
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @returns what it said */
function run(
  { path: program, hasSandbox, limits = LIMITS }: ChromiumOptions,
  folder: string,
  args: string[],
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      program,
      [
        ...PLAIN,
        ...OFFLINE,
        ...(hasSandbox ? [] : ['--no-sandbox']),
        `--user-data-dir=${path.join(folder, 'profile')}`,
        ...args,
      ],
      {
        // A group of its own, so that all of it can be ended.
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
        // Nothing of ours: its settings and secrets are none of its business.
        env: { PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
      },
    );
    let said = '';
    let failure: AppError | undefined;
    const end = (error: AppError) => {
      failure ??= error;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    };
    const timer = setTimeout(
      () => end(new AppError('timeout', 'The note takes too long to print')),
      limits.timeoutMs,
    );
    const look = setInterval(async () => {
      if (child.pid === undefined || (await groupBytes(child.pid)) <= limits.bytes) return;
      end(new AppError('too_large', 'The note is too large to print'));
    }, LOOK_MS);
    const stop = () => {
      clearTimeout(timer);
      clearInterval(look);
    };
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    child.on('error', (cause) => {
      stop();
      reject(new AppError('unavailable', 'The server could not make a PDF', { cause }));
    });
    child.on('close', () => {
      stop();
      if (failure) reject(failure);
      else resolve(said);
    });
  });
}
