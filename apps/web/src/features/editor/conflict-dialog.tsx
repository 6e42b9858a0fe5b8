import { m } from '@ainotebook/messages';
import { useState } from 'react';
import { fullTime } from '../../lib/time.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { inputClass } from '../../ui/field.js';
import type { Conflict, NoteText } from './save-types.js';
import { type DiffPart, wordDiff } from './word-diff.js';

interface ConflictDialogProps {
  mine: NoteText;
  conflict: Conflict;
  onLater: () => void;
  onChoose: (choice: 'mine' | 'theirs') => void;
  onMerge: (text: NoteText) => void;
}

/** Both texts side by side. Whatever is chosen, both stay: the other one is in the history. */
export function ConflictDialog({ mine, conflict, ...on }: ConflictDialogProps) {
  const [merged, setMerged] = useState<NoteText | null>(null);
  const { theirs } = conflict;
  const parts = wordDiff(theirs.content, mine.content);
  const titles = { mine: mine.title, theirs: theirs.title };
  return (
    <Dialog
      isOpen
      size="xl"
      onClose={on.onLater}
      title={m.conflict_title()}
      description={m.conflict_text()}
      footer={
        merged ? (
          <>
            <Button onClick={() => setMerged(null)}>{m.common_back()}</Button>
            <Button variant="primary" onClick={() => on.onMerge(merged)}>
              {m.conflict_save_merged()}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={on.onLater}>{m.conflict_later()}</Button>
            <Button onClick={() => setMerged(mine)}>{m.conflict_merge()}</Button>
            <Button onClick={() => on.onChoose('theirs')}>{m.conflict_take_theirs()}</Button>
            <Button variant="primary" onClick={() => on.onChoose('mine')}>
              {m.conflict_take_mine()}
            </Button>
          </>
        )
      }
    >
      <div className="grid gap-4 md:grid-cols-2">
        {merged ? (
          <section className="grid content-start gap-2">
            <h3 className="text-sm font-medium">{m.conflict_merged()}</h3>
            <input
              aria-label={m.editor_title()}
              value={merged.title}
              onChange={(event) => setMerged({ ...merged, title: event.target.value })}
              className={`${inputClass} h-10 font-medium`}
            />
            <textarea
              aria-label={m.editor_label()}
              value={merged.content}
              onChange={(event) => setMerged({ ...merged, content: event.target.value })}
              className={`${inputClass} min-h-[50dvh] resize-y py-2 leading-relaxed`}
            />
          </section>
        ) : (
          <Side heading={m.conflict_mine()} title={titles.mine} parts={parts} without="removed" />
        )}
        <Side
          heading={m.conflict_theirs({ time: fullTime(new Date(theirs.savedAt)) })}
          title={titles.theirs}
          parts={parts}
          without="added"
        />
      </div>
    </Dialog>
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
        className="max-h-[56dvh] overflow-y-auto rounded-xl border border-line bg-paper-2 p-4 text-sm leading-relaxed break-words whitespace-pre-wrap"
      >
        <p className="mb-2 text-base font-semibold">{title || m.article_untitled()}</p>
        {parts
          .filter((part) => part.kind !== without)
          .map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of a fixed text have no other name
            <span key={index} className={part.kind === 'same' ? '' : 'rounded-sm bg-mark'}>
              {part.text}
            </span>
          ))}
      </section>
    </div>
  );
}
