import { getQueryKey } from '@trpc/react-query';
import { describe, expect, it } from 'vitest';
import { trpc } from '../../trpc.js';
import { BOUNDS, type Kept, kindOf, MAX_AGE_MS, shortened, surplus } from './rules.js';

const NOW = 1_800_000_000_000;
const note = (hash: string, age: number, bytes = 1000): Kept => ({
  hash,
  kind: 'note',
  at: NOW - age,
  bytes,
});

describe('what is kept', () => {
  it('are notes and the lists that lead to them', () => {
    expect(kindOf(getQueryKey(trpc.articles.get, { id: 'a' }, 'query'))).toBe('note');
    expect(kindOf(getQueryKey(trpc.articles.list, {}, 'infinite'))).toBe('list');
    expect(kindOf(getQueryKey(trpc.notebooks.list, undefined, 'query'))).toBe('list');
    expect(kindOf(getQueryKey(trpc.tags.list, undefined, 'query'))).toBe('list');
  });

  it('is nothing that was searched for, nothing of administrators, no session', () => {
    for (const key of [
      getQueryKey(trpc.search.query, { q: 'tea' }, 'query'),
      getQueryKey(trpc.search.misses, undefined, 'query'),
      getQueryKey(trpc.auth.listSessions, undefined, 'query'),
      getQueryKey(trpc.admin.users.list, {}, 'infinite'),
      getQueryKey(trpc.invitations.list, {}, 'infinite'),
      getQueryKey(trpc.shares.list, { articleId: 'a' }, 'query'),
      ['save-runner', 'a'],
      ['articles.get'],
      [],
    ]) {
      expect(kindOf(key)).toBeNull();
    }
  });

  it('is of a long list its beginning', () => {
    const pages = [1, 2, 3, 4, 5].map((page) => ({ items: [page] }));
    const pageParams = [null, 'a', 'b', 'c', 'd'];
    expect(shortened({ pages, pageParams })).toEqual({
      pages: pages.slice(0, 3),
      pageParams: [null, 'a', 'b'],
    });
    expect(shortened([1, 2, 3, 4])).toEqual([1, 2, 3, 4]);
  });
});

describe('what has to go', () => {
  it('is nothing within the bounds', () => {
    expect(surplus([note('a', 1), note('b', 2)], NOW)).toEqual([]);
  });

  it('are the oldest beyond the count, of their kind only', () => {
    const notes = Array.from({ length: BOUNDS.note.count + 2 }, (_, i) => note(`n${i}`, i));
    const list: Kept = { hash: 'list', kind: 'list', at: NOW - 10_000, bytes: 10 };
    const expected = [`n${BOUNDS.note.count}`, `n${BOUNDS.note.count + 1}`];
    expect(surplus([list, ...notes].reverse(), NOW)).toEqual(expected);
  });

  it('is what is too large, and not what is older and small', () => {
    const half = BOUNDS.note.bytes / 2;
    const all = [note('new', 1, half), note('huge', 2, BOUNDS.note.bytes), note('old', 3, half)];
    expect(surplus(all, NOW)).toEqual(['huge']);
    expect(surplus([...all, note('older', 4, 1)], NOW)).toEqual(['huge', 'older']);
  });

  it('is what is older than a month', () => {
    expect(surplus([note('a', MAX_AGE_MS), note('b', MAX_AGE_MS + 1)], NOW)).toEqual(['b']);
  });
});
