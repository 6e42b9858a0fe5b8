import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latinWords } from './latin-words.js';
import { osaDistance } from './osa-distance.js';
import { titleKey } from './title-key.js';

const word = fc.string({ unit: fc.constantFrom(...'abcd'), maxLength: 9 });

/** The definition, without short cuts. */
function slowDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const least = Math.min(
    slowDistance(a.slice(1), b) + 1,
    slowDistance(a, b.slice(1)) + 1,
    slowDistance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
  );
  const isSwapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0];
  return isSwapped ? Math.min(least, slowDistance(a.slice(2), b.slice(2)) + 1) : least;
}

describe('osaDistance', () => {
  it.each([
    ['kuberntes', 'kubernetes', 1],
    ['kubrenetes', 'kubernetes', 1],
    ['dokcer', 'docker', 1],
    ['docker', 'docker', 0],
    ['', 'ab', 2],
  ])('from %s to %s is %d', (a, b, distance) => {
    expect(osaDistance(a, b, 2)).toBe(distance);
  });

  it('is what the definition says, cut at one more than asked for', () => {
    const short = fc.string({ unit: fc.constantFrom(...'abc'), maxLength: 5 });
    fc.assert(
      fc.property(short, short, fc.integer({ min: 0, max: 4 }), (a, b, max) => {
        expect(osaDistance(a, b, max)).toBe(Math.min(slowDistance(a, b), max + 1));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same both ways, and 0 for equal words only', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(osaDistance(a, b, 9)).toBe(osaDistance(b, a, 9));
        expect(osaDistance(a, b, 9) === 0).toBe(a === b);
      }),
    );
  });

  it('is one after one edit', () => {
    fc.assert(
      fc.property(word, fc.nat(9), fc.constantFrom('', 'x', 'xy'), (a, place, inserted) => {
        const at = Math.min(place, a.length);
        const edited = a.slice(0, at) + inserted + a.slice(at + (inserted === 'xy' ? 1 : 0));
        expect(osaDistance(a, edited, 2)).toBeLessThanOrEqual(inserted.length);
      }),
    );
  });
});

describe('latinWords', () => {
  it('takes words of four letters and more as typed, each once, and no codes', () => {
    expect(
      latinWords('Running café RUNNING abc node.js-server x86_64 部署Docker 12345', 10),
    ).toEqual(['running', 'café', 'node', 'server', 'docker']);
  });

  it('takes no more than asked for', () => {
    expect(latinWords('alpha bravo charlie', 2)).toEqual(['alpha', 'bravo']);
  });
});

describe('titleKey', () => {
  it('folds width, case, traditional forms and white space', () => {
    expect(titleKey('  ＤＯＣＫＥＲ　 部署\u00a0筆記 ')).toBe('docker 部署 笔记');
    expect(titleKey('圖書館')).toBe(titleKey('图书馆'));
  });

  it('is its own key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (title) => {
        expect(titleKey(titleKey(title))).toBe(titleKey(title));
      }),
    );
  });
});
