import { m } from '@ainotebook/messages';
import { useMemo } from 'react';
import { fullTime } from '../../lib/time.js';
import type { NoteText, ServerText } from './save-types.js';
import { type DiffPart, wordDiff } from './word-diff.js';

/** Both texts whole, side by side, with what differs marked. */
export function ConflictSides({ mine, theirs }: { mine: NoteText; theirs: ServerText }) {
  const parts = useMemo(() => wordDiff(theirs.content, mine.content), [theirs, mine]);
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Side heading={m.conflict_mine()} title={mine.title} parts={parts} without="removed" />
      <Side
        heading={m.conflict_theirs({ time: fullTime(new Date(theirs.savedAt)) })}
        title={theirs.title}
        parts={parts}
        without="added"
      />
    </div>
  );
}

interface SideProps {
  heading: string;
  title: string;
  parts: DiffPart[];
  without: 'added' | 'removed';
}

function Side({ heading, title, parts, without }: SideProps) {
  return (
    <div className="grid min-w-0 content-start gap-2">
      <h3 className="text-sm font-medium">{heading}</h3>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={heading}
        className="max-h-[50dvh] overflow-y-auto rounded-xl border border-line bg-paper-2 p-4 text-sm leading-relaxed break-words whitespace-pre-wrap"
      >
        <p className="mb-2 text-base font-semibold">{title || m.article_untitled()}</p>
        <MarkedText parts={parts} without={without} />
      </section>
    </div>
  );
}

/** One side of a comparison: its own words marked, the other side's left out. */
export function MarkedText({ parts, without }: Pick<SideProps, 'parts' | 'without'>) {
  return parts
    .filter((part) => part.kind !== without)
    .map((part, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a fixed text have no other name
      <span key={index} className={part.kind === 'same' ? '' : 'rounded-sm bg-mark'}>
        {part.text}
      </span>
    ));
}
