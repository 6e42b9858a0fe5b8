import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openLogFile } from './log-file.js';

const BUILT = fileURLToPath(new URL('../dist/log-file.js', import.meta.url));
const root = mkdtempSync(path.join(tmpdir(), 'ainotebook-log-'));
afterAll(() => rmSync(root, { recursive: true }));

const newFile = () => path.join(mkdtempSync(path.join(root, 'logs-')), 'combined.log');
const read = (file: string) => readFileSync(file, 'utf8');
const write = (log: ReturnType<typeof openLogFile>, line: string) =>
  new Promise((resolve) => log.write(`${line}\n`, resolve));

/** A process that writes numbered lines to the log, and says when it is done. */
async function writer(
  options: { file: string; maxBytes: number; maxFiles: number; lines: number },
  name: string,
) {
  const script = `
    const { openLogFile } = await import(${JSON.stringify(BUILT)});
    const log = openLogFile(${JSON.stringify(options)});
    for (let n = 0; n < ${options.lines}; n++) {
      const line = '${name} ' + n + ' ' + 'x'.repeat(n % 80) + '.\\n';
      if (n % 7 === 0) await new Promise((resolve) => log.write(line, resolve));
      else log.write(line);
    }
    await new Promise((resolve) => log.end(resolve));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

describe('the log file of several processes', () => {
  it('loses no line and breaks none while it is rotated under them', async () => {
    const file = newFile();
    const options = { file, maxBytes: 20_000, maxFiles: 200, lines: 4_000 };
    const names = ['a', 'b', 'c'];
    await Promise.all(names.map((name) => writer(options, name)));
    const files = readdirSync(path.dirname(file));
    expect(files.length).toBeGreaterThan(20);
    expect(files).not.toContain('combined.log.lock');
    const lines = files.flatMap((name) => read(path.join(path.dirname(file), name)).split('\n'));
    const whole = lines.filter((line) => /^[abc] \d+ x*\.$/.test(line));
    expect(whole.length).toBe(names.length * options.lines);
    expect(lines.filter((line) => line !== '').length).toBe(whole.length);
    expect(new Set(whole).size).toBe(whole.length);
  }, 60_000);

  it('keeps so many files, the newest under its own name', async () => {
    const file = newFile();
    const log = openLogFile({ file, maxBytes: 10, maxFiles: 3 });
    for (const line of ['line 1', 'line 2', 'line 3', 'line 4', 'line 5']) await write(log, line);
    const dir = path.dirname(file);
    expect(readdirSync(dir).sort()).toEqual(['combined.log', 'combined1.log', 'combined2.log']);
    expect(['', '1', '2'].map((age) => read(path.join(dir, `combined${age}.log`)))).toEqual([
      'line 5\n',
      'line 4\n',
      'line 3\n',
    ]);
  });

  it('goes on with the file of the start before', async () => {
    const file = newFile();
    writeFileSync(file, 'before\n');
    await write(openLogFile({ file, maxBytes: 1_000, maxFiles: 3 }), 'after');
    expect(read(file)).toBe('before\nafter\n');
  });

  it('follows when somebody has moved the file away', async () => {
    const file = newFile();
    const log = openLogFile({ file, maxBytes: 1_000, maxFiles: 3 });
    await write(log, 'before');
    rmSync(file);
    await write(log, 'after');
    expect(read(file)).toBe('after\n');
  });

  it('rotates again when a process has died in the middle of it', async () => {
    const file = newFile();
    const lock = `${file}.lock`;
    const log = openLogFile({ file, maxBytes: 10, maxFiles: 3 });
    writeFileSync(lock, '');
    await write(log, 'line 1');
    await write(log, 'line 2');
    expect(read(file)).toBe('line 1\nline 2\n');
    utimesSync(lock, 0, 0);
    await write(log, 'line 3');
    await write(log, 'line 4');
    expect(read(file)).toBe('line 4\n');
    expect(statSync(lock, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('ends nothing where it cannot be written', async () => {
    const log = openLogFile({
      file: path.join(root, 'no folder/x.log'),
      maxBytes: 10,
      maxFiles: 2,
    });
    await write(log, 'line 1');
    await write(log, 'line 2');
    expect(log.destroyed).toBe(false);
  });
});
