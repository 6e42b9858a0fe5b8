import { m } from '@ainotebook/messages';
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { lazyPart } from '../../lib/lazy-part.js';
import { Dialog } from '../../ui/dialog.js';
import type { EditorHandle, OutlineEntry, OutlineSource } from './editor-actions.js';
import { outlineOfPage } from './page-outline.js';
import { Related } from './related.js';

const EmbeddingState = lazyPart('EmbeddingState', () => import('./embedding-state.js'));

const PAUSE_MS = 250;
/** A heading this far below the top of the text has been reached, in pixels. */
const REACHED = 128;
const INDENTS = ['ps-2', 'ps-5', 'ps-8', 'ps-11'];

interface OutlineProps {
  /** None while the text is shown as its readers see it. */
  editor: EditorHandle | null;
  /** What the text is scrolled in. */
  scroller: HTMLElement;
  /** Beside the text, or over it where there is no room. */
  kind: 'rail' | 'sheet';
  /** The notes that lead here; none where the server does not have this one. */
  backlinks: ReactNode;
  articleId: string;
  onClose: () => void;
}

/** What the note is made of, what is like it, and who leads to it. */
export function Outline({ editor, scroller, kind, backlinks, articleId, onClose }: OutlineProps) {
  const headings = <Headings editor={editor} scroller={scroller} onGo={onClose} />;
  const others = backlinks && (
    <>
      <Related articleId={articleId} />
      {backlinks}
      <Suspense fallback={null}>
        <EmbeddingState articleId={articleId} />
      </Suspense>
    </>
  );
  if (kind === 'sheet') {
    return (
      <Dialog isOpen onClose={onClose} title={m.outline_title()} kind="sheet">
        {headings}
        <div className="mt-6">{others}</div>
      </Dialog>
    );
  }
  return (
    <aside
      aria-label={m.outline_title()}
      className="w-56 shrink-0 overflow-y-auto border-s border-line px-3 pt-8 pb-10"
    >
      <h2 className="mb-2 px-2 text-[0.8125rem] font-medium text-ink-2">{m.outline_title()}</h2>
      {headings}
      <div className="mt-8">{others}</div>
    </aside>
  );
}

interface HeadingsProps {
  editor: EditorHandle | null;
  scroller: HTMLElement;
  onGo: () => void;
}

function Headings({ editor, scroller, onGo }: HeadingsProps) {
  const [source, setSource] = useState<OutlineSource | null>(null);
  const entries = useEntries(source);
  const [current, pin] = useCurrent(source, entries, scroller);
  useEffect(() => {
    let isWanted = true;
    const found = editor ? editor.outline() : Promise.resolve(outlineOfPage(scroller));
    void found.then((next) => isWanted && setSource(next));
    return () => {
      isWanted = false;
    };
  }, [editor, scroller]);
  if (entries.length === 0) {
    return <p className="px-2 text-[0.8125rem] text-ink-3">{m.outline_empty()}</p>;
  }
  const top = Math.min(...entries.map(({ level }) => level));
  return (
    <nav aria-label={m.outline_headings()}>
      <ol className="grid gap-px">
        {entries.map(({ level, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: headings have no names of their own
          <li key={index}>
            <button
              type="button"
              aria-current={index === current ? 'location' : undefined}
              onClick={() => {
                pin(index);
                onGo();
                // Behind a sheet that gives the focus back.
                requestAnimationFrame(() => {
                  const entry = source?.read()[index];
                  if (entry) source?.goTo(entry.pos);
                });
              }}
              className={`${INDENTS[Math.min(level - top, 3)]} line-clamp-2 min-h-7 w-full rounded-md py-1 pe-2 text-start text-[0.8125rem] leading-snug text-ink-3 hover:bg-hover hover:text-ink aria-[current]:bg-accent-soft aria-[current]:font-medium aria-[current]:text-accent-strong max-md:min-h-11`}
            >
              {text.trim() || m.outline_unnamed()}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The headings as of the last pause in typing. */
function useEntries(source: OutlineSource | null): OutlineEntry[] {
  const [entries, setEntries] = useState<OutlineEntry[]>([]);
  useEffect(() => {
    if (!source) return setEntries([]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      const next = source.read();
      setEntries((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    const unsubscribe = source.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(read, PAUSE_MS);
    });
    read();
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [source]);
  return entries;
}

/** The heading that is being read; one that was chosen stays it until somebody scrolls. */
function useCurrent(
  source: OutlineSource | null,
  entries: readonly OutlineEntry[],
  scroller: HTMLElement,
): [number, (index: number) => void] {
  const [current, setCurrent] = useState(-1);
  const pinned = useRef<number | null>(null);
  useEffect(() => {
    let frame = 0;
    const look = () => {
      if (!source || pinned.current !== null) return;
      const { top, height } = scroller.getBoundingClientRect();
      const topOf = (pos: number) => source.topOf(pos) ?? Number.POSITIVE_INFINITY;
      const last = lastAbove(entries, topOf, top + REACHED);
      const [first] = entries;
      // Above the first one there is perhaps a line or two.
      setCurrent(last < 0 && first && topOf(first.pos) < top + height / 2 ? 0 : last);
    };
    const onScroll = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    const unpin = () => {
      pinned.current = null;
    };
    const events = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;
    look();
    scroller.addEventListener('scroll', onScroll, { passive: true });
    for (const event of events) scroller.addEventListener(event, unpin, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      scroller.removeEventListener('scroll', onScroll);
      for (const event of events) scroller.removeEventListener(event, unpin);
    };
  }, [source, entries, scroller]);
  return [
    current,
    (index) => {
      pinned.current = index;
      setCurrent(index);
    },
  ];
}

/** The last of the entries, which follow each other downwards, that is above an edge; -1 for none. */
function lastAbove(
  entries: readonly OutlineEntry[],
  topOf: (pos: number) => number,
  edge: number,
): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry && topOf(entry.pos) <= edge) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
