import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import {
  Archive,
  ArchiveRestore,
  CheckCheck,
  FolderInput,
  RotateCcw,
  Tag,
  Trash2,
  X,
} from 'lucide-react';
import { IconButton } from '../../ui/button.js';
import type { ArticleFilter } from './article-hooks.js';
import type { ListSelection } from './selection.js';

interface BulkBarProps {
  view: ArticleFilter['view'];
  selection: ListSelection;
  /** False while the server is asked: nothing is done twice. */
  isReady: boolean;
  onMove: () => void;
  onTag: () => void;
  onArchive: (isArchived: boolean) => void;
  onTrash: () => void;
  onRestore: () => void;
  onPurge: () => void;
}

/** What can be done with the selected notes, below their list. */
export function BulkBar({ view, selection, isReady, ...on }: BulkBarProps) {
  const count = selection.ids.size;
  const isFull = count >= LIMITS.bulkItems;
  return (
    <div className="animate-rise border-t border-line bg-paper px-2 py-1.5 shadow-pop">
      <div className="flex items-center gap-1 ps-2">
        <p role="status" className="min-w-0 flex-1 truncate text-[0.8125rem] font-medium">
          {m.select_count({ count })}
          {isFull && (
            <span className="ms-2 font-normal text-ink-3">
              {m.select_limit({ limit: LIMITS.bulkItems })}
            </span>
          )}
        </p>
        <IconButton label={m.select_all()} onClick={selection.selectAll}>
          <CheckCheck />
        </IconButton>
        <IconButton label={m.select_clear()} onClick={selection.clear}>
          <X />
        </IconButton>
      </div>
      <div role="toolbar" aria-label={m.select_bar()} className="flex items-center gap-1">
        {view === 'trash' ? (
          <>
            <IconButton label={m.trash_restore()} disabled={!isReady} onClick={on.onRestore}>
              <RotateCcw />
            </IconButton>
            <IconButton label={m.trash_purge()} disabled={!isReady} onClick={on.onPurge}>
              <Trash2 />
            </IconButton>
          </>
        ) : (
          <>
            <IconButton label={m.select_move()} disabled={!isReady} onClick={on.onMove}>
              <FolderInput />
            </IconButton>
            <IconButton label={m.select_tag()} disabled={!isReady} onClick={on.onTag}>
              <Tag />
            </IconButton>
            {view === 'archived' ? (
              <IconButton
                label={m.article_unarchive()}
                disabled={!isReady}
                onClick={() => on.onArchive(false)}
              >
                <ArchiveRestore />
              </IconButton>
            ) : (
              <IconButton
                label={m.article_archive()}
                disabled={!isReady}
                onClick={() => on.onArchive(true)}
              >
                <Archive />
              </IconButton>
            )}
            <IconButton label={m.article_trash()} disabled={!isReady} onClick={on.onTrash}>
              <Trash2 />
            </IconButton>
          </>
        )}
      </div>
    </div>
  );
}
