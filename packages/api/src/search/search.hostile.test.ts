import { LIMITS } from '@ainotebook/contract';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { toAppError } from '../errors.js';
import { type TestUser, useApi } from '../test-support.js';
import { indexArticle } from './indexing.js';

const t = useApi();
let alice: TestUser;

beforeAll(async () => {
  alice = await t.user();
  for (const content of ["it's a 'quoted' \\ back% _ text 😀", 'the and of 我 的 是']) {
    const { id } = await alice.api.articles.create({ title: 'x', content });
    await indexArticle(t.services().db, id);
  }
});

/** The number of hits, or the code of the refusal. */
const outcomeOf = async (answer: Promise<{ items: unknown[] }>): Promise<unknown> => {
  try {
    return (await answer).items.length;
  } catch (error) {
    return toAppError(error).code;
  }
};
const outcome = (q: string) => outcomeOf(alice.api.search.query({ q }));
const titleOutcome = (q: string) => outcomeOf(alice.api.search.titles({ q }));

describe('a query is never more than words', () => {
  it.each([
    "'; drop table articles; --",
    "'",
    "''''",
    '"',
    '"""',
    '\\',
    "\\'",
    '%',
    '_',
    ':*',
    'a:*',
    "'a':*",
    '& | ! ( )',
    '!!a',
    '((((((((',
    'a & | b',
    '<->',
    'a <2> b',
    '@00000000000000000000000000000000',
    "' | '@",
    '-',
    '--a',
    '-"',
    'tag:',
    'tag:"',
    'is:everything',
    'before:2026-99-99',
    'after:0000-00-00',
    'before:9999-12-31 is:draft',
    'notebook:%',
  ])('answers %j', async (q) => {
    expect(typeof (await outcome(q))).toBe('number');
    expect(typeof (await titleOutcome(q))).toBe('number');
  });

  it('takes no character of a title for a pattern', async () => {
    for (const title of ['100% sure', 'snake_case', 'back\\slash', "it's"]) {
      const { id } = await alice.api.articles.create({ title });
      await indexArticle(t.services().db, id);
    }
    const titles = async (q: string) =>
      (await alice.api.search.titles({ q })).items.map(({ title }) => title);
    expect(await titles('0%')).toEqual(['100% sure']);
    expect(await titles('%sure')).toEqual([]);
    expect(await titles('e_c')).toEqual(['snake_case']);
    expect(await titles('n_k')).toEqual([]);
    expect(await titles('\\')).toEqual(['back\\slash']);
    expect(await titles("t's")).toEqual(["it's"]);
  });

  it('answers emoji, stop words, empty and blank queries', async () => {
    for (const q of [
      '😀',
      '👩‍👩‍👧‍👦',
      '\u200d',
      '',
      '   ',
      '，。！',
      '的',
      '我的',
      'the',
      'the and of',
    ]) {
      expect(typeof (await outcome(q)), q).toBe('number');
      expect(typeof (await titleOutcome(q)), q).toBe('number');
    }
  });

  it('refuses NUL, half a surrogate pair and a query that is too long', async () => {
    expect(await outcome('a\0b')).toBe('bad_input');
    expect(await outcome('a\ud83d')).toBe('bad_input');
    expect(await outcome('字'.repeat(LIMITS.queryLength + 1))).toBe('bad_input');
    expect(await outcome('x '.repeat(10_000))).toBe('bad_input');
    expect(await outcome('x'.repeat(1_000_000))).toBe('bad_input');
    expect(await titleOutcome('a\0b')).toBe('bad_input');
    expect(await titleOutcome('a\ud83d')).toBe('bad_input');
    expect(await titleOutcome('a\nb')).toBe('bad_input');
    expect(await titleOutcome('字'.repeat(LIMITS.titleLength + 1))).toBe('bad_input');
    expect(await titleOutcome('x'.repeat(1_000_000))).toBe('bad_input');
    for (const query of ['a\0b', 'a\ud83d', '字'.repeat(LIMITS.queryLength + 1)]) {
      await expect(alice.api.search.forgetMisses({ query })).rejects.toMatchObject({
        cause: { code: 'bad_input' },
      });
    }
  });

  it('reads at most 20 words and says that it left some out', async () => {
    const q = Array.from({ length: 60 }, (_, i) => `w${i}`)
      .join(' ')
      .slice(0, LIMITS.queryLength);
    expect(await alice.api.search.query({ q })).toMatchObject({ items: [], isTruncated: true });
  });

  it.each([-1, 0, 1.5, Number.NaN, 101, 1e9])('refuses a limit of %d', async (limit) => {
    const refused = { cause: { code: 'bad_input' } };
    await expect(alice.api.search.query({ q: 'a', limit })).rejects.toMatchObject(refused);
    await expect(alice.api.search.titles({ q: 'a', limit })).rejects.toMatchObject(refused);
  });

  it('knows no other field, no cursor among them', async () => {
    for (const field of ['cursor', 'userId', 'offset', '__proto__', 'constructor']) {
      const forged: { q: string } = JSON.parse(`{"q":"a","${field}":"x"}`);
      expect(await outcomeOf(alice.api.search.query(forged)), field).toBe('bad_input');
      expect(await outcomeOf(alice.api.search.titles(forged)), field).toBe('bad_input');
    }
  });

  it('answers many one-character queries at once', async () => {
    const answers = await Promise.all([...'的是我有和人这中大为上个国'].map(outcome));
    for (const answer of answers) expect(typeof answer).toBe('number');
  });

  it('shows nothing of what only another user has, corrections and titles included', async () => {
    const mallory = await t.user();
    const { id } = await alice.api.articles.create({
      title: '机密计划 blueprint',
      content: 'zirconium 绝密',
    });
    await indexArticle(t.services().db, id);
    for (const q of ['机密', 'jmjh', 'jimi', 'blueprnit', 'zirconum', 'zirconium', '绝密']) {
      expect(await mallory.api.search.query({ q }), q).toMatchObject({
        items: [],
        candidateCount: 0,
        correction: null,
      });
      expect(await mallory.api.search.titles({ q }), q).toEqual({ items: [] });
    }
    expect(await outcome('jmjh')).toBe(1);
    expect(await outcome('zirconum')).toBe(1);
  });

  it('never fails on any string', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        "'",
        '\\',
        '"',
        ':*',
        '&',
        '|',
        '!',
        '(',
        ')',
        '<->',
        '-',
        'tag:',
        'is:',
        '字',
        '@',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const q = pieces.join('').slice(0, LIMITS.queryLength);
        for (const found of [await outcome(q), await titleOutcome(q)]) {
          expect(typeof found === 'number' || found === 'bad_input').toBe(true);
        }
      }),
      { numRuns: 150, seed: 20_260_101 },
    );
  }, 60_000);
});
