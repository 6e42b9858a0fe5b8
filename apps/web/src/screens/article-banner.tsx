import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { FilePlus2, RotateCcw, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { daysUntil } from '../lib/time.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/dialog-confirm.js';

interface ArticleBannerProps {
  deletedAt: Date | null;
  /** The server no longer knows the article, and there is unsaved text. */
  isGone: boolean;
  onRestore: () => void;
  onPurge: () => void;
  onSaveAsNew: () => void;
}

export function ArticleBanner(props: ArticleBannerProps) {
  const { deletedAt, isGone, onRestore, onSaveAsNew } = props;
  const [isAsking, setIsAsking] = useState(false);
  if (deletedAt) {
    const end = new Date(deletedAt.getTime() + LIMITS.trashDays * 86_400_000);
    return (
      <div className="mb-6 flex flex-wrap items-center gap-3 rounded-xl bg-warn-soft px-4 py-3 text-sm text-warn">
        <Trash2 aria-hidden className="size-4 shrink-0" />
        <span className="flex-1">{m.trash_banner({ count: daysUntil(end) })}</span>
        <Button size="sm" onClick={onRestore}>
          <RotateCcw aria-hidden className="size-3.5" />
          {m.trash_restore()}
        </Button>
        <Button size="sm" onClick={() => setIsAsking(true)}>
          {m.trash_purge()}
        </Button>
        <ConfirmDialog
          isOpen={isAsking}
          onClose={() => setIsAsking(false)}
          title={m.trash_purge_title()}
          description={m.trash_empty_text()}
          confirmLabel={m.trash_purge()}
          onConfirm={props.onPurge}
        />
      </div>
    );
  }
  if (!isGone) return null;
  return (
    <div
      role="alert"
      className="mb-6 flex flex-wrap items-center gap-3 rounded-xl bg-danger-soft px-4 py-3 text-sm text-danger"
    >
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <span className="flex-1">{m.article_gone()}</span>
      <Button size="sm" onClick={onSaveAsNew}>
        <FilePlus2 aria-hidden className="size-3.5" />
        {m.article_save_as_new()}
      </Button>
    </div>
  );
}
