import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { keepPreviousData } from '@tanstack/react-query';
import type { Editor } from '@tiptap/core';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useDebounced } from '../../../lib/use-debounced.js';
import { trpc } from '../../../trpc.js';
import { cn } from '../../../ui/cn.js';
import { blockChoices } from './block-menu.js';
import { type Place, placeBelow } from './places.js';
import { closeSuggestion, type Suggestion, type SuggestionList, suggestionOf } from './suggest.js';

interface Choice {
  id: string;
  label: string;
  run: () => void;
}

/** The list under the caret that `/` and `[[` open. */
export function SuggestMenu({ editor, articleId }: { editor: Editor; articleId: string }) {
  const asked = useSyncExternalStore(
    (listener) => {
      editor.on('transaction', listener);
      return () => void editor.off('transaction', listener);
    },
    () => suggestionOf(editor.state),
  );
  if (!asked) return null;
  return asked.kind === 'block' ? (
    <BlockList editor={editor} asked={asked} />
  ) : (
    <NoteList editor={editor} asked={asked} articleId={articleId} />
  );
}

function BlockList({ editor, asked }: { editor: Editor; asked: Suggestion }) {
  const abilities = trpc.assist.abilities.useQuery(undefined, { staleTime: 60_000 });
  const choices = blockChoices(asked.query, abilities.data?.actions).map(({ id, label, run }) => ({
    id,
    label,
    run() {
      editor.chain().focus().deleteRange({ from: asked.from, to: asked.to }).run();
      run(editor);
    },
  }));
  return <List editor={editor} asked={asked} label={m.block_menu()} choices={choices} />;
}

interface NoteListProps {
  editor: Editor;
  asked: Suggestion;
  articleId: string;
}

function NoteList({ editor, asked, articleId }: NoteListProps) {
  const query = useDebounced(asked.query.trim(), 120) ?? '';
  const found = trpc.search.titles.useQuery(
    { q: query.slice(0, LIMITS.titleLength), limit: 8 },
    { placeholderData: keepPreviousData },
  );
  const insert = (target: string) => {
    const { from, to } = asked;
    const node = { type: 'wikiLink', attrs: { target, alias: null } };
    editor.chain().focus().insertContentAt({ from, to }, node).run();
  };
  const hits = found.data?.items ?? [];
  const titles = [
    ...new Set(hits.flatMap((hit) => (hit.articleId === articleId ? [] : [targetOf(hit.title)]))),
  ].filter((title) => title !== '');
  const wanted = targetOf(asked.query);
  const choices: Choice[] = titles.map((title) => ({
    id: title,
    label: title,
    run: () => insert(title),
  }));
  if (wanted !== '' && !titles.includes(wanted)) {
    const label = m.wiki_new({ title: wanted });
    choices.push({ id: `new:${wanted}`, label, run: () => insert(wanted) });
  }
  return <List editor={editor} asked={asked} label={m.wiki_menu()} choices={choices} />;
}

/** A title as the target of a link, which has no brackets and bars. */
const targetOf = (title: string): string => title.replace(/[[\]|]+/g, ' ').trim();

interface ListProps {
  editor: Editor;
  asked: Suggestion;
  label: string;
  choices: Choice[];
}

function List({ editor, asked, label, choices }: ListProps) {
  const [index, setIndex] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const at = Math.min(index, choices.length - 1);
  const { query, from } = asked;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another query is another list
  useEffect(() => setIndex(0), [query]);
  useEffect(() => {
    const move = () => setPlace(placeBelow(editor.view.coordsAtPos(from), list.current));
    move();
    window.addEventListener('resize', move);
    // Whatever scrolls below moves the text along.
    document.addEventListener('scroll', move, true);
    return () => {
      window.removeEventListener('resize', move);
      document.removeEventListener('scroll', move, true);
    };
  }, [editor, from]);
  useEffect(() => {
    const keys: SuggestionList = {
      onKey(event) {
        if (choices.length === 0) return false;
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step !== 0) {
          setIndex((at + step + choices.length) % choices.length);
          return true;
        }
        if (event.key !== 'Enter' && event.key !== 'Tab') return false;
        choices[at]?.run();
        return true;
      },
    };
    editor.storage.suggest.list = keys;
    return () => {
      if (editor.storage.suggest.list === keys) editor.storage.suggest.list = null;
    };
  });
  useEffect(() => {
    const { dom } = editor.view;
    if (choices.length === 0) return;
    dom.setAttribute('aria-activedescendant', `suggest-${at}`);
    list.current?.querySelector(`#suggest-${at}`)?.scrollIntoView({ block: 'nearest' });
    return () => dom.removeAttribute('aria-activedescendant');
  }, [editor, at, choices.length]);

  if (choices.length === 0) return null;
  return (
    <div
      ref={list}
      role="listbox"
      aria-label={label}
      tabIndex={-1}
      style={place ?? { visibility: 'hidden', left: 0, top: 0 }}
      // The caret stays where it is.
      onMouseDown={(event) => event.preventDefault()}
      className="fixed z-50 max-h-72 w-64 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-xl border border-line bg-paper p-1.5 shadow-pop"
    >
      {choices.map((choice, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the text choose, as a listbox has it
        <div
          key={choice.id}
          id={`suggest-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === at}
          onMouseMove={() => setIndex(i)}
          onClick={() => {
            closeSuggestion(editor.view);
            choice.run();
          }}
          className={cn(
            'flex h-8 cursor-pointer items-center truncate rounded-lg px-2.5 text-sm max-md:h-11',
            i === at && 'bg-hover',
          )}
        >
          <span className="truncate">{choice.label}</span>
        </div>
      ))}
    </div>
  );
}
