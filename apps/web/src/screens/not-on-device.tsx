import type { Article } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link, useRouter } from '@tanstack/react-router';
import { getQueryKey } from '@trpc/react-query';
import { CloudOff, FileText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useApp, useUser } from '../app-context.js';
import { PaneHeader } from '../features/shell/screen-header.js';
import { useOnReturn } from '../lib/connection.js';
import { relativeTime } from '../lib/time.js';
import { trpc } from '../trpc.js';
import { Button } from '../ui/button.js';
import { PageTitle } from '../ui/page-title.js';

const MOST = 12;

/** The notes that can be read without the server, the newest first; null until they are known. */
function useNotesHere(): Article[] | null {
  const { offline, queryClient } = useApp();
  const { id } = useUser();
  const [notes, setNotes] = useState<Article[] | null>(null);
  useEffect(() => {
    let isStale = false;
    void (async () => {
      await (await offline.load())?.restore(id);
      if (isStale) return;
      const queryKey = getQueryKey(trpc.articles.get, undefined, 'query');
      setNotes(
        queryClient
          .getQueriesData<Article>({ queryKey })
          .flatMap(([, note]) => (note && note.deletedAt === null ? [note] : []))
          .sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime())
          .slice(0, MOST),
      );
    })();
    return () => {
      isStale = true;
    };
  }, [offline, queryClient, id]);
  return notes;
}

export interface NotOnDeviceProps {
  what: 'page' | 'note';
  onRetry: () => void;
}

/** In place of what was never opened here while the server is away: the way back, and what is here. */
export function NotOnDevice({ what, onRetry }: NotOnDeviceProps) {
  const { history } = useRouter();
  const notes = useNotesHere();
  useOnReturn(onRetry);
  return (
    <div className="min-w-0 flex-1 overflow-y-auto bg-paper">
      {what === 'page' && <PaneHeader>{null}</PaneHeader>}
      <div className="mx-auto grid max-w-lg gap-8 px-5 py-8 md:py-12">
        <div className="grid justify-items-center gap-2 text-center">
          <CloudOff aria-hidden className="size-7 stroke-[1.5] text-ink-3" />
          <PageTitle
            title={what === 'note' ? m.not_here_note_title() : m.not_here_page_title()}
            className="text-lg font-semibold text-balance"
          />
          <p className="max-w-sm text-sm text-ink-2">{m.not_here_text()}</p>
          <div className="mt-2 flex flex-wrap justify-center gap-2">
            {history.canGoBack() && (
              <Button onClick={() => history.back()}>{m.common_back()}</Button>
            )}
            <Button variant="primary" onClick={onRetry}>
              {m.unreachable_retry()}
            </Button>
          </div>
        </div>
        {notes && (
          <section aria-labelledby="notes-here">
            <div className="mb-2 flex items-baseline justify-between gap-3">
              <h2 id="notes-here" className="text-[0.8125rem] font-medium text-ink-3">
                {m.not_here_list()}
              </h2>
              <span className="flex gap-3 text-[0.8125rem]">
                {(['/home', '/notes'] as const).map((to) => (
                  <Link key={to} to={to} search={{}} className="text-accent hover:underline">
                    {to === '/home' ? m.nav_home() : m.nav_all()}
                  </Link>
                ))}
              </span>
            </div>
            {notes.length === 0 && <p className="text-sm text-ink-3">{m.not_here_none()}</p>}
            <ul className="-mx-3 grid gap-px">
              {notes.map(({ id, title, updatedAt }) => (
                <li key={id} className="min-w-0">
                  <Link
                    to="/notes/$articleId"
                    params={{ articleId: id }}
                    search={{}}
                    className="flex min-h-10 items-center gap-3 rounded-lg px-3 py-1.5 hover:bg-hover max-md:min-h-11"
                  >
                    <FileText aria-hidden className="size-4 shrink-0 text-ink-3" />
                    <span className="min-w-0 flex-1 truncate">{title || m.article_untitled()}</span>
                    <time
                      dateTime={updatedAt.toISOString()}
                      className="shrink-0 text-xs whitespace-nowrap text-ink-3"
                    >
                      {relativeTime(updatedAt)}
                    </time>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  );
}
