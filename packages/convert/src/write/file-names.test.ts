import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Paths, safeName } from './file-names.js';

/** Paths by counting from one for each. */
function counted(names: readonly [string, string][]): string[] {
  const taken = new Set<string>();
  return names.map(([name, ending]) => {
    const stem = safeName(name);
    for (let number = 1; ; number += 1) {
      const path = `n/${stem}${number === 1 ? '' : ` (${number})`}${ending}`;
      const key = path.normalize('NFKC').toLowerCase();
      if (taken.has(key)) continue;
      taken.add(key);
      return path;
    }
  });
}

describe('paths that are given out', () => {
  it('have the lowest number that is free', () => {
    const name = fc.constantFrom(
      'a',
      'A',
      'ａ',
      'a (2)',
      'A (2)',
      'a (3)',
      'ΑΣ',
      'ας',
      'ασ',
      'é',
      'É',
    );
    const names = fc.array(fc.tuple(name, fc.constantFrom('.md', '.MD', '')), { maxLength: 40 });
    fc.assert(
      fc.property(names, (wanted) => {
        const paths = new Paths();
        expect(wanted.map(([one, ending]) => paths.take('n/', one, ending))).toEqual(
          counted(wanted),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('are as many as there are equal names, and none is looked for from the start again', () => {
    const paths = new Paths();
    const last = Array.from({ length: 200_000 }, () => paths.take('', 'image', '.png')).at(-1);
    expect(last).toBe('image (200000).png');
  });
});
