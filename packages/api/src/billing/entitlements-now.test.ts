import type { PlanBenefits } from '@ainotebook/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { entitlementsNow, type Term } from './entitlements-now.js';

const nothing: PlanBenefits = {
  storageBytes: null,
  articles: null,
  aiTokensPerMonth: null,
  concurrentStreams: null,
  hasJobPriority: false,
  hasCustomDomain: false,
};

const term = (fields: Partial<Term> & { from: string }): Term => {
  const { from, ...more } = fields;
  return {
    planId: 'pro',
    name: 'Pro',
    benefits: nothing,
    period: 'month',
    grantedAt: new Date(from),
    revokedAt: null,
    ...more,
  };
};
/** Without those in their days of grace. */
const at = (terms: Term[], when: string) =>
  entitlementsNow(terms, new Date(when)).plans.filter(({ isInGrace }) => !isInGrace);
const endsAt = (terms: Term[], when: string) => at(terms, when)[0]?.endsAt?.toISOString() ?? null;

it('begins at once and ends to the millisecond', () => {
  const terms = [term({ from: '2026-01-15T08:00:00Z' })];
  expect(at(terms, '2026-01-15T07:59:59.999Z')).toEqual([]);
  expect(at(terms, '2026-01-15T08:00:00Z')).toHaveLength(1);
  expect(at(terms, '2026-02-15T07:59:59.999Z')).toHaveLength(1);
  expect(at(terms, '2026-02-15T08:00:00Z')).toEqual([]);
});

it('counts months by the calendar of Beijing', () => {
  expect(endsAt([term({ from: '2026-01-31T00:00:00Z' })], '2026-02-01T00:00:00Z')).toBe(
    '2026-02-28T00:00:00.000Z',
  );
  const year = term({ from: '2028-02-29T00:00:00Z', period: 'year' });
  expect(endsAt([year], '2028-03-01T00:00:00Z')).toBe('2029-02-28T00:00:00.000Z');
  // Two in the morning of the first of March, when it is still February in Greenwich.
  expect(endsAt([term({ from: '2027-03-01T02:00:00+08:00' })], '2027-03-10T00:00:00Z')).toBe(
    new Date('2027-04-01T02:00:00+08:00').toISOString(),
  );
});

it('counts terms without a gap from the day of the first, so that months end where a year does', () => {
  const months = (count: number) =>
    Array.from({ length: count }, () => term({ from: '2027-01-31T12:00:00+08:00' }));
  const last = (count: number) => endsAt(months(count), '2027-02-01T00:00:00Z');
  expect(last(3)).toBe(new Date('2027-04-30T12:00:00+08:00').toISOString());
  const year = term({ from: '2027-01-31T12:00:00+08:00', period: 'year' });
  expect(last(12)).toBe(endsAt([year], '2027-02-01T00:00:00Z'));
});

it('puts terms of one plan behind each other, whatever order they are read in', () => {
  const first = term({ from: '2026-01-01T00:00:00Z' });
  const second = term({ from: '2026-01-10T00:00:00Z', period: 'year' });
  expect(endsAt([second, first], '2026-01-20T00:00:00Z')).toBe('2027-02-01T00:00:00.000Z');
  // One that came after a gap does not fill it.
  const late = term({ from: '2026-06-01T00:00:00Z' });
  expect(at([first, late], '2026-05-01T00:00:00Z')).toEqual([]);
});

it('moves what follows up when a term is revoked, and never back', () => {
  const first = term({ from: '2026-01-01T00:00:00Z', revokedAt: new Date('2026-01-11T00:00:00Z') });
  const second = term({ from: '2026-01-05T00:00:00Z' });
  expect(endsAt([first, second], '2026-01-20T00:00:00Z')).toBe('2026-02-11T00:00:00.000Z');
  const unused = { ...second, revokedAt: new Date('2026-01-06T00:00:00Z') };
  expect(at([first, unused], '2026-01-12T00:00:00Z')).toEqual([]);
});

it('goes on for the days of grace when it ended by itself, and not when it was taken back', () => {
  const graceOf = (terms: Term[], when: string) =>
    entitlementsNow(terms, new Date(when)).plans.map(({ isInGrace }) => isInGrace);
  const first = term({ from: '2026-01-01T00:00:00Z' });
  expect(graceOf([first], '2026-01-31T23:59:59.999Z')).toEqual([false]);
  expect(graceOf([first], '2026-02-01T00:00:00Z')).toEqual([true]);
  expect(graceOf([first], '2026-02-03T23:59:59.999Z')).toEqual([true]);
  expect(graceOf([first], '2026-02-04T00:00:00Z')).toEqual([]);
  // Refunded before it began: what ended was the one before.
  const unused = term({
    from: '2026-01-20T00:00:00Z',
    revokedAt: new Date('2026-01-21T00:00:00Z'),
  });
  expect(graceOf([first, unused], '2026-02-02T00:00:00Z')).toEqual([true]);
  const refunded = { ...first, revokedAt: new Date('2026-01-10T00:00:00Z') };
  expect(graceOf([refunded], '2026-01-10T00:00:00Z')).toEqual([]);
  // Bought again within it: the new term begins then.
  const again = term({ from: '2026-02-02T00:00:00Z' });
  expect(graceOf([first, again], '2026-02-02T00:00:00Z')).toEqual([false]);
  expect(endsAt([first, again], '2026-02-02T00:00:00Z')).toBe('2026-03-02T00:00:00.000Z');
});

it('never ends a lifetime, but with its revocation', () => {
  const life = term({ from: '2026-01-01T00:00:00Z', period: 'lifetime' });
  const month = term({ from: '2026-01-02T00:00:00Z' });
  expect(at([life, month], '2999-01-01T00:00:00Z')[0]?.endsAt).toBeNull();
  const ended = { ...life, revokedAt: new Date('2026-03-01T00:00:00Z') };
  expect(endsAt([ended, month], '2026-03-02T00:00:00Z')).toBe('2026-04-01T00:00:00.000Z');
});

it('gives the most of several plans at once', () => {
  const big = { ...nothing, storageBytes: 100, hasJobPriority: true };
  const other = { ...nothing, storageBytes: 50, articles: 7 };
  const { benefits } = entitlementsNow(
    [
      term({ from: '2026-01-01T00:00:00Z', benefits: big }),
      term({ from: '2026-01-01T00:00:00Z', planId: 'max', benefits: other }),
    ],
    new Date('2026-01-02T00:00:00Z'),
  );
  expect(benefits).toEqual({ ...nothing, storageBytes: 100, hasJobPriority: true, articles: 7 });
});

it('gives as many months as were given, none twice and none lost', () => {
  const grants = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(grants, (days) => {
      const from = Date.UTC(2026, 0, 1);
      const terms = days.map((day) =>
        term({ from: new Date(from + day * 86_400_000).toISOString() }),
      );
      let months = 0;
      for (let hour = 0; hour < 24 * 31 * 12; hour += 12) {
        const { plans } = entitlementsNow(terms, new Date(from + hour * 3_600_000));
        months += plans.filter(({ isInGrace }) => !isInGrace).length / 2;
      }
      expect(months).toBeGreaterThanOrEqual(28 * days.length);
      expect(months).toBeLessThanOrEqual(31 * days.length);
    }),
    { numRuns: 30 },
  );
});
