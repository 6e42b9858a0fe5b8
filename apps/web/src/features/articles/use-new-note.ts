import { useNavigate } from '@tanstack/react-router';
import { useApp } from '../../app-context.js';
import { addToLists } from './article-cache.js';
import type { ArticleFilter } from './article-hooks.js';
import { splitQuickNote } from './quick-note.js';

interface NewNote {
  notebookId?: string | null;
  tags?: string[];
  title?: string;
  content?: string;
}

/** Starts a note at once, here and in the lists; the server hears of it when it can. Returns its id. */
function useStartNote() {
  const { sync, queryClient } = useApp();
  return ({ notebookId = null, tags = [], title = '', content = '' }: NewNote): string => {
    const id = sync.createNote({ notebookId, tags }, { title, content });
    const now = new Date();
    addToLists(queryClient, {
      id,
      notebookId,
      title,
      excerpt: content.slice(0, EXCERPT_LENGTH),
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
    return id;
  };
}
/** Until the server has made its own. */
const EXCERPT_LENGTH = 160;

/** Starts a note and opens it. Returns its id. */
export function useNewNote() {
  const start = useStartNote();
  const open = useOpenNote();
  /** @param filter the list that stays beside the new note */
  return ({ filter = {}, ...note }: NewNote & { filter?: ArticleFilter } = {}): string => {
    const id = start(note);
    open(id, filter);
    return id;
  };
}

/** Makes a note of a jotted text, here or opened. Returns its id and title. */
export function useQuickNote() {
  const start = useStartNote();
  const open = useOpenNote();
  return (text: string, { isOpened }: { isOpened: boolean }): { id: string; title: string } => {
    const note = splitQuickNote(text);
    const id = start(note);
    if (isOpened) open(id, {});
    return { id, title: note.title };
  };
}

function useOpenNote() {
  const navigate = useNavigate();
  return (articleId: string, filter: ArticleFilter) =>
    void navigate({ to: '/notes/$articleId', params: { articleId }, search: filter });
}
