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

/** The result, or the code of the refusal. */
const outcome = async (q: string): Promise<unknown> => {
  try {
    return (await alice.api.search.query({ q })).items.length;
  } catch (error) {
    return toAppError(error).code;
  }
};

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
    }
  });

  it('refuses NUL, half a surrogate pair and a query that is too long', async () => {
    expect(await outcome('a\0b')).toBe('bad_input');
    expect(await outcome('a\ud83d')).toBe('bad_input');
    expect(await outcome('字'.repeat(LIMITS.queryLength + 1))).toBe('bad_input');
    expect(await outcome('x '.repeat(10_000))).toBe('bad_input');
  });

  it('reads at most 20 words and says that it left some out', async () => {
    const q = Array.from({ length: 60 }, (_, i) => `w${i}`)
      .join(' ')
      .slice(0, LIMITS.queryLength);
    expect(await alice.api.search.query({ q })).toMatchObject({ items: [], isTruncated: true });
  });

  it.each([-1, 0, 1.5, Number.NaN, 51, 1e9])('refuses a limit of %d', async (limit) => {
    await expect(alice.api.search.query({ q: 'a', limit })).rejects.toMatchObject({
      cause: { code: 'bad_input' },
    });
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
        const found = await outcome(pieces.join('').slice(0, LIMITS.queryLength));
        expect(typeof found === 'number' || found === 'bad_input').toBe(true);
      }),
      { numRuns: 150, seed: 20_260_101 },
    );
  }, 60_000);
});
