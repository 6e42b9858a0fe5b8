import { m } from '@ainotebook/messages';
import type { ReactNode } from 'react';
import { Button } from './button.js';
import { ErrorBlock, Loading, Skeleton } from './states.js';

/** What a list needs of an infinite query. */
interface PagedQuery<T> {
  data: { pages: { items: T[] }[] } | undefined;
  error: unknown;
  isPending: boolean;
  isError: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  refetch: () => unknown;
  fetchNextPage: () => unknown;
}

interface PagedListProps<T> {
  query: PagedQuery<T>;
  /** Shown where there is nothing. */
  empty: ReactNode;
  /** An `<li>` with a key. */
  children: (item: T) => ReactNode;
}

/** A list that grows page by page, with its waiting, empty and failed states. */
export function PagedList<T>({ query, empty, children }: PagedListProps<T>) {
  if (query.isPending) {
    return (
      <Loading>
        <div className="grid gap-4 pt-4">
          <Skeleton className="h-14 w-full" />
          <Skeleton className="h-14 w-full" />
          <Skeleton className="h-14 w-full" />
        </div>
      </Loading>
    );
  }
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && items.length === 0 && empty}
      {items.length > 0 && <ul className="divide-y divide-line">{items.map(children)}</ul>}
      {query.hasNextPage && (
        <Button
          variant="ghost"
          className="mx-auto mt-4 flex"
          isBusy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {m.common_more()}
        </Button>
      )}
    </>
  );
}
