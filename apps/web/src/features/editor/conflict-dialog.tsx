import { m } from '@ainotebook/messages';
import { useMemo, useState } from 'react';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { Dialog } from '../../ui/dialog.js';
import { inputClass } from '../../ui/field.js';
import { ConflictMerge } from './conflict-merge.js';
import { type Choices, placesOf, resolvePlaces } from './conflict-places.js';
import { ConflictSides } from './conflict-sides.js';
import type { Conflict, NoteText } from './save-types.js';

interface ConflictDialogProps {
  mine: NoteText;
  conflict: Conflict;
  onLater: () => void;
  onChoose: (choice: 'mine' | 'theirs') => void;
  onMerge: (text: NoteText) => void;
}

/**
 * What both sides made of a note: merged place by place, or whole and side by side. Whatever is
 * chosen, nothing is lost: both texts are in the history.
 */
export function ConflictDialog({ mine, conflict, ...on }: ConflictDialogProps) {
  const [view, setView] = useState<'merge' | 'sides'>('merge');
  const [choices, setChoices] = useState<Choices>({ title: 'mine', text: [] });
  const [byHand, setByHand] = useState<NoteText | null>(null);
  const { theirs } = conflict;
  const titles = { mine: mine.title, theirs: theirs.title };
  const places = useMemo(() => placesOf(mine, conflict), [mine, conflict]);
  const merged = () => resolvePlaces(places, choices, titles);
  return (
    <Dialog
      isOpen
      size="xl"
      onClose={on.onLater}
      title={m.conflict_title()}
      description={m.conflict_text()}
      footer={
        byHand ? (
          <>
            <Button onClick={() => setByHand(null)}>{m.common_back()}</Button>
            <Button variant="primary" onClick={() => on.onMerge(byHand)}>
              {m.conflict_save_merged()}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={on.onLater}>{m.conflict_later()}</Button>
            <Button onClick={() => on.onChoose('theirs')}>{m.conflict_take_theirs()}</Button>
            <Button onClick={() => on.onChoose('mine')}>{m.conflict_take_mine()}</Button>
            {view === 'merge' && (
              <Button variant="primary" onClick={() => on.onMerge(merged())}>
                {m.conflict_save_merged()}
              </Button>
            )}
          </>
        )
      }
    >
      {byHand ? (
        <ByHand text={byHand} onChange={setByHand} />
      ) : (
        <div className="grid gap-4">
          <div className="flex flex-wrap items-end justify-between gap-2">
            <Choice
              label={m.conflict_view()}
              value={view}
              onChange={setView}
              options={[
                { value: 'merge', label: m.conflict_merge() },
                { value: 'sides', label: m.conflict_sides() },
              ]}
            />
            <Button variant="ghost" onClick={() => setByHand(merged())}>
              {m.conflict_by_hand()}
            </Button>
          </div>
          {view === 'sides' ? (
            <ConflictSides mine={mine} theirs={theirs} />
          ) : (
            <ConflictMerge
              places={places}
              titles={titles}
              choices={choices}
              onChange={setChoices}
            />
          )}
        </div>
      )}
    </Dialog>
  );
}

function ByHand({ text, onChange }: { text: NoteText; onChange: (text: NoteText) => void }) {
  return (
    <section aria-label={m.conflict_merged()} className="grid gap-2">
      <h3 className="text-sm font-medium">{m.conflict_merged()}</h3>
      <input
        aria-label={m.editor_title()}
        value={text.title}
        onChange={(event) => onChange({ ...text, title: event.target.value })}
        className={`${inputClass} h-10 font-medium`}
      />
      <textarea
        aria-label={m.editor_label()}
        value={text.content}
        onChange={(event) => onChange({ ...text, content: event.target.value })}
        className={`${inputClass} min-h-[50dvh] resize-y py-2 leading-relaxed`}
      />
    </section>
  );
}
