import type { ArticleSummary } from '@ainotebook/contract';
import { QueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { describe, expect, it } from 'vitest';
import { trpc } from '../../trpc.js';
import {
  addToLists,
  changeInLists,
  dropFromLists,
  listedArticles,
  patchInLists,
  snapshot,
} from './article-cache.js';

const summary = (id: string, rest: Partial<ArticleSummary> = {}): ArticleSummary => ({
  id,
  notebookId: null,
  title: id,
  excerpt: '',
  status: 'draft',
  tags: [],
  wordCount: 0,
  openTasks: 0,
  revision: 1,
  isPinned: false,
  views: 0,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  deletedAt: null,
  formerNotebook: null,
  ...rest,
});

type Input = { limit: number; isTrashed: boolean; sort: 'updatedAt'; notebookId?: string };
const input: Input = { limit: 40, isTrashed: false, sort: 'updatedAt' };
const key = (rest: Partial<Input> = {}) =>
  getQueryKey(trpc.articles.list, { ...input, ...rest }, 'infinite');

function cache() {
  const client = new QueryClient();
  const pages = {
    pageParams: [null],
    pages: [{ items: [summary('a'), summary('b')], nextCursor: null }],
  };
  client.setQueryData(key(), pages);
  client.setQueryData(key({ isTrashed: true }), {
    ...pages,
    pages: [{ items: [], nextCursor: null }],
  });
  client.setQueryData(key({ notebookId: 'n' }), {
    ...pages,
    pages: [{ items: [], nextCursor: null }],
  });
  // The palette's short list of what was changed last.
  client.setQueryData(getQueryKey(trpc.articles.list, input, 'query'), {
    items: [summary('a')],
    nextCursor: null,
  });
  const ids = (rest: Partial<Input> = {}) =>
    client
      .getQueryData<{ pages: { items: ArticleSummary[] }[] }>(key(rest))
      ?.pages.flatMap((page) => page.items.map((item) => item.title));
  return { client, ids };
}

describe('cached lists', () => {
  it('change an article in place, beside lists of another shape', () => {
    const { client, ids } = cache();
    patchInLists(client, 'b', { title: 'new name' });
    expect(ids()).toEqual(['a', 'new name']);
  });

  it('take a new note only where it belongs', () => {
    const { client, ids } = cache();
    addToLists(client, summary('c', { notebookId: 'n' }));
    expect(ids()).toEqual(['c', 'a', 'b']);
    expect(ids({ notebookId: 'n' })).toEqual(['c']);
    expect(ids({ isTrashed: true })).toEqual([]);
  });

  it('lose an article that belongs there no longer', () => {
    const { client, ids } = cache();
    addToLists(client, summary('c', { notebookId: 'n', tags: ['茶'] }));
    changeInLists(client, new Set(['a', 'c']), (item) => ({ ...item, notebookId: 'other' }));
    expect(ids()).toEqual(['c', 'a', 'b']);
    expect(ids({ notebookId: 'n' })).toEqual([]);
    expect(listedArticles(client, new Set(['c'])).get('c')?.notebookId).toBe('other');
    patchInLists(client, 'a', { deletedAt: new Date(0) });
    expect(ids()).toEqual(['c', 'b']);
  });

  it('are put back as they were when a change fails', async () => {
    const { client, ids } = cache();
    const undo = await snapshot(client, 'a');
    dropFromLists(client, 'a');
    expect(ids()).toEqual(['b']);
    undo();
    expect(ids()).toEqual(['a', 'b']);
  });
});
