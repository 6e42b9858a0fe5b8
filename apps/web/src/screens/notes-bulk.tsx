import type { ArticleSummary, Notebook } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useState } from 'react';
import type { ArticleFilter } from '../features/articles/article-hooks.js';
import { BulkBar } from '../features/articles/bulk-bar.js';
import type { useBulkAction } from '../features/articles/bulk-hooks.js';
import type { ListSelection } from '../features/articles/selection.js';
import { homeless } from '../features/articles/use-restore-into.js';
import { NotebookPicker } from '../features/notebooks/notebook-picker.js';
import { BulkTagDialog } from '../features/tags/bulk-tag-dialog.js';
import { ConfirmDialog } from '../ui/dialog-confirm.js';
import { RestorePicker } from './restore-picker.js';

interface SelectionActionsProps {
  view: ArticleFilter['view'];
  selection: ListSelection;
  /** What the list shows; those that are selected are among them. */
  articles: ArticleSummary[];
  bulk: ReturnType<typeof useBulkAction>;
  notebooks: Notebook[];
}

/** The bar of the selected notes with the dialogs it opens. */
export function SelectionActions({
  view,
  selection,
  articles,
  bulk,
  notebooks,
}: SelectionActionsProps) {
  const [dialog, setDialog] = useState<'move' | 'tag' | 'purge' | 'restore' | null>(null);
  const ids = [...selection.ids];
  const close = () => setDialog(null);
  const lost = homeless(articles.filter(({ id }) => selection.ids.has(id)));
  const act: typeof bulk.mutate = (input, options) => {
    bulk.mutate(input, options);
    selection.clear();
  };
  return (
    <>
      <BulkBar
        view={view}
        selection={selection}
        isReady={!bulk.isPending}
        onMove={() => setDialog('move')}
        onTag={() => setDialog('tag')}
        onArchive={(isArchived) => act({ action: 'archive', ids, isArchived })}
        onTrash={() => act({ action: 'trash', ids })}
        onRestore={() => (lost.length > 0 ? setDialog('restore') : act({ action: 'restore', ids }))}
        onPurge={() => setDialog('purge')}
      />
      {dialog === 'move' && (
        <NotebookPicker
          isOpen
          title={m.article_move_title()}
          notebooks={notebooks}
          value={null}
          rootLabel={m.article_no_notebook()}
          onClose={close}
          onPick={(notebookId) => act({ action: 'move', ids, notebookId })}
        />
      )}
      {dialog === 'restore' && (
        <RestorePicker ids={ids} lost={lost} onClose={close} onRestore={selection.clear} />
      )}
      {dialog === 'tag' && (
        <BulkTagDialog
          count={ids.length}
          onClose={close}
          onAdd={(tag) => act({ action: 'addTags', ids, tags: [tag] })}
          onRemove={(tag) => act({ action: 'removeTags', ids, tags: [tag] })}
        />
      )}
      {dialog === 'purge' && (
        <ConfirmDialog
          onClose={close}
          title={m.select_trash_title({ count: ids.length })}
          description={m.trash_empty_text()}
          confirmLabel={m.trash_purge()}
          onConfirm={() => {
            close();
            act({ action: 'purge', ids });
          }}
        />
      )}
    </>
  );
}
