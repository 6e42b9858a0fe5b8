import type { Citation, Message } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import type { ReactNode } from 'react';
import { langOf } from '../../lib/lang-of.js';
import { Badge } from '../../ui/badge.js';
import { STATE } from './chat-words.js';

const ROW =
  'flex w-full items-baseline gap-2.5 rounded-lg border border-line px-3 py-2 text-start text-sm hover:border-line-strong hover:bg-hover';

/** What an answer stands on: each passage with its note, opened at its place, or with its page of the web. */
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
        {message.citations.map((citation) => (
          <li key={citation.number}>
            <Source citation={citation} onOpen={onOpen} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface SourceProps {
  citation: Citation;
  onOpen: (number: number) => void;
}

function Source({ citation, onOpen }: SourceProps) {
  const { number, title, headingPath, state, articleId, url } = citation;
  if (url !== null) {
    return (
      <a href={url} target="_blank" rel="noopener noreferrer nofollow" className={ROW}>
        <Said citation={citation} name={title}>
          <span className="block truncate text-[0.8125rem] text-accent-strong">
            {new URL(url).host}
          </span>
        </Said>
      </a>
    );
  }
  return (
    <button
      type="button"
      disabled={articleId === null && state !== 'gone'}
      onClick={() => onOpen(number)}
      className={ROW}
    >
      <Said
        citation={citation}
        name={[title || m.article_untitled(), ...headingPath].join(' › ')}
      />
      {state !== 'unchanged' && <Badge>{STATE[state]()}</Badge>}
    </button>
  );
}

interface SaidProps {
  citation: Citation;
  name: string;
  children?: ReactNode;
}

function Said({ citation: { number, title, excerpt }, name, children }: SaidProps) {
  return (
    <>
      <span className="text-xs text-accent-strong tabular-nums">[{number}]</span>
      <span lang={langOf(title + excerpt)} className="min-w-0 flex-1">
        <span className="block truncate font-medium">{name}</span>
        {children}
        <span className="line-clamp-2 text-[0.8125rem] text-ink-3">{excerpt}</span>
      </span>
    </>
  );
}
