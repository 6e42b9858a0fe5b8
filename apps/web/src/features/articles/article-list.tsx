import type { ArticleSummary, Notebook } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { isImeKey } from '../../lib/keys.js';
import { getPreferences } from '../../lib/preferences.js';
import { Skeleton } from '../../ui/states.js';
import type { ArticleFilter } from './article-hooks.js';
import { ArticleRow } from './article-row.js';
import type { ListSelection } from './selection.js';

interface ArticleListProps {
  articles: ArticleSummary[];
  filter: ArticleFilter;
  openId: string | undefined;
  selection: ListSelection;
  notebooks: Notebook[];
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
  /** Called when the person is about to open an article. */
  onIntent: (id: string) => void;
  onTrash: (ids: string[]) => void;
}

const ROW_HEIGHT = 92;
/** Rows from the end at which more are fetched. */
const AHEAD = 10;

/** Articles with excerpts: only those in view are drawn, more are fetched before the end is reached. */
export function ArticleList(props: ArticleListProps) {
  const { articles, filter, openId, selection, hasMore, isLoadingMore } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: articles.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => articles[index]?.id ?? index,
    overscan: 8,
    gap: 2,
  });
  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  const more = useRef(props.onMore);
  more.current = props.onMore;
  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= articles.length - AHEAD) more.current();
  }, [hasMore, isLoadingMore, last, articles.length]);
  useKeptScroll(scroller, openId === undefined);

  /** The focus goes to a row: at once, since the next key may follow at once, or when it is drawn. */
  function focusRow(index: number): void {
    const article = articles[index];
    if (!article) return;
    const row = () => scroller.current?.querySelector<HTMLElement>(`[data-row="${article.id}"]`);
    virtualizer.scrollToIndex(index);
    const drawn = row();
    if (drawn) drawn.focus();
    else requestAnimationFrame(() => row()?.focus());
  }
  const names = new Map(props.notebooks.map((notebook) => [notebook.id, notebook.name]));
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto px-2 pb-6">
      <ul
        aria-label={m.list_label()}
        onKeyDown={(event) => onListKey(event, { ...props, focusRow })}
        className="relative"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {rows.map(({ index, key, start }) => {
          const article = articles[index];
          return (
            article && (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                aria-setsize={hasMore ? -1 : articles.length}
                aria-posinset={index + 1}
                className="group absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <ArticleRow
                  article={article}
                  filter={filter}
                  isOpen={article.id === openId}
                  selection={selection}
                  notebookName={
                    filter.notebook ? null : (names.get(article.notebookId ?? '') ?? null)
                  }
                  onIntent={props.onIntent}
                />
              </li>
            )
          );
        })}
      </ul>
      {isLoadingMore && <ArticleListSkeleton rows={2} />}
    </div>
  );
}

/** On a phone the open article hides the list; it comes back where it was left. */
function useKeptScroll(scroller: { current: HTMLDivElement | null }, isShown: boolean): void {
  const top = useRef(0);
  useEffect(() => {
    const element = scroller.current;
    const onScroll = () => {
      if (element?.offsetParent) top.current = element.scrollTop;
    };
    element?.addEventListener('scroll', onScroll, { passive: true });
    return () => element?.removeEventListener('scroll', onScroll);
  }, [scroller]);
  useLayoutEffect(() => {
    if (isShown && scroller.current) scroller.current.scrollTop = top.current;
  }, [isShown, scroller]);
}

type ListKeys = Pick<ArticleListProps, 'articles' | 'selection' | 'onTrash'> & {
  focusRow: (index: number) => void;
};

/** Arrows, j and k walk; with Shift they select on; x selects, Ctrl+A all, Escape none, Delete trashes. */
function onListKey(
  event: KeyboardEvent,
  { articles, selection, onTrash, focusRow }: ListKeys,
): void {
  if (isImeKey(event) || event.altKey || !(event.target instanceof HTMLElement)) return;
  const id = event.target.dataset.row;
  const index = articles.findIndex((article) => article.id === id);
  if (!id || index < 0) return;
  const isSingle = getPreferences().hasSingleKeys && !event.metaKey && !event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const walk = (by: 1 | -1) => {
    const next = articles[index + by];
    if (!next) return;
    if (event.shiftKey) {
      if (selection.ids.size === 0) selection.toggle(id);
      selection.extendTo(next.id);
    }
    focusRow(index + by);
  };
  if (key === 'ArrowDown' || (key === 'j' && isSingle)) walk(1);
  else if (key === 'ArrowUp' || (key === 'k' && isSingle)) walk(-1);
  else if (key === 'Home') focusRow(0);
  else if (key === 'End') focusRow(articles.length - 1);
  else if (key === 'x' && isSingle) selection.toggle(id);
  else if (key === 'a' && (event.metaKey || event.ctrlKey)) selection.selectAll();
  else if (key === 'Escape' && selection.ids.size > 0) selection.clear();
  else if (key === 'Delete') onTrash(selection.ids.size > 0 ? [...selection.ids] : [id]);
  else return;
  event.preventDefault();
}

export function ArticleListSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div className="grid gap-5 px-5 py-3">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <div key={row} className="grid gap-2">
          <Skeleton className="h-4 w-3/5" />
          <Skeleton className="h-3.5 w-full" />
          <Skeleton className="h-3 w-1/4" />
        </div>
      ))}
    </div>
  );
}
