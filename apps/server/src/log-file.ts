import {
  closeSync,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFile,
} from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';

/** Who holds the lock for longer has died with it. */
const LOCK_MS = 10_000;

export interface LogFileOptions {
  file: string;
  /** It is rotated before it grows beyond that; by a few lines more where another process writes at the same moment. */
  maxBytes: number;
  /** Files in all: `combined.log`, and the older `combined1.log`, `combined2.log` and so on. */
  maxFiles: number;
}

/**
 * A log that several processes write to: each appends whole lines, one of them moves the file away when it is full, and the
 * others follow. No line is lost or written into another.
 */
export function openLogFile({ file, maxBytes, maxFiles }: LogFileOptions): Writable {
  const { dir, name, ext } = path.parse(file);
  const numbered = (age: number) => path.join(dir, `${name}${age || ''}${ext}`);
  let descriptor: number | null = null;
  let opened: Stats | undefined;
  let hasFailed = false;

  function reopen(): number {
    if (descriptor !== null) closeSync(descriptor);
    descriptor = null;
    const fresh = openSync(file, 'a');
    opened = fstatSync(fresh);
    descriptor = fresh;
    return fresh;
  }

  const isOurs = (now: Stats | undefined) => now?.ino === opened?.ino && now?.dev === opened?.dev;

  /** Only one of the processes; the others go on writing to what they have, and follow with their next lines. */
  function rotate(): void {
    const lock = `${file}.lock`;
    try {
      closeSync(openSync(lock, 'wx'));
    } catch {
      const held = statSync(lock, { throwIfNoEntry: false });
      if (held && Date.now() - held.mtimeMs > LOCK_MS) rmSync(lock, { force: true });
      return;
    }
    try {
      // Another may just have done it.
      if (!isOurs(statSync(file, { throwIfNoEntry: false }))) return;
      for (let age = maxFiles - 1; age > 0; age -= 1) {
        const younger = numbered(age - 1);
        if (statSync(younger, { throwIfNoEntry: false })) renameSync(younger, numbered(age));
      }
    } finally {
      rmSync(lock, { force: true });
    }
  }

  function prepare(bytes: number): number {
    const now = statSync(file, { throwIfNoEntry: false });
    if (now && isOurs(now) && now.size > 0 && now.size + bytes > maxBytes) rotate();
    if (descriptor === null) return reopen();
    return isOurs(statSync(file, { throwIfNoEntry: false })) ? descriptor : reopen();
  }

  function append(lines: Buffer, done: () => void): void {
    const settle = (error: unknown) => {
      // A full disk must not end a server; nor can it be logged.
      if (error && !hasFailed) process.stderr.write(`${file} cannot be written: ${error}\n`);
      hasFailed = Boolean(error);
      done();
    };
    try {
      writeFile(prepare(lines.length), lines, settle);
    } catch (error) {
      settle(error);
    }
  }

  try {
    // Who watches it finds it before there is a line.
    reopen();
  } catch {
    // The first line says so.
  }
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => append(chunk, () => done()),
    writev: (chunks, done) => append(Buffer.concat(chunks.map(({ chunk }) => chunk)), () => done()),
    final: (done) => {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
      done();
    },
  });
}
