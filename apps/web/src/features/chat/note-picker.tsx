import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { relativeTime } from '../../lib/time.js';
import { useDebounced } from '../../lib/use-debounced.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { Dialog } from '../../ui/dialog.js';
import { inputClass } from '../../ui/field.js';
import { EmptyState, ErrorBlock, Loading, Skeleton } from '../../ui/states.js';

const SHOWN = 30;

interface NotePickerProps {
  /** Ids of notes that are chosen at first. */
  initial: readonly string[];
  onPick: (ids: string[]) => void;
  onClose: () => void;
}

/** Chooses the notes that are asked: of the latest ones, or of those that are found. */
export function NotePicker({ initial, onPick, onClose }: NotePickerProps) {
  const [chosen, setChosen] = useState(initial);
  const [typed, setTyped] = useState('');
  const [isComposing, setIsComposing] = useState(false);
  const isFull = chosen.length >= LIMITS.retrievalScopeIds;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={m.chat_pick_title()}
      description={isFull ? m.chat_pick_full({ count: LIMITS.retrievalScopeIds }) : undefined}
      footer={
        <>
          <Button
            variant="ghost"
            disabled={chosen.length === 0}
            className="me-auto"
            onClick={() => setChosen([])}
          >
            {m.chat_pick_none()}
          </Button>
          <Button
            variant="primary"
            disabled={chosen.length === 0}
            onClick={() => {
              onPick([...chosen]);
              onClose();
            }}
          >
            {m.chat_pick_take({ count: chosen.length })}
          </Button>
        </>
      }
    >
      <input
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onCompositionStart={() => setIsComposing(true)}
        onCompositionEnd={() => setIsComposing(false)}
        placeholder={m.chat_pick_find()}
        aria-label={m.chat_pick_find()}
        className={cn(inputClass, 'mb-2 h-10')}
      />
      <Notes
        // Pinyin on its way to a word is no query yet.
        wanted={isComposing ? null : typed.trim()}
        chosen={chosen}
        isFull={isFull}
        onChoose={(id, is) =>
          setChosen(is ? [...chosen, id] : chosen.filter((other) => other !== id))
        }
      />
    </Dialog>
  );
}

interface NotesProps {
  wanted: string | null;
  chosen: readonly string[];
  isFull: boolean;
  onChoose: (id: string, isChosen: boolean) => void;
}

function Notes({ wanted, chosen, isFull, onChoose }: NotesProps) {
  const q = useDebounced(wanted, 140) ?? '';
  const found = trpc.search.query.useQuery(
    { q, limit: SHOWN },
    { enabled: q !== '', placeholderData: keepPreviousData },
  );
  const latest = trpc.articles.list.useQuery(
    { limit: SHOWN, isTrashed: false, sort: 'updatedAt' },
    { enabled: q === '' },
  );
  const asked = q === '' ? latest : found;
  if (asked.isError) {
    return <ErrorBlock error={asked.error} onRetry={() => void asked.refetch()} />;
  }
  const notes =
    q === ''
      ? latest.data?.items
      : found.data?.items.map(({ articleId, ...hit }) => ({ id: articleId, ...hit }));
  if (!notes) {
    return (
      <Loading>
        <Skeleton className="h-24 w-full" />
      </Loading>
    );
  }
  if (notes.length === 0) return <EmptyState title={m.search_nothing()} />;
  return (
    <ul aria-label={m.chat_pick_title()} className="-mx-2.5 min-h-80">
      {notes.map(({ id, title, updatedAt }) => (
        <li key={id}>
          <label className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 text-sm hover:bg-hover max-md:min-h-11">
            <input
              type="checkbox"
              checked={chosen.includes(id)}
              disabled={isFull && !chosen.includes(id)}
              onChange={(event) => onChoose(id, event.target.checked)}
              className="size-4 shrink-0 accent-accent"
            />
            <span className="min-w-0 flex-1 truncate">{title || m.article_untitled()}</span>
            <span aria-hidden className="shrink-0 text-xs text-ink-3">
              {relativeTime(updatedAt)}
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
