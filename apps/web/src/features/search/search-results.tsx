import type { SearchHit } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { FileText, Globe, SearchX } from 'lucide-react';
import { fullTime, relativeTime } from '../../lib/time.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { EmptyState, ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { usePrefetchArticle } from '../articles/article-hooks.js';
import { splitFilters } from './filter-chips.js';
import { Highlighted } from './highlighted.js';

const PAGE = 20;

interface SearchResultsProps {
  q: string;
  onNewNote: (title: string) => void;
}

/** What a query found, with the places in each note. */
export function SearchResults({ q, onNewNote }: SearchResultsProps) {
  const search = trpc.search.query.useInfiniteQuery(
    { q, limit: PAGE },
    { getNextPageParam: (page) => page.nextCursor, staleTime: 5000 },
  );
  if (search.isPending) {
    return (
      <Loading>
        <div className="grid gap-6 pt-2">
          {[1, 2, 3].map((row) => (
            <div key={row} className="grid gap-2">
              <Skeleton className="h-5 w-2/5" />
              <Skeleton className="h-4 w-full" />
              <Skeleton className="h-4 w-3/4" />
            </div>
          ))}
        </div>
      </Loading>
    );
  }
  const pages = search.data?.pages ?? [];
  const [first] = pages;
  if (!first) {
    return <ErrorBlock error={search.error} onRetry={() => void search.refetch()} />;
  }
  const { isRelaxed, correction, candidateCount, candidateCap } = first;
  // A note that changed between two pages may have come on both.
  const items = [
    ...new Map(pages.flatMap((page) => page.items).map((hit) => [hit.articleId, hit])).values(),
  ];
  const title = splitFilters(q).words.slice(0, LIMITS.titleLength);
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<SearchX />}
        title={m.search_nothing()}
        action={
          title && <Button onClick={() => onNewNote(title)}>{m.find_create({ title })}</Button>
        }
      >
        {m.search_nothing_hint()}
      </EmptyState>
    );
  }
  const hints = [
    correction !== null && m.search_correction({ query: q, correction }),
    isRelaxed && m.search_relaxed(),
    candidateCount > candidateCap && m.search_capped({ count: candidateCap }),
  ].filter((hint) => hint !== false);
  return (
    <>
      <p role="status" className="text-[0.8125rem] text-ink-3">
        {search.hasNextPage
          ? m.search_count_more({ count: items.length })
          : m.search_count({ count: items.length })}
        {hints.map((hint) => (
          <span key={hint} className="mt-1 block">
            {hint}
          </span>
        ))}
      </p>
      <ul className="divide-y divide-line">
        {items.map((hit) => (
          <HitRow key={hit.articleId} hit={hit} />
        ))}
      </ul>
      {search.isFetchNextPageError && (
        <ErrorBlock error={search.error} onRetry={() => void search.fetchNextPage()} />
      )}
      {search.hasNextPage && !search.isFetchNextPageError && (
        <Button
          variant="ghost"
          className="mx-auto mt-4 flex"
          isBusy={search.isFetchingNextPage}
          onClick={() => void search.fetchNextPage()}
        >
          {m.common_more()}
        </Button>
      )}
    </>
  );
}

function HitRow({ hit }: { hit: SearchHit }) {
  const prefetch = usePrefetchArticle();
  const intend = () => prefetch(hit.articleId);
  return (
    <li>
      <Link
        to="/notes/$articleId"
        params={{ articleId: hit.articleId }}
        search={{}}
        onPointerEnter={intend}
        onFocus={intend}
        className="-mx-3 block rounded-xl px-3 py-3 hover:bg-hover"
      >
        <span className="flex items-center gap-2 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3">
          {hit.status === 'published' ? <Globe aria-hidden /> : <FileText aria-hidden />}
          <span className="min-w-0 flex-1 truncate font-medium">
            {hit.title ? (
              <Highlighted text={hit.title} ranges={hit.titleRanges} />
            ) : (
              m.article_untitled()
            )}
          </span>
          <time
            dateTime={hit.updatedAt.toISOString()}
            title={fullTime(hit.updatedAt)}
            className="shrink-0 text-xs text-ink-3"
          >
            {relativeTime(hit.updatedAt)}
          </time>
        </span>
        <span className="mt-1 line-clamp-3 text-sm leading-normal text-ink-2">
          {hit.matchedBy === 'pinyin' && (
            <span className="me-1.5 text-ink-3">{m.search_by_pinyin()}</span>
          )}
          <Highlighted text={hit.snippet} ranges={hit.snippetRanges} />
        </span>
        {hit.headingPath.length > 0 && (
          <span className="mt-1 block truncate text-xs text-ink-3">
            {m.find_heading_path({ path: hit.headingPath.join(' › ') })}
          </span>
        )}
      </Link>
    </li>
  );
}
