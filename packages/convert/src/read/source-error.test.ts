import { makeTar } from '@ainotebook/testkit';
import { describe, expect, it } from 'vitest';
import { ItemError, rejectionOf, SourceError } from './source-error.js';
import { readAll } from './test-support.js';

describe('what reading an item throws', () => {
  it('is why it is not taken, whatever it is', () => {
    expect(rejectionOf(new ItemError('encrypted'))).toEqual({ reason: 'encrypted' });
    expect(rejectionOf(new TypeError('of a secret'))).toEqual({
      reason: 'damaged',
      error: 'TypeError',
    });
    expect(rejectionOf(new RangeError('Maximum call stack size exceeded'))).toEqual({
      reason: 'too_complex',
      error: 'RangeError',
    });
    expect(rejectionOf('thrown')).toEqual({ reason: 'damaged', error: 'string' });
  });

  it('is thrown on where it is of the whole source, or of the machine', () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    for (const error of [new SourceError('damaged'), full])
      expect(() => rejectionOf(error)).toThrow(error);
  });
});

it('an item of Joplin that cannot be understood costs that item', async () => {
  const name = (letter: string) => `${letter.repeat(32)}.md`;
  const part = await readAll(
    makeTar([
      { name: name('a'), data: Buffer.from([0, 255, 254, 0, 128]) },
      { name: name('b'), data: 'b\n\ntext\n\ntype_: 1' },
    ]),
  );
  expect(part.program).toBe('joplin');
  expect(part.items.map((item) => (item.kind === 'note' ? item.title : item.reason))).toEqual([
    'unsupported',
    'b',
  ]);
});
