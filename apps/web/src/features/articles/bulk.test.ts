import type { ArticleSummary } from '@ainotebook/contract';
import { describe, expect, it } from 'vitest';
import { changeOf, undoOf } from './bulk.js';

const item = (id: string, rest: Partial<ArticleSummary> = {}): ArticleSummary => ({
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

describe('an action on many notes', () => {
  it('adds a tag once, whatever its case, and takes it off', () => {
    const tagged = item('a', { tags: ['Tea'] });
    const ids = ['a'];
    expect(changeOf({ action: 'addTags', ids, tags: ['tea', 'new'] }, tagged).tags).toEqual([
      'Tea',
      'new',
    ]);
    expect(changeOf({ action: 'removeTags', ids, tags: ['TEA'] }, tagged).tags).toEqual([]);
  });

  it('is undone by moving each note to where it was', () => {
    const before = [item('a', { notebookId: 'x' }), item('b'), item('c', { notebookId: 'x' })];
    expect(undoOf({ action: 'move', ids: ['a', 'b', 'c'], notebookId: 'y' }, before)).toEqual([
      { action: 'move', notebookId: 'x', ids: ['a', 'c'] },
      { action: 'move', notebookId: null, ids: ['b'] },
    ]);
  });

  it('is undone without touching what it left alone', () => {
    const before = [item('a', { tags: ['Tea'] }), item('b'), item('c', { status: 'archived' })];
    const ids = ['a', 'b', 'c'];
    expect(undoOf({ action: 'addTags', ids, tags: ['tea'] }, before)).toEqual([
      { action: 'removeTags', tags: ['tea'], ids: ['b', 'c'] },
    ]);
    expect(undoOf({ action: 'removeTags', ids, tags: ['tea'] }, before)).toEqual([
      { action: 'addTags', tags: ['tea'], ids: ['a'] },
    ]);
    expect(undoOf({ action: 'archive', ids, isArchived: true }, before)).toEqual([
      { action: 'archive', isArchived: false, ids: ['a', 'b'] },
    ]);
  });

  it('that cannot be undone offers nothing', () => {
    expect(undoOf({ action: 'purge', ids: ['a'] }, [item('a')])).toEqual([]);
    expect(undoOf({ action: 'trash', ids: ['a'] }, [])).toEqual([]);
  });
});
