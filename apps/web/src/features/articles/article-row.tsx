import type { ArticleSummary } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Archive, Globe, Pin } from 'lucide-react';
import type { MouseEvent } from 'react';
import { langOf } from '../../lib/lang-of.js';
import { daysUntil, fullTime, relativeTime } from '../../lib/time.js';
import { Badge } from '../../ui/badge.js';
import { cn } from '../../ui/cn.js';
import { startNoteDrag } from './article-drag.js';
import type { ArticleFilter } from './article-hooks.js';
import type { ListSelection } from './selection.js';
import { useLongPress } from './use-long-press.js';

interface ArticleRowProps {
  article: ArticleSummary;
  filter: ArticleFilter;
  isOpen: boolean;
  selection: ListSelection;
  notebookName: string | null;
  onIntent: (id: string) => void;
}

/** A note of a list: a click opens it, with Shift or Ctrl it selects, and so does a long press. */
export function ArticleRow(props: ArticleRowProps) {
  const { article, isOpen, selection } = props;
  const { id } = article;
  const isSelected = selection.ids.has(id);
  const isSelecting = selection.ids.size > 0;
  const intend = () => props.onIntent(id);
  const press = useLongPress(() => selection.toggle(id));

  function onClick(event: MouseEvent): void {
    const isByFinger = press.wasTouch();
    if (event.shiftKey) selection.extendTo(id);
    else if (event.metaKey || event.ctrlKey || (isByFinger && isSelecting)) selection.toggle(id);
    else return;
    event.preventDefault();
  }
  return (
    <>
      <Link
        to="/notes/$articleId"
        params={{ articleId: id }}
        search={props.filter}
        activeOptions={{ exact: true }}
        aria-current={isOpen ? 'page' : undefined}
        data-row={id}
        onPointerEnter={intend}
        onFocus={intend}
        {...press.handlers}
        onClick={(event) => {
          if (press.isSpent()) event.preventDefault();
          else onClick(event);
        }}
        draggable={article.deletedAt === null}
        onDragStart={(event) => startNoteDrag(event, isSelected ? [...selection.ids] : [id])}
        className={cn(
          'block rounded-xl px-3 py-2.5 transition-colors duration-75 select-none [-webkit-touch-callout:none]',
          isOpen || isSelected ? 'bg-accent-soft' : 'hover:bg-hover',
          isSelected && 'ring-1 ring-accent/45 ring-inset',
        )}
      >
        <RowText article={article} notebookName={props.notebookName} isNarrow={isSelecting} />
      </Link>
      <label
        className={cn(
          'absolute end-1.5 top-1.5 grid size-8 cursor-pointer place-items-center rounded-lg max-md:size-11',
          isSelecting
            ? ''
            : 'opacity-0 group-hover:opacity-100 has-focus-visible:opacity-100 pointer-coarse:hidden',
        )}
      >
        <input
          type="checkbox"
          // The row has the keyboard: x selects it.
          tabIndex={-1}
          checked={isSelected}
          aria-label={m.select_note({ title: article.title || m.article_untitled() })}
          onChange={() => undefined}
          onClick={(event) => {
            if (event.shiftKey) selection.extendTo(id);
            else selection.toggle(id);
          }}
          className="size-4 cursor-pointer accent-accent"
        />
      </label>
    </>
  );
}

const DAY_MS = 86_400_000;
/** When the trash lets go of a note. */
const purgedAt = (deletedAt: Date) => new Date(deletedAt.getTime() + LIMITS.trashDays * DAY_MS);

interface RowTextProps {
  article: ArticleSummary;
  notebookName: string | null;
  /** Leaves room for the box that selects. */
  isNarrow: boolean;
}

function RowText({ article, notebookName, isNarrow }: RowTextProps) {
  return (
    <>
      <span className={cn('flex items-center gap-1.5 group-hover:pe-7', isNarrow && 'pe-8')}>
        <span
          lang={langOf(article.title)}
          className={cn('truncate font-medium', article.title ? 'text-ink' : 'text-ink-3')}
        >
          {article.title || m.article_untitled()}
        </span>
        {article.isPinned && (
          <Pin aria-label={m.article_pinned()} className="size-3.5 shrink-0 fill-seal text-seal" />
        )}
      </span>
      {article.excerpt && (
        <span
          lang={langOf(article.excerpt)}
          className="mt-0.5 line-clamp-2 text-[0.8125rem] leading-normal text-ink-2"
        >
          {article.excerpt}
        </span>
      )}
      <span className="mt-1.5 flex items-center gap-2 text-xs whitespace-nowrap text-ink-3">
        <time dateTime={article.updatedAt.toISOString()} title={fullTime(article.updatedAt)}>
          {relativeTime(article.updatedAt)}
        </time>
        {article.deletedAt && (
          <span className="shrink-0">
            {m.trash_days_left({ count: daysUntil(purgedAt(article.deletedAt)) })}
          </span>
        )}
        {article.deletedAt && article.formerNotebook && (
          <span className="truncate">{m.trash_former({ name: article.formerNotebook })}</span>
        )}
        {notebookName && <span className="truncate">{notebookName}</span>}
        <span className="ms-auto flex shrink-0 gap-1">
          {article.status === 'published' && (
            <Badge tone="good">
              <Globe aria-hidden />
              {m.article_status_published()}
            </Badge>
          )}
          {article.status === 'archived' && (
            <Badge>
              <Archive aria-hidden />
              {m.article_status_archived()}
            </Badge>
          )}
        </span>
      </span>
    </>
  );
}
