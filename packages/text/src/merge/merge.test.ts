import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBlocks } from './blocks.js';
import { anySource, markdown } from './fixtures.js';
import { compareMarkdown, type MergeChunk, mergeMarkdown } from './merge.js';
import { type MergeChoice, resolveChunks } from './resolve.js';

const merged = (base: string, mine: string, theirs: string): string => {
  const result = mergeMarkdown(base, mine, theirs);
  if (result.status !== 'merged') throw new Error(`overlap: ${JSON.stringify(result.chunks)}`);
  return result.text;
};
const overlaps = (base: string, mine: string, theirs: string): MergeChunk[] => {
  const result = mergeMarkdown(base, mine, theirs);
  if (result.status !== 'overlap') throw new Error(`merged: ${result.text}`);
  return result.chunks;
};
const doc = (...blocks: string[]) => blocks.join('\n\n');

/** A base of distinct blocks, and what one side does to each and puts after it. */
type Edit = { act: 'keep' | 'change' | 'remove'; add: number };
const edits = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 8, arbitrary: fc.constant('keep' as const) },
      { weight: 2, arbitrary: fc.constantFrom('change' as const, 'remove' as const) },
    ),
    add: fc.oneof(
      { weight: 9, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(1, 2) },
    ),
  }),
  { minLength: 8, maxLength: 8 },
);
const KINDS = ['para', '- item', '## head', '```\ncode', '> quote'];
const baseBlocks = Array.from({ length: 8 }, (_, at) => {
  const kind = KINDS[at % KINDS.length] ?? '';
  return `${kind} b${at}${kind.startsWith('```') ? '\n```' : ''}`;
});
function apply(side: string, list: readonly Edit[]) {
  const added: string[] = [];
  const removed: string[] = [];
  const blocks = baseBlocks.flatMap((block, at) => {
    const edit = list[at];
    const own = block.replace(`b${at}`, `b${at} by ${side}`);
    if (edit?.act === 'change') added.push(own);
    if (edit?.act !== 'keep') removed.push(block);
    const kept = edit?.act === 'keep' ? [block] : edit?.act === 'change' ? [own] : [];
    const more = Array.from({ length: edit?.add ?? 0 }, (_, n) => `new ${side} ${at} ${n}`);
    added.push(...more);
    return [...kept, ...more];
  });
  return { text: doc(...blocks), added, removed };
}

