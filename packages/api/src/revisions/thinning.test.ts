import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revisionsToThin, type ThinnableRevision } from './thinning.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
// A whole week since 1970, so that stretches begin at round ages.
const NOW = 2950 * 7 * DAY;

function revision(ageMs: number, more: Partial<ThinnableRevision> = {}): ThinnableRevision {
  const createdAt = new Date(NOW - ageMs);
  return { id: `${ageMs}`, kind: 'save', name: null, isLive: false, createdAt, ...more };
}

function keptAges(ages: number[], at = NOW): number[] {
  const rows = ages.toSorted((a, b) => a - b).map((age) => revision(age));
  const gone = new Set(revisionsToThin(rows, new Date(at)));
  return rows.filter((row) => !gone.has(row.id)).map((row) => Number(row.id));
}

const every = (stepMs: number, from: number, to: number) =>
  Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, i) => from + (i + 1) * stepMs);

describe('revisionsToThin', () => {
  it('keeps all of the last hour', () => {
    expect(keptAges(every(MINUTE, 0, HOUR))).toHaveLength(60);
  });

  it('keeps one for ten minutes of a day, one an hour of a week, one a day of 90 days, one a week beyond', () => {
    const kept = keptAges([0, ...every(MINUTE, HOUR, 200 * DAY)]);
    const within = (from: number, to: number) =>
      kept.filter((age) => age > from && age <= to).length;
    expect(within(HOUR, DAY)).toBe(23 * 6);
    expect(within(DAY, 7 * DAY)).toBe(6 * 24);
    expect(within(7 * DAY, 90 * DAY)).toBe(83);
    // 110 days, the first stretch of which has begun before.
    expect(within(90 * DAY, 200 * DAY)).toBe(16);
  });

  it('keeps what is named, was published, is live or is the newest, whatever its age', () => {
    const old = 400 * DAY;
    const rows = [
      revision(old, { id: 'newest' }),
      revision(old + 1, { id: 'plain' }),
      revision(old + 2, { id: 'named', name: 'v1' }),
      revision(old + 3, { id: 'published', kind: 'publish' }),
      revision(old + 4, { id: 'live', isLive: true }),
      revision(old + 5, { id: 'restored', kind: 'restore' }),
    ];
    expect(revisionsToThin(rows, new Date(NOW))).toEqual(['plain', 'restored']);
  });

  it('keeps losing texts of conflicts for 30 days, all of them, and named ones for good', () => {
    const rows = [
      revision(1, { id: 'save' }),
      revision(29 * DAY, { id: 'a', kind: 'conflict' }),
      revision(29 * DAY + 1, { id: 'b', kind: 'conflict' }),
      revision(31 * DAY, { id: 'c', kind: 'conflict' }),
      revision(31 * DAY, { id: 'd', kind: 'conflict', name: 'mine' }),
    ];
    expect(revisionsToThin(rows, new Date(NOW))).toEqual(['c']);
  });

  const rows = fc
    .array(
      fc.record({
        age: fc.oneof(fc.nat(2 * HOUR), fc.nat(2 * DAY), fc.nat(10 * DAY), fc.nat(200 * DAY)),
        kind: fc.constantFrom(
          'save' as const,
          'restore' as const,
          'publish' as const,
          'conflict' as const,
        ),
        name: fc.option(fc.constant('name'), { freq: 8 }),
      }),
      { minLength: 1, maxLength: 60 },
    )
    .map((list) =>
      list
        .toSorted((a, b) => a.age - b.age)
        .map(({ age, kind, name }, i) => revision(age, { id: `${i}`, kind, name })),
    );

  it('leaves the same whether it ran in between or not', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat(150 * DAY), { maxLength: 4 }), (all, waits) => {
        let [at, left] = [NOW, all];
        for (const wait of waits) {
          const gone = new Set(revisionsToThin(left, new Date(at)));
          left = left.filter((row) => !gone.has(row.id));
          at += wait;
        }
        const ids = (list: ThinnableRevision[]) => {
          const gone = new Set(revisionsToThin(list, new Date(at)));
          return list.filter((row) => !gone.has(row.id)).map((row) => row.id);
        };
        expect(ids(left)).toEqual(ids(all));
      }),
      { numRuns: 500, seed: 20260103 },
    );
  });

  it('never takes the newest, a named, a published or a fresh one', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const gone = new Set(revisionsToThin(all, new Date(NOW)));
        const newest = all.find((row) => row.kind !== 'conflict');
        for (const row of all) {
          const age = NOW - row.createdAt.getTime();
          if (row === newest || row.name || row.kind === 'publish' || age <= HOUR) {
            expect(gone.has(row.id)).toBe(false);
          }
        }
      }),
      { numRuns: 500, seed: 20260104 },
    );
  });
});
