import type { ArticleSummary, Notebook } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Archive, Globe, Pin } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { fullTime, relativeTime } from '../../lib/time.js';
import { Badge } from '../../ui/badge.js';
import { cn } from '../../ui/cn.js';
import { Skeleton } from '../../ui/states.js';
import type { ArticleFilter } from './article-hooks.js';

interface ArticleListProps {
  articles: ArticleSummary[];
  filter: ArticleFilter;
  selectedId: string | undefined;
  notebooks: Notebook[];
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
  /** Called when the person is about to open an article. */
  onIntent: (id: string) => void;
}

/** Articles with excerpts; more are fetched before the end is reached. */
export function ArticleList(props: ArticleListProps) {
  const { articles, filter, selectedId, hasMore, onMore, onIntent } = props;
  const end = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    const target = end.current;
    if (!target || !hasMore) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && more.current(),
      { rootMargin: '600px' },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [hasMore]);

  const names = new Map(props.notebooks.map((notebook) => [notebook.id, notebook.name]));
  return (
    <>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-0.5 px-2 pb-6" onKeyDown={moveFocus}>
        {articles.map((article) => (
          <ArticleRow
            key={article.id}
            article={article}
            filter={filter}
            isSelected={article.id === selectedId}
            notebookName={filter.notebook ? null : (names.get(article.notebookId ?? '') ?? null)}
            onIntent={onIntent}
          />
        ))}
      </ul>
      <div ref={end} />
      {props.isLoadingMore && <ArticleListSkeleton rows={2} />}
    </>
  );
}

/** Up and down move between the articles. */
function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0) return;
  const links = [...event.currentTarget.querySelectorAll('a')];
  // Any element may be looked for; what is no link of the list is not found.
  const next = links[links.indexOf(document.activeElement as HTMLAnchorElement) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

interface ArticleRowProps {
  article: ArticleSummary;
  filter: ArticleFilter;
  isSelected: boolean;
  notebookName: string | null;
  onIntent: (id: string) => void;
}

function ArticleRow({ article, filter, isSelected, notebookName, onIntent }: ArticleRowProps) {
  const intend = () => onIntent(article.id);
  return (
    <li>
      <Link
        to="/notes/$articleId"
        params={{ articleId: article.id }}
        search={filter}
        activeOptions={{ exact: true }}
        aria-current={isSelected ? 'page' : undefined}
        onPointerEnter={intend}
        onFocus={intend}
        className={cn(
          'block rounded-xl px-3 py-2.5 transition-colors duration-75',
          isSelected ? 'bg-accent-soft' : 'hover:bg-hover',
        )}
      >
        <span className="flex items-center gap-1.5">
          <span className={cn('truncate font-medium', article.title ? 'text-ink' : 'text-ink-3')}>
            {article.title || m.article_untitled()}
          </span>
          {article.isPinned && (
            <Pin
              aria-label={m.article_pinned()}
              className="size-3.5 shrink-0 fill-seal text-seal"
            />
          )}
        </span>
        {article.excerpt && (
          <span className="mt-0.5 line-clamp-2 text-[0.8125rem] leading-normal text-ink-2">
            {article.excerpt}
          </span>
        )}
        <span className="mt-1.5 flex items-center gap-2 text-xs whitespace-nowrap text-ink-3">
          <time dateTime={article.updatedAt.toISOString()} title={fullTime(article.updatedAt)}>
            {relativeTime(article.updatedAt)}
          </time>
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
      </Link>
    </li>
  );
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