describe('a merge', () => {
  it('takes a side as it is when the other changed nothing, and equal texts as they are', () => {
    fc.assert(
      fc.property(anySource, anySource, (base, other) => {
        expect(merged(base, other, base)).toBe(other);
        expect(merged(base, base, other)).toBe(other);
        expect(merged(base, other, other)).toBe(other);
      }),
    );
  });

  it('takes every change of one side when the other changed something far away', () => {
    fc.assert(
      fc.property(markdown(), markdown(), (base, other) => {
        const far = (text: string) => `${text}\n\nfirst rest\n\nsecond rest\n\nlast`;
        expect(merged(far(base), far(other), `${far(base)} changed`)).toBe(`${far(other)} changed`);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same whichever side is mine, and never throws', () => {
    fc.assert(
      fc.property(anySource, anySource, anySource, (base, mine, theirs) => {
        const one = mergeMarkdown(base, mine, theirs);
        const other = mergeMarkdown(base, theirs, mine);
        expect(other.status).toBe(one.status);
        if (one.status === 'merged') expect(other).toEqual(one);
      }),
      { numRuns: 1000 },
    );
  });

  it('holds every block either side wrote, once, and none that one side removed', () => {
    let count = 0;
    fc.assert(
      fc.property(edits, edits, (left, right) => {
        const [mine, theirs] = [apply('mine', left), apply('theirs', right)];
        const result = mergeMarkdown(doc(...baseBlocks), mine.text, theirs.text);
        if (result.status !== 'merged') return;
        count += 1;
        const blocks = splitBlocks(result.text).blocks.map((block) => block.text);
        for (const block of [...mine.added, ...theirs.added]) {
          expect(blocks.filter((other) => other === block)).toEqual([block]);
        }
        for (const block of [...mine.removed, ...theirs.removed]) {
          expect(blocks).not.toContain(block);
        }
        const untouched = baseBlocks.filter(
          (block) => !mine.removed.includes(block) && !theirs.removed.includes(block),
        );
        expect(blocks.filter((block) => untouched.includes(block))).toEqual(untouched);
      }),
      { numRuns: 2000 },
    );
    // Otherwise nothing was looked at.
    expect(count).toBeGreaterThan(200);
  });

  it('keeps the order in which each side has its blocks', () => {
    fc.assert(
      fc.property(edits, edits, (left, right) => {
        const sides = [apply('mine', left), apply('theirs', right)];
        const result = mergeMarkdown(
          doc(...baseBlocks),
          sides[0]?.text ?? '',
          sides[1]?.text ?? '',
        );
        if (result.status !== 'merged') return;
        const blocks = splitBlocks(result.text).blocks.map((block) => block.text);
        for (const { text } of sides) {
          const own = splitBlocks(text).blocks.map((block) => block.text);
          const there = own.filter((block) => blocks.includes(block));
          expect(blocks.filter((block) => own.includes(block))).toEqual(there);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('changes of different blocks', () => {
  it.each([
    ['far apart', doc('a', 'b', 'c'), doc('A', 'b', 'c'), doc('a', 'b', 'C'), doc('A', 'b', 'C')],
    ['side by side', doc('a', 'b'), doc('A', 'b'), doc('a', 'B'), doc('A', 'B')],
    [
      'ticked tasks side by side',
      '- [ ] a\n- [ ] b\n',
      '- [x] a\n- [ ] b\n',
      '- [ ] a\n- [x] b\n',
      '- [x] a\n- [x] b\n',
    ],
    [
      'a changed last block and one added after it',
      doc('a', 'b'),
      doc('a', 'B'),
      doc('a', 'b', 'c'),
      doc('a', 'B', 'c'),
    ],
    [
      'a changed block and one added before it',
      doc('a', 'b'),
      doc('a', 'B'),
      doc('a', 'c', 'b'),
      doc('a', 'c', 'B'),
    ],
    [
      'a removed block and a change further on',
      doc('a', 'b', 'c', 'd'),
      doc('b', 'c', 'd'),
      doc('a', 'b', 'C', 'd'),
      doc('b', 'C', 'd'),
    ],
    [
      'the same block added by both',
      doc('a', 'b'),
      doc('a', 'x', 'b'),
      doc('a', 'x', 'b', 'c'),
      doc('a', 'x', 'b', 'c'),
    ],
    [
      'a line break added at the end',
      doc('a', 'b', 'c'),
      doc('A', 'b', 'c'),
      `${doc('a', 'b', 'c')}\n`,
      `${doc('A', 'b', 'c')}\n`,
    ],
    [
      'additions at the beginning and at the end',
      'a',
      doc('x', 'a'),
      doc('a', 'y'),
      doc('x', 'a', 'y'),
    ],
    [
      'an addition and lines that end as in Windows',
      'a\r\n\r\nb\r\n\r\nc',
      'A\r\n\r\nb\r\n\r\nc',
      'a\r\n\r\nb\r\n\r\nc\r\n\r\nd',
      'A\r\n\r\nb\r\n\r\nc\r\n\r\nd',
    ],
  ])('are merged: %s', (_name, base, mine, theirs, expected) => {
    expect(merged(base, mine, theirs)).toBe(expected);
  });
});

describe('what only a person can decide', () => {
  it.each([
    ['one block changed by both', doc('a', 'b', 'c'), doc('a', 'B', 'c'), doc('a', 'ß', 'c')],
    [
      'a block changed by one and removed by the other',
      doc('a', 'b', 'c'),
      doc('a', 'B', 'c'),
      doc('a', 'c'),
    ],
    ['blocks added by both at one place', doc('a', 'b'), doc('a', 'x', 'b'), doc('a', 'y', 'b')],
    [
      'a block split beside a changed one',
      doc('a b', 'c', 'd'),
      doc('a', 'b', 'c', 'd'),
      doc('a b', 'C', 'd'),
    ],
    ['a block removed beside a changed one', doc('a', 'b', 'c'), doc('b', 'c'), doc('a', 'B', 'c')],
    [
      'an addition inside a removed stretch',
      doc('a', 'b', 'c', 'd'),
      doc('a', 'd'),
      doc('a', 'b', 'x', 'c', 'd'),
    ],
    [
      'lines changed side by side without a blank line between',
      '# a\nb\n\nc',
      '# A\nb\n\nc',
      '# a\nB\n\nc',
    ],
    [
      'a block moved by one and changed by the other',
      doc('a', 'b', 'c', 'd'),
      doc('b', 'c', 'd', 'a'),
      doc('A', 'b', 'c', 'd'),
    ],
    [
      'a fence that one opens over what the other changes',
      doc('a', 'b', 'c'),
      doc('a', '```', 'b', 'c'),
      doc('a', 'b', 'C'),
    ],
    [
      'rows of one table',
      '| a |\n|---|\n| b |\n| c |',
      '| a |\n|---|\n| B |\n| c |',
      '| a |\n|---|\n| b |\n| C |',
    ],
  ])('is told: %s', (_name, base, mine, theirs) => {
    expect(overlaps(base, mine, theirs).some((chunk) => chunk.kind === 'overlap')).toBe(true);
  });

  it('comes with everything that needs no choice', () => {
    const base = doc('a', 'b', 'c', 'd', 'e');
    const chunks = overlaps(base, doc('A', 'b', 'C', 'd', 'e'), doc('a', 'b', 'ç', 'd', 'E'));
    expect(chunks).toEqual([
      { kind: 'settled', from: 'mine', text: 'A\n\n' },
      { kind: 'settled', from: 'both', text: 'b\n\n' },
      { kind: 'overlap', base: 'c\n\n', mine: 'C\n\n', theirs: 'ç\n\n' },
      { kind: 'settled', from: 'both', text: 'd\n\n' },
      { kind: 'settled', from: 'theirs', text: 'E' },
    ]);
  });

  it('becomes a text by a choice for each place', () => {
    const base = doc('a', 'b', 'c');
    const chunks = overlaps(base, doc('A', 'b', 'C'), doc('Ä', 'b', 'Ç'));
    const text = (...choices: MergeChoice[]) => resolveChunks(chunks, choices);
    expect(text('mine', 'mine')).toBe(doc('A', 'b', 'C'));
    expect(text('theirs', 'mine')).toBe(doc('Ä', 'b', 'C'));
    expect(text('both', 'both')).toBe(doc('A', 'Ä', 'b', 'C', 'Ç'));
  });

  it('never runs blocks together', () => {
    const chunks = overlaps('a', doc('a', 'mine'), doc('a', 'theirs', 'more'));
    expect(resolveChunks(chunks, ['both'])).toBe(doc('a', 'mine', 'theirs', 'more'));
    const items = overlaps('- a\n', '- a\n- b\n', '- a\n- c\n');
    expect(resolveChunks(items, ['both'])).toBe('- a\n- b\n- c\n');
  });

  it('without a common base is every difference', () => {
    fc.assert(
      fc.property(markdown(), markdown(), (mine, theirs) => {
        const chunks = compareMarkdown(mine, theirs);
        expect(
          resolveChunks(
            chunks,
            Array.from(chunks, () => 'theirs' as const),
          ).trim(),
        ).toBe(theirs.trim());
        for (const { text } of splitBlocks(mine).blocks) {
          expect(resolveChunks(chunks, [])).toContain(text);
        }
      }),
    );
  });
});

describe('hostile texts', () => {
  const size = 800_000;
  const random = (seed: number) => {
    let state = seed;
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state;
    };
  };
  const scattered = (seed: number, kinds: number) => {
    const next = random(seed);
    return Array.from({ length: size / 4 }, () => next() % kinds).join('\n\n');
  };
  it.each([
    [
      'thousands of equal lines',
      'a\n\n'.repeat(size / 3),
      'a\n\n'.repeat(size / 3 - 5_000),
      'a\n\n'.repeat(size / 3 + 9),
    ],
    ['nothing in common', scattered(1, 9), scattered(2, 9), scattered(3, 9)],
    [
      'long blocks that differ at their ends',
      `${'x'.repeat(799)}\n\n`.repeat(990),
      `${'x'.repeat(799)}y\n\n`.repeat(990),
      `${'x'.repeat(799)}z\n\n`.repeat(990),
    ],
    ['nested markers', '- '.repeat(size / 2), '> '.repeat(size / 2), '1. '.repeat(size / 3)],
    [
      'fences that never close',
      '```\n'.repeat(size / 4),
      '$$\n'.repeat(size / 3),
      '<!--\n'.repeat(size / 5),
    ],
    ['one line', 'x'.repeat(size), `${'x'.repeat(size)}y`, `z${'x'.repeat(size)}`],
  ])(
    'are merged or told in bounded work: %s',
    (_name, base, mine, theirs) => {
      const result = mergeMarkdown(base, mine, theirs);
      expect(['merged', 'overlap']).toContain(result.status);
    },
    30_000,
  );
});
