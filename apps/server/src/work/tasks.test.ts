import type { Reading } from '@ainotebook/api/jobs';
import { describe, expect, it } from 'vitest';
import { readSourceIn } from './tasks.js';

const source = { file: 'f', folder: 'd', name: 'secret.zip' };
const limits = { at: 0, items: 1, length: 1 };

async function read(task: () => Promise<unknown>) {
  const lines: unknown[] = [];
  const log = { warn: (message: string, meta?: object) => lines.push({ message, ...meta }) };
  // The pool answers what the task does.
  const work = { run: task as <Output>() => Promise<Output>, close: async () => undefined };
  const reading = await readSourceIn({ work, log }, source, limits);
  return { reading, lines };
}

describe('a part of a source that is read in a thread', () => {
  it('names in the log what nobody foresaw, and nothing of the source', async () => {
    const item = { kind: 'rejected', path: 'diary.md', reason: 'damaged', error: 'TypeError' };
    const part = { program: 'markdown', total: 1, items: [item, item], next: null };
    const reading = { kind: 'read', part } as Reading;
    expect(await read(async () => reading)).toEqual({
      reading,
      lines: [{ message: 'Something of an import could not be read', error: 'TypeError' }],
    });
    const overrun = { kind: 'overrun', error: 'SyntaxError' };
    const { lines } = await read(async () => overrun);
    expect(JSON.stringify(lines)).toContain('SyntaxError');
    expect(JSON.stringify(lines)).not.toMatch(/diary|secret/);
  });

  it('is too much where the thread was ended, and throws what is the fault of the machine', async () => {
    const ended = Object.assign(new Error('cut off'), { name: 'AbortError' });
    expect(await read(() => Promise.reject(ended))).toEqual({
      reading: { kind: 'overrun' },
      lines: [],
    });
    await expect(read(() => Promise.reject(new Error('ENOSPC')))).rejects.toThrow('ENOSPC');
  });
});
