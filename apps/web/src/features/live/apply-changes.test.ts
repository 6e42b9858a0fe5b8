import type { Article, LiveArticle, LiveChanges } from '@ainotebook/contract';
import { QueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { describe, expect, it } from 'vitest';
import { trpc } from '../../trpc.js';
import { setCachedArticle } from '../articles/article-cache.js';
import { applyChanges, takeAllAsChanged } from './apply-changes.js';
import { retryDelay } from './connect.js';

const changed = (rest: Partial<LiveArticle> = {}): LiveArticle => ({
  id: 'a',
  revision: 1,
  notebookId: null,
  status: 'draft',
  tags: [],
  isPinned: false,
  deletedAt: null,
  ...rest,
});

const article: Article = {
  ...changed(),
  title: 'a',
  content: 'text',
  contentHash: '',
  excerpt: '',
  wordCount: 1,
  openTasks: 0,
  indexedRevision: 1,
  views: 0,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  formerNotebook: null,
};

const NOTEBOOKS = getQueryKey(trpc.notebooks.list, undefined, 'query');
const NOTIFICATIONS = getQueryKey(trpc.notifications.unreadCount, undefined, 'query');
const ARTICLE = getQueryKey(trpc.articles.get, { id: 'a' }, 'query');
const SAVER = ['save-runner', 'a'];

/** A tab that shows the article; `openIds` are being edited in it. */
function tab(openIds: string[] = []) {
  const queryClient = new QueryClient();
  setCachedArticle(queryClient, article);
  for (const key of [NOTEBOOKS, NOTIFICATIONS, SAVER]) queryClient.setQueryData(key, {});
  const heard: [string, number][] = [];
  let looks = 0;
  let refreshes = 0;
  const parts = {
    queryClient,
    // Only what is asked of it here.
    sync: {
      heard: (id: string, revision: number) => void heard.push([id, revision]),
      peek: (id: string) => (openIds.includes(id) ? {} : null),
      lookAgain: () => {
        looks += 1;
      },
    } as unknown as Parameters<typeof applyChanges>[0]['sync'],
    refreshListsSoon: () => {
      refreshes += 1;
    },
  };
  return {
    parts,
    heard,
    looks: () => looks,
    refreshes: () => refreshes,
    apply: (changes: Partial<LiveChanges>) =>
      applyChanges(parts, { articles: [], lists: [], jobs: [], isPartial: false, ...changes }),
    isStale: (key: readonly unknown[]) => queryClient.getQueryState(key)?.isInvalidated,
    cached: () => queryClient.getQueryData<Article>(ARTICLE),
  };
}

describe('applyChanges', () => {
  it('asks for nothing that this tab has saved itself', () => {
    const { apply, heard, isStale, refreshes } = tab(['a']);
    apply({ articles: [changed()], lists: ['articles'] });
    expect(heard).toEqual([['a', 1]]);
    expect([ARTICLE, NOTEBOOKS, NOTIFICATIONS].map(isStale)).toEqual([false, false, false]);
    expect(refreshes()).toBe(1);
  });

  it('shows at once what is not text', () => {
    const { apply, cached } = tab();
    apply({ articles: [changed({ tags: ['tea'], isPinned: true })], lists: ['articles'] });
    expect(cached()).toMatchObject({ tags: ['tea'], isPinned: true, title: 'a', content: 'text' });
  });

  it('leaves a newer text to the saver of an open note, and asks for it where there is none', () => {
    const changes = { articles: [changed({ revision: 2 })] };
    const [open, shown] = [tab(['a']), tab()];
    open.apply(changes);
    shown.apply(changes);
    expect([open.isStale(ARTICLE), shown.isStale(ARTICLE)]).toEqual([false, true]);
    expect(open.heard).toEqual([['a', 2]]);
  });

  it('counts notebooks anew when an article came, went, was moved or deleted', () => {
    const cases = [[changed({ id: 'new' })], [changed({ notebookId: 'n' })], []];
    for (const articles of cases) {
      const { apply, isStale } = tab();
      apply({ articles, lists: ['articles'] });
      expect(isStale(NOTEBOOKS)).toBe(true);
    }
  });

  it('asks for the lists that are named', () => {
    const { apply, isStale, refreshes } = tab();
    apply({ lists: ['notifications'] });
    expect([NOTIFICATIONS, NOTEBOOKS].map(isStale)).toEqual([true, false]);
    expect(refreshes()).toBe(0);
  });

  it('shows how far work in the background is', () => {
    const { apply, parts } = tab();
    const job = {
      id: 'j',
      topic: 'export',
      status: 'running' as const,
      progress: { done: 1, total: 3 },
      attempt: 1,
      createdAt: new Date(0),
    };
    apply({ jobs: [job], lists: ['jobs'] });
    const key = getQueryKey(trpc.jobs.get, { id: 'j' }, 'query');
    expect(parts.queryClient.getQueryData(key)).toEqual(job);
  });

  it('takes everything for changed where more changed than is named', () => {
    const { apply, isStale, looks } = tab();
    apply({ articles: [changed()], isPartial: true });
    expect([ARTICLE, NOTEBOOKS, NOTIFICATIONS].map(isStale)).toEqual([true, true, true]);
    expect(looks()).toBe(1);
  });
});

describe('takeAllAsChanged', () => {
  it('leaves the savers alone', () => {
    const { parts, isStale } = tab();
    takeAllAsChanged(parts);
    expect(isStale(SAVER)).toBe(false);
  });
});

describe('retryDelay', () => {
  it('grows to a minute and never stands still', () => {
    expect(retryDelay(0, () => 0)).toBe(500);
    expect(retryDelay(3, () => 1)).toBe(8000);
    expect(retryDelay(50, () => 1)).toBe(60_000);
  });
});
