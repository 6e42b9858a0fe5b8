import { useNavigate } from '@tanstack/react-router';
import { useApp } from '../../app-context.js';
import { addToLists } from './article-cache.js';
import type { ArticleFilter } from './article-hooks.js';

interface NewNote {
  notebookId?: string | null;
  tags?: string[];
  title?: string;
  /** The list that stays beside the new note. */
  filter?: ArticleFilter;
}

/** Starts a note at once, here and in the lists; the server hears of it when it can. */
export function useNewNote() {
  const { sync, queryClient } = useApp();
  const navigate = useNavigate();
  return ({ notebookId = null, tags = [], title = '', filter = {} }: NewNote = {}) => {
    const id = sync.createNote({ notebookId, tags }, { title, content: '' });
    const now = new Date();
    addToLists(queryClient, {
      id,
      notebookId,
      title,
      excerpt: '',
      status: 'draft',
      tags,
      wordCount: 0,
      openTasks: 0,
      revision: 0,
      isPinned: false,
      views: 0,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
      formerNotebook: null,
    });
    void navigate({ to: '/notes/$articleId', params: { articleId: id }, search: filter });
  };
}
