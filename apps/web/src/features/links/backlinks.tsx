import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';

/** The notes that lead to this one; nothing while there are none. */
export function Backlinks({ articleId }: { articleId: string }) {
  const id = useId();
  const query = trpc.links.backlinks.useInfiniteQuery(
    { articleId, limit: 20 },
    { getNextPageParam: (page) => page.nextCursor },
  );
  const backlinks = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (backlinks.length === 0) return null;
  return (
    <section aria-labelledby={id} className="border-t border-line pt-5 pb-16">
      <h2 id={id} className="text-[0.8125rem] font-medium text-ink-2">
        {m.links_backlinks()}
      </h2>
      <ul className="mt-2 grid gap-1">
        {backlinks.map(({ articleId: sourceId, title, context, range: [from, to] }) => (
          <li key={sourceId}>
            <Link
              to="/notes/$articleId"
              params={{ articleId: sourceId }}
              search={{}}
              className="block rounded-lg px-2 py-1.5 hover:bg-hover"
            >
              <span className="block truncate text-sm font-medium">
                {title || m.article_untitled()}
              </span>
              <span className="line-clamp-2 text-[0.8125rem] text-ink-3">
                {context.slice(0, from)}
                <mark>{context.slice(from, to)}</mark>
                {context.slice(to)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          size="sm"
          variant="ghost"
          isBusy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {m.common_more()}
        </Button>
      )}
    </section>
  );
}
