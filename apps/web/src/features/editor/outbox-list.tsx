import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { CloudCheck, Download, Send, SquarePen, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useApp } from '../../app-context.js';
import { downloadNote } from '../../lib/download.js';
import { errorText } from '../../lib/errors.js';
import { fullTime, relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { Badge } from '../../ui/badge.js';
import { Button, buttonClass } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { EmptyState, ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';
import type { OutboxItem } from './outbox.js';
import { useOutbox } from './use-outbox.js';

/** Every text that is on this device only, and what can be done about it. */
export function OutboxList() {
  const { data: items, isPending, isError, error, refetch } = useOutbox();
  if (isPending) {
    return (
      <Loading>
        <div className="grid gap-4 pt-4">
          <Skeleton className="h-20 w-full" />
          <Skeleton className="h-20 w-full" />
        </div>
      </Loading>
    );
  }
  if (isError) return <ErrorBlock error={error} onRetry={() => void refetch()} />;
  if (items.length === 0) {
    return (
      <EmptyState icon={<CloudCheck />} title={m.sync_empty_title()}>
        {m.sync_empty_text()}
      </EmptyState>
    );
  }
  return (
    <>
      <p className="pt-2 text-sm text-ink-2">{m.sync_intro()}</p>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <OutboxRow key={`${item.draft.articleId} ${item.draft.tabId}`} item={item} />
        ))}
      </ul>
    </>
  );
}

function OutboxRow({ item }: { item: OutboxItem }) {
  const { draft, holder, status } = item;
  const { sync } = useApp();
  const [isSending, setIsSending] = useState(false);
  const [isGivingUp, setIsGivingUp] = useState(false);
  const changedAt = new Date(draft.changedAt);
  const title = draft.title.trim() || m.article_untitled();

  async function send(): Promise<void> {
    setIsSending(true);
    await sync.sendNow(draft).catch(toastError);
    setIsSending(false);
    const left = await sync.outbox();
    const isLeft = left.some(
      (other) => other.draft.articleId === draft.articleId && other.draft.tabId === draft.tabId,
    );
    if (isLeft) toast(m.sync_still_here());
  }

  return (
    <li className="grid gap-2 py-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="min-w-0 truncate font-medium">{title}</h2>
        {draft.create && <Badge>{m.sync_new_note()}</Badge>}
        <Badge tone={TONES[status]}>{reasonOf(item)}</Badge>
      </div>
      <p className="line-clamp-2 text-sm break-words text-ink-2">{draft.content.slice(0, 300)}</p>
      <p className="text-xs text-ink-3 tabular-nums">
        <time dateTime={changedAt.toISOString()} title={fullTime(changedAt)}>
          {relativeTime(changedAt)}
        </time>
        {' · '}
        {sizeOf(draft.content)}
      </p>
      <div className="flex flex-wrap gap-2">
        {holder !== 'elsewhere' && status !== 'conflict' && (
          <Button size="sm" isBusy={isSending} onClick={() => void send()}>
            <Send aria-hidden className="size-3.5" />
            {m.sync_send()}
          </Button>
        )}
        {holder !== 'elsewhere' && (
          <Link
            to="/notes/$articleId"
            params={{ articleId: draft.articleId }}
            search={{}}
            className={buttonClass({
              size: 'sm',
              variant: status === 'conflict' ? 'primary' : 'outline',
            })}
          >
            <SquarePen aria-hidden className="size-3.5" />
            {m.sync_open()}
          </Link>
        )}
        <Button size="sm" onClick={() => downloadNote(draft)}>
          <Download aria-hidden className="size-3.5" />
          {m.common_download()}
        </Button>
        {holder !== 'elsewhere' && (
          <Button size="sm" variant="ghost" onClick={() => setIsGivingUp(true)}>
            <Trash2 aria-hidden className="size-3.5" />
            {m.sync_give_up()}
          </Button>
        )}
      </div>
      <GiveUpDialog
        isOpen={isGivingUp}
        title={title}
        isNew={draft.create !== null}
        onDownload={() => downloadNote(draft)}
        onClose={() => setIsGivingUp(false)}
        onConfirm={() => {
          setIsGivingUp(false);
          sync.giveUp(draft).then(() => toast.success(m.sync_given_up()), toastError);
        }}
      />
    </li>
  );
}

const TONES = {
  saved: 'plain',
  saving: 'plain',
  unsaved: 'plain',
  offline: 'warn',
  conflict: 'warn',
  failed: 'danger',
  unprotected: 'danger',
} as const;

function reasonOf({ holder, status, code }: OutboxItem): string {
  switch (status) {
    case 'conflict':
      return m.sync_conflict();
    case 'failed':
      return errorText(code ?? 'internal');
    case 'unprotected':
      return m.save_unprotected();
    case 'offline':
      return m.sync_offline();
    case 'saving':
      return m.save_saving();
    case 'saved':
    case 'unsaved':
      return holder === 'elsewhere' ? m.sync_elsewhere() : m.sync_unsaved();
  }
}

/** What the text takes on the wire. */
function sizeOf(content: string): string {
  const bytes = new TextEncoder().encode(content).length;
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

interface GiveUpDialogProps {
  isOpen: boolean;
  title: string;
  isNew: boolean;
  onDownload: () => void;
  onClose: () => void;
  onConfirm: () => void;
}

function GiveUpDialog(props: GiveUpDialogProps) {
  const { isOpen, title, isNew, onDownload, onClose, onConfirm } = props;
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={m.sync_give_up_title({ title })}
      description={isNew ? m.sync_give_up_new_text() : m.sync_give_up_text()}
      aside={
        <Button onClick={onDownload}>
          <Download aria-hidden className="size-4" />
          {m.common_download()}
        </Button>
      }
      confirmLabel={m.sync_give_up()}
      onConfirm={onConfirm}
    />
  );
}
