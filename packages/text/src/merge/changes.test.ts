import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween } from './changes.js';
import { anySource } from './fixtures.js';

const doc = (...blocks: string[]) => blocks.join('\n\n');

describe('following a text from elsewhere', () => {
  it('leads from one text to the other by changes in order and apart', () => {
    fc.assert(
      fc.property(anySource, anySource, (before, after) => {
        let [text, at] = ['', 0];
        for (const { from, to, insert } of changesBetween(before, after)) {
          expect(from).toBeGreaterThanOrEqual(at);
          text += before.slice(at, from) + insert;
          at = to;
        }
        expect(text + before.slice(at)).toBe(after);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves alone what lies between two changed blocks', () => {
    expect(changesBetween(doc('one', 'two', 'three'), doc('one!', 'two', '3'))).toEqual([
      { from: 3, to: 3, insert: '!' },
      { from: 10, to: 15, insert: '3' },
    ]);
  });

  it('halves no character', () => {
    expect(changesBetween('😀', '😁')).toEqual([{ from: 0, to: 2, insert: '😁' }]);
  });
});
