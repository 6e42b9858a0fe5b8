import type { RevisionSummary } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Bookmark, ChevronLeft, History, RotateCcw, Sparkles } from 'lucide-react';
import { useState } from 'react';
import { clockTime, dayName } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button, IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { Dialog } from '../../ui/dialog.js';
import { inputLook } from '../../ui/field.js';
import { EmptyState, ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { AiPassages } from './ai-passages.js';
import { DiffText } from './diff-text.js';

interface HistoryPanelProps {
  articleId: string;
  currentRevision: number;
  onClose: () => void;
  /** Called after a restore, when the server has another text. */
  onRestored: () => Promise<unknown>;
  onBeforeRestore: () => Promise<unknown>;
}

/** Chosen in place of a revision. */
const OF_AI = 'ai';

/** Former texts by day, what changed since, and the way back. */
export function HistoryPanel(props: HistoryPanelProps) {
  const { articleId, onClose } = props;
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const list = trpc.revisions.list.useInfiniteQuery(
    { articleId, limit: 50 },
    { getNextPageParam: (page) => page.nextCursor, staleTime: 0 },
  );
  const { data: provenance } = trpc.provenance.get.useQuery({ articleId }, { staleTime: 0 });
  const hasPassages = provenance !== undefined && provenance.spans.length > 0;
  const isOfAi = selectedId === OF_AI && hasPassages;
  const revisions = list.data?.pages.flatMap((page) => page.items) ?? [];
  const selected = revisions.find((revision) => revision.id === selectedId) ?? null;
  return (
    <Dialog isOpen kind="sheet" size="xl" onClose={onClose} title={m.history_title()}>
      <div className="grid h-full gap-5 md:grid-cols-[17rem_1fr]">
        <div className={cn('min-h-0 overflow-y-auto', (selected || isOfAi) && 'max-md:hidden')}>
          {hasPassages && (
            <button
              type="button"
              aria-pressed={isOfAi}
              onClick={() => setSelectedId(OF_AI)}
              className="mb-4 flex w-full items-center gap-2 rounded-lg px-2.5 py-2 text-start text-sm hover:bg-hover aria-pressed:bg-accent-soft max-md:min-h-11"
            >
              <Sparkles aria-hidden className="size-4 text-ink-3" />
              {m.origin_title()}
              <span className="ms-auto text-xs text-ink-3">
                {m.origin_percent({ percent: provenance.percent })}
              </span>
            </button>
          )}
          {list.isPending && (
            <Loading>
              <div className="grid gap-3">
                <Skeleton className="h-12 w-full" />
                <Skeleton className="h-12 w-full" />
                <Skeleton className="h-12 w-full" />
              </div>
            </Loading>
          )}
          {list.isError && <ErrorBlock error={list.error} onRetry={() => void list.refetch()} />}
          {list.data && revisions.length <= 1 && (
            <EmptyState icon={<History />} title={m.history_empty_title()}>
              {m.history_empty_text()}
            </EmptyState>
          )}
          <RevisionList
            revisions={revisions}
            current={props.currentRevision}
            selectedId={selectedId}
            onSelect={setSelectedId}
          />
          {list.hasNextPage && (
            <Button
              variant="ghost"
              size="sm"
              isBusy={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {m.common_more()}
            </Button>
          )}
        </div>
        <div className={cn('min-w-0', !selected && !isOfAi && 'max-md:hidden')}>
          {isOfAi && <AiPassages provenance={provenance} onBack={() => setSelectedId(null)} />}
          {selected ? (
            <RevisionView
              key={selected.id}
              revision={selected}
              onBack={() => setSelectedId(null)}
              onBeforeRestore={props.onBeforeRestore}
              onRestored={async () => {
                await props.onRestored();
                onClose();
              }}
            />
          ) : (
            !isOfAi &&
            revisions.length > 1 && (
              <p className="grid h-full place-content-center text-sm text-ink-3">
                {m.history_choose()}
              </p>
            )
          )}
        </div>
      </div>
    </Dialog>
  );
}

interface RevisionListProps {
  revisions: RevisionSummary[];
  current: number;
  selectedId: string | null;
  onSelect: (id: string) => void;
}

function RevisionList({ revisions, current, selectedId, onSelect }: RevisionListProps) {
  const days: { day: string; revisions: RevisionSummary[] }[] = [];
  for (const revision of revisions) {
    const day = dayName(revision.createdAt);
    const last = days.at(-1);
    if (last?.day === day) last.revisions.push(revision);
    else days.push({ day, revisions: [revision] });
  }
  return days.map(({ day, revisions: ofDay }) => (
    <section key={day} className="mb-4">
      <h3 className="px-2.5 pb-1 text-xs text-ink-3">{day}</h3>
      <ul className="grid gap-px">
        {ofDay.map((revision) => (
          <li key={revision.id}>
            <button
              type="button"
              aria-pressed={revision.id === selectedId}
              onClick={() => onSelect(revision.id)}
              className="grid w-full gap-0.5 rounded-lg px-2.5 py-2 text-start hover:bg-hover aria-pressed:bg-accent-soft"
            >
              <span className="flex items-center gap-2 text-sm">
                <span className="tabular-nums">{clockTime(revision.createdAt)}</span>
                <RevisionBadge revision={revision} isCurrent={revision.number === current} />
              </span>
              <span className="truncate text-xs text-ink-3">
                {revision.name ?? revision.title}
                {' · '}
                {m.page_words({ count: revision.wordCount })}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  ));
}

function RevisionBadge({ revision, isCurrent }: { revision: RevisionSummary; isCurrent: boolean }) {
  if (revision.kind === 'conflict') return <Badge tone="warn">{m.history_kind_conflict()}</Badge>;
  if (isCurrent) return <Badge tone="accent">{m.history_current()}</Badge>;
  if (revision.name) {
    return (
      <Badge tone="good">
        <Bookmark aria-hidden />
        {m.history_named()}
      </Badge>
    );
  }
  if (revision.kind === 'restore') return <Badge>{m.history_kind_restore()}</Badge>;
  if (revision.kind === 'publish') return <Badge tone="good">{m.history_kind_publish()}</Badge>;
  return (
    <span className="text-xs text-ink-3">{m.history_number({ number: revision.number })}</span>
  );
}

interface RevisionViewProps {
  revision: RevisionSummary;
  onBack: () => void;
  onBeforeRestore: () => Promise<unknown>;
  onRestored: () => Promise<unknown>;
}

function RevisionView({ revision, onBack, onBeforeRestore, onRestored }: RevisionViewProps) {
  const utils = trpc.useUtils();
  const [isTextOnly, setIsTextOnly] = useState(false);
  const [isRestoring, setIsRestoring] = useState(false);
  const diff = trpc.revisions.diff.useQuery({ fromId: revision.id, toId: null });
  const full = trpc.revisions.get.useQuery({ id: revision.id }, { enabled: isTextOnly });
  const restore = trpc.revisions.restore.useMutation();
  const name = trpc.revisions.name.useMutation({
    onError: toastError,
    onSettled: () => utils.revisions.list.invalidate(),
  });

  async function onRestore(): Promise<void> {
    setIsRestoring(true);
    try {
      await onBeforeRestore();
      await restore.mutateAsync({ id: revision.id });
      await onRestored();
    } catch (error) {
      toastError(error);
      setIsRestoring(false);
    }
  }

  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <IconButton label={m.common_back()} onClick={onBack} className="md:hidden">
          <ChevronLeft />
        </IconButton>
        <input
          aria-label={m.history_name()}
          placeholder={m.history_name_placeholder()}
          defaultValue={revision.name ?? ''}
          maxLength={LIMITS.revisionNameLength}
          onBlur={(event) => {
            const next = event.target.value.trim() || null;
            if (next !== revision.name) name.mutate({ id: revision.id, data: { name: next } });
          }}
          className={cn(inputLook, 'h-9 w-auto min-w-40 flex-1 text-sm max-md:h-11')}
        />
        <Button size="sm" aria-pressed={isTextOnly} onClick={() => setIsTextOnly(!isTextOnly)}>
          {isTextOnly ? m.history_show_changes() : m.history_show_text()}
        </Button>
        <Button size="sm" variant="primary" isBusy={isRestoring} onClick={() => void onRestore()}>
          <RotateCcw aria-hidden className="size-3.5" />
          {m.history_restore()}
        </Button>
      </div>
      <p className="text-[0.8125rem] text-ink-3">
        {isTextOnly ? m.history_text_hint() : m.history_diff_hint()}
      </p>
      {diff.isError && <ErrorBlock error={diff.error} onRetry={() => void diff.refetch()} />}
      {isTextOnly
        ? full.data && (
            <div className="rounded-xl border border-line bg-paper-2 p-5 leading-relaxed break-words whitespace-pre-wrap">
              <p className="mb-3 text-lg font-semibold">
                {full.data.title || m.article_untitled()}
              </p>
              {full.data.content}
            </div>
          )
        : diff.data && <DiffText diff={diff.data} />}
      {(diff.isPending || (isTextOnly && full.isPending)) && (
        <Loading>
          <Skeleton className="h-64 w-full" />
        </Loading>
      )}
    </div>
  );
}
