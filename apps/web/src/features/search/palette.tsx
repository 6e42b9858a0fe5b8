import type { SearchHit } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FileText, Globe, LoaderCircle, Search, SquarePen } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { isImeKey } from '../../lib/keys.js';
import { relativeTime } from '../../lib/time.js';
import { useDebounced } from '../../lib/use-debounced.js';
import { trpc } from '../../trpc.js';
import { cn } from '../../ui/cn.js';
import { returnFocus } from '../../ui/return-focus.js';
import { ErrorBlock } from '../../ui/states.js';
import { Highlighted } from './highlighted.js';
import { type Choice, usePlaces } from './palette-places.js';

interface PaletteProps {
  onClose: () => void;
  onNewNote: (title: string) => void;
}

/** One box for finding notes and for going places; the keyboard alone is enough. */
export function Palette({ onClose, onNewNote }: PaletteProps) {
  const navigate = useNavigate();
  const listId = useId();
  const [query, setQuery] = useState('');
  const [isComposing, setIsComposing] = useState(false);
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const typed = query.trim();
  // Pinyin on its way to a word is no query yet.
  const q = useDebounced(isComposing ? null : typed, 140);
  const search = trpc.search.query.useQuery(
    { q: q ?? '', limit: 20 },
    { enabled: Boolean(q), placeholderData: keepPreviousData, staleTime: 5000 },
  );
  const recent = trpc.articles.list.useQuery(
    { limit: 8, isTrashed: false, isArchived: false, sort: 'updatedAt' },
    { enabled: typed === '' },
  );

  const openArticle = (articleId: string) =>
    void navigate({ to: '/notes/$articleId', params: { articleId }, search: {} });
  const hitChoice = (hit: SearchHit): Choice => ({
    key: hit.articleId,
    group: m.search_group_notes(),
    icon: hit.status === 'published' ? <Globe /> : <FileText />,
    title: hit.title ? (
      <Highlighted text={hit.title} ranges={hit.titleRanges} />
    ) : (
      m.article_untitled()
    ),
    detail: (
      <>
        {hit.matchedBy === 'pinyin' && (
          <span className="me-1.5 text-ink-3">{m.search_by_pinyin()}</span>
        )}
        <Highlighted text={hit.snippet} ranges={hit.snippetRanges} />
      </>
    ),
    aside: relativeTime(hit.updatedAt),
    run: () => openArticle(hit.articleId),
  });
  const create: Choice = {
    key: 'create',
    group: m.search_group_actions(),
    icon: <SquarePen />,
    title: typed ? m.search_create({ title: typed }) : m.nav_new_note(),
    run: () => onNewNote(typed.slice(0, LIMITS.titleLength)),
  };
  const all: Choice = {
    key: 'all',
    group: m.search_group_actions(),
    icon: <Search />,
    title: m.find_page_all(),
    run: () => void navigate({ to: '/search', search: { q: typed } }),
  };
  const places = usePlaces(typed);
  const choices: Choice[] =
    typed === ''
      ? [
          ...(recent.data?.items ?? []).map((article) => ({
            key: article.id,
            group: m.search_group_recent(),
            icon: <FileText />,
            title: article.title || m.article_untitled(),
            aside: relativeTime(article.updatedAt),
            run: () => openArticle(article.id),
          })),
          create,
          ...places,
        ]
      : [...(search.data?.items ?? []).map(hitChoice), ...places, all, create];
  const current = Math.min(active, choices.length - 1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another query starts at the top
  useEffect(() => setActive(0), [q, typed === '']);
  useEffect(() => {
    list.current?.querySelector(`[data-index="${current}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  function choose(choice: Choice | undefined): void {
    if (!choice) return;
    onClose();
    choice.run();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (isImeKey(event)) return;
    const count = choices.length;
    if (event.key === 'ArrowDown') setActive((current + 1) % count);
    else if (event.key === 'ArrowUp') setActive((current + count - 1) % count);
    else if (event.key === 'Enter') choose(choices[current]);
    else return;
    event.preventDefault();
  }

  const isWaiting = typed !== '' && (search.isFetching || q !== typed);
  const isEmpty = typed !== '' && !isWaiting && search.data?.items.length === 0;
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/30 dark:bg-black/55" />
        <Radix.Content
          onCloseAutoFocus={returnFocus}
          aria-describedby={undefined}
          className="fixed inset-x-0 top-0 z-50 mx-auto flex max-h-dvh w-full max-w-2xl animate-rise flex-col overflow-hidden border border-line bg-paper shadow-pop focus:outline-none max-md:h-dvh md:top-[12vh] md:max-h-[70vh] md:rounded-2xl"
        >
          <Radix.Title className="sr-only">{m.nav_search()}</Radix.Title>
          <div className="flex items-center gap-3 border-b border-line ps-4 pe-2">
            {isWaiting ? (
              <LoaderCircle aria-hidden className="size-5 shrink-0 animate-spin text-ink-3" />
            ) : (
              <Search aria-hidden className="size-5 shrink-0 text-ink-3" />
            )}
            <input
              role="combobox"
              aria-expanded
              aria-controls={listId}
              aria-activedescendant={choices[current] ? `${listId}-${current}` : undefined}
              aria-label={m.search_placeholder()}
              placeholder={m.search_placeholder()}
              value={query}
              maxLength={LIMITS.queryLength}
              autoComplete="off"
              spellCheck={false}
              // biome-ignore lint/a11y/noAutofocus: a palette is opened in order to type
              autoFocus
              onChange={(event) => setQuery(event.target.value)}
              onCompositionStart={() => setIsComposing(true)}
              onCompositionEnd={() => setIsComposing(false)}
              onKeyDown={onKeyDown}
              className="h-14 w-full bg-transparent text-base outline-none"
            />
            <Radix.Close className="shrink-0 rounded-md px-2 py-1 text-xs whitespace-nowrap text-ink-3 hover:bg-hover max-md:h-11 max-md:px-3 max-md:text-sm">
              {m.common_close()}
            </Radix.Close>
          </div>
          <div
            ref={list}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            className="min-h-0 flex-1 overflow-y-auto p-2 outline-none"
          >
            {search.isError && typed !== '' && (
              <ErrorBlock
                error={search.error}
                onRetry={() => void search.refetch()}
                className="py-5"
              />
            )}
            {isEmpty && (
              <p className="px-3 py-4 text-sm text-ink-2">
                {m.search_nothing()}
                <span className="mt-1 block text-[0.8125rem] text-ink-3">
                  {m.search_nothing_hint()}
                </span>
              </p>
            )}
            {search.data?.correction && typed !== '' && (
              <p className="px-3 pt-1 pb-2 text-[0.8125rem] text-ink-3">
                {m.search_correction({ query: q ?? '', correction: search.data.correction })}
              </p>
            )}
            {search.data &&
              typed !== '' &&
              search.data.candidateCount > search.data.candidateCap && (
                <p className="px-3 pt-1 pb-2 text-[0.8125rem] text-ink-3">
                  {m.search_capped({ count: search.data.candidateCap })}
                </p>
              )}
            {search.data?.isRelaxed && typed !== '' && !isEmpty && (
              <p className="px-3 pt-1 pb-2 text-[0.8125rem] text-ink-3">{m.search_relaxed()}</p>
            )}
            <div id={listId} role="listbox" aria-label={m.search_results()}>
              {choices.map((choice, index) => (
                <div key={choice.key}>
                  {choice.group !== choices[index - 1]?.group && (
                    <p aria-hidden className="px-3 pt-3 pb-1 text-xs text-ink-3 first:pt-1">
                      {choice.group}
                    </p>
                  )}
                  {/* biome-ignore lint/a11y/useKeyWithClickEvents: the box above has the keyboard */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: reached by aria-activedescendant */}
                  <div
                    id={`${listId}-${index}`}
                    data-index={index}
                    role="option"
                    aria-selected={index === current}
                    onClick={() => choose(choice)}
                    onPointerMove={() => setActive(index)}
                    className={cn(
                      'flex cursor-pointer items-start gap-3 rounded-xl px-3 py-2.5 [&_svg]:mt-1 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3',
                      index === current && 'bg-accent-soft',
                    )}
                  >
                    {choice.icon}
                    <span className="min-w-0 flex-1">
                      <span className="block truncate">{choice.title}</span>
                      {choice.detail && (
                        <span className="line-clamp-2 text-[0.8125rem] text-ink-2">
                          {choice.detail}
                        </span>
                      )}
                    </span>
                    {choice.aside && (
                      <span className="mt-0.5 shrink-0 text-xs text-ink-3">{choice.aside}</span>
                    )}
                  </div>
                </div>
              ))}
            </div>
          </div>
          <p aria-live="polite" className="sr-only">
            {typed !== '' &&
              !isWaiting &&
              m.search_count({ count: search.data?.items.length ?? 0 })}
          </p>
          <footer className="flex gap-4 border-t border-line px-4 py-2 text-xs text-ink-3 max-md:hidden">
            <span>↑↓ {m.search_keys_move()}</span>
            <span>↵ {m.search_keys_open()}</span>
            <span>esc {m.common_close()}</span>
            <span className="ms-auto truncate">{m.search_syntax()}</span>
          </footer>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
