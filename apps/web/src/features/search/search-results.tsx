import type { SearchHit } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { keepPreviousData } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FileText, Globe, SearchX } from 'lucide-react';
import { useState } from 'react';
import { fullTime, relativeTime } from '../../lib/time.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { EmptyState, ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { usePrefetchArticle } from '../articles/article-hooks.js';
import { splitFilters } from './filter-chips.js';
import { Highlighted } from './highlighted.js';

/** How many results are shown, step by step. */
const STEPS = [20, 50, 100];

interface SearchResultsProps {
  q: string;
  onNewNote: (title: string) => void;
}

/** What a query found, with the places in each note. */
export function SearchResults({ q, onNewNote }: SearchResultsProps) {
  const [step, setStep] = useState(0);
  const limit = STEPS[step] ?? LIMITS.pageSizeMax;
  const search = trpc.search.query.useQuery(
    { q, limit },
    { placeholderData: keepPreviousData, staleTime: 5000 },
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
  if (search.isError) {
    return <ErrorBlock error={search.error} onRetry={() => void search.refetch()} />;
  }
  const { items, isRelaxed, correction, candidateCount, candidateCap } = search.data;
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
  const canShowMore = items.length >= limit && step < STEPS.length - 1;
  return (
    <>
      <p role="status" className="text-[0.8125rem] text-ink-3">
        {m.search_count({ count: items.length })}
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
      {canShowMore && (
        <Button
          variant="ghost"
          className="mx-auto mt-4 flex"
          isBusy={search.isPlaceholderData}
          onClick={() => setStep(step + 1)}
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
