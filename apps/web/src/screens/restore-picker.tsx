import type { ArticleSummary } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { commonHome, type Place, useRestoreInto } from '../features/articles/use-restore-into.js';
import { useNotebooks } from '../features/notebooks/notebook-hooks.js';
import { NotebookPicker } from '../features/notebooks/notebook-picker.js';

interface RestorePickerProps {
  /** All that come out of the trash. */
  ids: string[];
  /** Those among them whose notebook is gone. */
  lost: ArticleSummary[];
  onClose: () => void;
  onRestore?: () => void;
}

/** Asks where notes go whose notebook was deleted, and takes them out of the trash. */
export function RestorePicker({ ids, lost, onClose, onRestore }: RestorePickerProps) {
  const { data: notebooks = [] } = useNotebooks();
  const restoreInto = useRestoreInto();
  const name = commonHome(lost);
  const restore = (place: Place) => {
    const moved = lost.map(({ id }) => id);
    // What goes wrong is said by the mutations themselves.
    void restoreInto(ids, moved, place).catch(() => undefined);
    onRestore?.();
  };
  const anew = name !== null && {
    label: m.trash_restore_anew({ name }),
    onPick: () => restore({ name }),
  };
  return (
    <NotebookPicker
      isOpen
      title={m.trash_restore_into()}
      notebooks={notebooks}
      rootLabel={m.article_no_notebook()}
      anew={anew}
      onClose={onClose}
      onPick={(notebookId) => restore({ notebookId })}
    />
  );
}
