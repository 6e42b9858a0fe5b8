// Search over the evaluation set of both languages stays above its floors.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

it('finds what the evaluation set asks for, in Chinese and in English', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [path.join(root, 'bench/search-eval/run.mjs')],
    { cwd: root },
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/zh \(\d{3}\) \| AI-NoteBook/);
});
