import { m } from '@ainotebook/messages';
import type { MergeChoice, MergeChunk } from '@ainotebook/text/merge';
import { type ReactNode, useMemo } from 'react';
import { cn } from '../../ui/cn.js';
import type { Choices, Places } from './conflict-places.js';
import { MarkedText } from './conflict-sides.js';
import { wordDiff } from './word-diff.js';

interface ConflictMergeProps {
  places: Places;
  titles: Record<'mine' | 'theirs', string>;
  choices: Choices;
  onChange: (choices: Choices) => void;
}

/** The merged text with a choice at every place where both sides changed the same. */
export function ConflictMerge({ places, titles, choices, onChange }: ConflictMergeProps) {
  const { title, chunks, count } = places;
  const total = count + (title === null ? 1 : 0);
  let place = 0;
  return (
    <div className="grid gap-3">
      <p className="text-sm text-ink-2">{m.conflict_places({ count: total })}</p>
      {title === null ? (
        <Place
          legend={m.conflict_title_place()}
          mine={titles.mine}
          theirs={titles.theirs}
          choice={choices.title}
          onChoose={(choice) =>
            onChange({ ...choices, title: choice === 'theirs' ? 'theirs' : 'mine' })
          }
        />
      ) : (
        <p className="text-base font-semibold">{title || m.article_untitled()}</p>
      )}
      {chunks.map((chunk, index) => {
        // Stretches of a fixed text have no other name.
        const key = index;
        if (chunk.kind === 'settled') return <Settled key={key} chunk={chunk} />;
        const at = place;
        place += 1;
        return (
          <Place
            key={key}
            legend={m.conflict_place({ number: at + 1, count })}
            mine={chunk.mine}
            theirs={chunk.theirs}
            choice={choices.text[at] ?? 'mine'}
            hasBoth={chunk.mine !== '' && chunk.theirs !== ''}
            onChoose={(choice) => {
              const text = Array.from({ length: count }, (_, n) => choices.text[n] ?? 'mine');
              onChange({ ...choices, text: text.with(at, choice) });
            }}
          />
        );
      })}
    </div>
  );
}

/** Unchanged text longer than this is folded. */
const FOLD_OVER = 180;
const KEPT = 60;

function Settled({ chunk }: { chunk: Extract<MergeChunk, { kind: 'settled' }> }) {
  const text = chunk.text.trim();
  if (text === '') return null;
  const isSame = chunk.from === 'both';
  return (
    <div
      className={cn(
        'border-s-2 ps-3 text-sm leading-relaxed break-words whitespace-pre-wrap',
        isSame ? 'border-line text-ink-3' : 'border-good',
      )}
    >
      {!isSame && (
        <p className="text-xs text-good">
          {chunk.from === 'mine' ? m.conflict_from_mine() : m.conflict_from_theirs()}
        </p>
      )}
      {isSame && text.length > FOLD_OVER ? (
        <>
          {text.slice(0, KEPT).trimEnd()}
          <span className="my-1 block text-xs">
            ⋯ {m.conflict_unchanged({ count: text.length - 2 * KEPT })}
          </span>
          {text.slice(-KEPT).trimStart()}
        </>
      ) : (
        text
      )}
    </div>
  );
}

interface PlaceProps {
  legend: string;
  mine: string;
  theirs: string;
  choice: MergeChoice;
  hasBoth?: boolean;
  onChoose: (choice: MergeChoice) => void;
}

function Place({ legend, mine, theirs, choice, hasBoth = false, onChoose }: PlaceProps) {
  const parts = useMemo(() => wordDiff(theirs.trimEnd(), mine.trimEnd()), [mine, theirs]);
  const option = (value: MergeChoice, label: string, children?: ReactNode) => (
    <label
      className={cn(
        'block min-w-0 cursor-pointer rounded-xl border border-line-strong p-3 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent',
        !children && 'md:col-span-2',
      )}
    >
      <span className="flex items-center gap-2 text-[0.8125rem] font-medium">
        <input
          type="radio"
          name={legend}
          checked={choice === value}
          onChange={() => onChoose(value)}
          className="accent-accent"
        />
        {label}
      </span>
      {children && (
        <span className="mt-2 block max-h-72 overflow-y-auto text-sm leading-relaxed break-words whitespace-pre-wrap">
          {children}
        </span>
      )}
    </label>
  );
  const side = (text: string, without: 'added' | 'removed') =>
    text.trim() === '' ? (
      <em className="text-ink-3">{m.conflict_empty()}</em>
    ) : (
      <MarkedText parts={parts} without={without} />
    );
  return (
    <fieldset className="min-w-0 rounded-2xl border border-warn/40 p-3">
      <legend className="px-1 text-xs text-warn">{legend}</legend>
      <div className="grid gap-2 md:grid-cols-2">
        {option('mine', m.conflict_mine_short(), side(mine, 'removed'))}
        {option('theirs', m.conflict_theirs_short(), side(theirs, 'added'))}
        {hasBoth && option('both', m.conflict_both())}
      </div>
    </fieldset>
  );
}
