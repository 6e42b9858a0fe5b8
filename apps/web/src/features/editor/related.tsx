import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { trpc } from '../../trpc.js';

/** What somebody writes changes little of it: it is not asked for again at each look. */
const FRESH_MS = 60_000;

/** Notes that are about the same and not linked yet; nothing while there are none. */
export function Related({ articleId }: { articleId: string }) {
  const id = useId();
  const { data } = trpc.articles.related.useQuery(
    { id: articleId, limit: 5, isUnlinked: true },
    // Nobody asked for it: a search that takes too long is not tried again.
    { staleTime: FRESH_MS, retry: false },
  );
  if (!data || data.items.length === 0) return null;
  return (
    <section aria-labelledby={id} className="border-t border-line pt-5 pb-8">
      <h2 id={id} className="px-2 text-[0.8125rem] font-medium text-ink-2">
        {m.related_title()}
      </h2>
      <ul className="mt-2 grid gap-px">
        {data.items.map(({ articleId: otherId, title }) => (
          <li key={otherId}>
            <Link
              to="/notes/$articleId"
              params={{ articleId: otherId }}
              search={{}}
              className="line-clamp-2 rounded-md px-2 py-1 text-[0.8125rem] leading-snug text-ink-2 hover:bg-hover hover:text-ink max-md:py-2.5"
            >
              {title || m.article_untitled()}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
