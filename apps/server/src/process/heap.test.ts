import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const HEAP = new URL('../../dist/process/heap.js', import.meta.url).href;

/** Keeps 40 MB of numbers, replaces them again and again, and prints the most that the heap took, in MB. */
const CHURN = `
  const kept = [];
  let most = 0;
  for (let n = 0; n < 40_000; n += 1) {
    kept[n % 8_000] = Array.from({ length: 600 }, (_, i) => n + i + 0.5);
    if (n % 1_000 === 0) most = Math.max(most, process.memoryUsage().heapTotal);
  }
  console.log(Math.round(most / 1024 ** 2));`;

async function mostHeap(before = ''): Promise<number> {
  const args = ['--input-type=module', '-e', before + CHURN];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  // V8 says so of a flag that it does not know.
  expect(stderr).toBe('');
  return Number(stdout);
}

describe('the heap of a server', () => {
  it('stays near to what is in use, where V8 would let it grow', async () => {
    const usual = await mostHeap();
    const small = await mostHeap(`import { keepHeapSmall } from '${HEAP}'; keepHeapSmall();`);
    expect(small).toBeLessThan(usual * 0.8);
  }, 120_000);
});
