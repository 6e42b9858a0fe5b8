import type { Citation } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { markWords, shownQuote } from '../../lib/find-quote.js';
import { langOf } from '../../lib/lang-of.js';
import { trpc } from '../../trpc.js';
import { buttonClass } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { STATE } from './chat-words.js';
import { Rendered } from './rendered.js';
import { showInNote } from './show-in-note.js';

interface QuoteSheetProps {
  citation: Citation;
  onClose: () => void;
}

/** The note of a citation as it is now, at the passage, which is marked; of a note that is gone, its words. */
export function QuoteSheet({ citation, onClose }: QuoteSheetProps) {
  const { articleId, title, number, quote, state } = citation;
  const router = useRouter();
  const utils = trpc.useUtils();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      kind="sheet"
      size="lg"
      title={`[${number}] ${title || m.article_untitled()}`}
      description={state === 'unchanged' ? undefined : STATE[state]()}
      footer={
        articleId && (
          <Link
            to="/notes/$articleId"
            params={{ articleId }}
            search={{}}
            onClick={({ ctrlKey, metaKey, shiftKey }) => {
              const content = utils.articles.get.getData({ id: articleId })?.content;
              // Another tab is another page.
              if (content === undefined || ctrlKey || metaKey || shiftKey) return;
              const { start, end } = citation;
              showInNote(router, { articleId, content, quote: { start, end, quote } });
            }}
            className={buttonClass({ variant: 'primary' })}
          >
            {m.chat_open_note()}
          </Link>
        )
      }
    >
      {state !== 'unchanged' && state !== 'moved' && (
        <blockquote
          lang={langOf(quote)}
          className="mb-4 rounded-lg bg-paper-3 px-4 py-3 text-sm whitespace-pre-wrap"
        >
          <p className="mb-1 text-xs text-ink-3">{m.chat_quote_then()}</p>
          {quote}
        </blockquote>
      )}
      {articleId && <MarkedNote articleId={articleId} citation={citation} />}
    </Dialog>
  );
}

function MarkedNote({ articleId, citation }: { articleId: string; citation: Citation }) {
  const place = useRef<HTMLDivElement>(null);
  const note = trpc.articles.get.useQuery({ id: articleId });
  const content = note.data?.content;
  const words = useShownQuote(content, citation);
  useEffect(() => {
    return place.current && words ? markWords(place.current, words) : undefined;
  }, [words]);
  if (note.isError) {
    return <ErrorBlock error={note.error} onRetry={() => void note.refetch()} />;
  }
  if (content === undefined) {
    return (
      <Loading>
        <Skeleton className="h-24 w-full" />
      </Loading>
    );
  }
  return (
    <div ref={place} lang={langOf(content)}>
      <Rendered markdown={content} />
    </div>
  );
}

/** The words of a passage as the note says and shows it now; undefined until they are known. */
function useShownQuote(content: string | undefined, citation: Citation): string | undefined {
  const { start, end, quote } = citation;
  return useQuery({
    queryKey: ['quote', content, start, quote],
    enabled: content !== undefined,
    queryFn: () => shownQuote(content ?? '', { start, end, quote }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
  }).data;
}
