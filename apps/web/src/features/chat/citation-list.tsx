import type { Message } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { langOf } from '../../lib/lang-of.js';
import { Badge } from '../../ui/badge.js';
import { STATE } from './chat-words.js';

/** What an answer stands on: each passage with its note, opened at its place. */
export function CitationList({
  message,
  onOpen,
}: {
  message: Message;
  onOpen: (number: number) => void;
}) {
  if (message.citations.length === 0) return null;
  return (
    <section aria-label={m.chat_citations()} className="mt-3">
      <ol className="grid grid-cols-1 gap-1.5">
        {message.citations.map(({ number, title, headingPath, excerpt, state, articleId }) => (
          <li key={number}>
            <button
              type="button"
              disabled={articleId === null && state !== 'gone'}
              onClick={() => onOpen(number)}
              className="flex w-full items-baseline gap-2.5 rounded-lg border border-line px-3 py-2 text-start text-sm hover:border-line-strong hover:bg-hover"
            >
              <span className="text-xs text-accent-strong tabular-nums">[{number}]</span>
              <span lang={langOf(title + excerpt)} className="min-w-0 flex-1">
                <span className="block truncate font-medium">
                  {[title || m.article_untitled(), ...headingPath].join(' › ')}
                </span>
                <span className="line-clamp-2 text-[0.8125rem] text-ink-3">{excerpt}</span>
              </span>
              {state !== 'unchanged' && <Badge>{STATE[state]()}</Badge>}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
