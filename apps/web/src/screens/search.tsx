import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useNewNote } from '../features/articles/use-new-note.js';
import { FilterBar } from '../features/search/filter-bar.js';
import { SearchHelp, SearchMisses } from '../features/search/search-help.js';
import { SearchResults } from '../features/search/search-results.js';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { useDebounced } from '../lib/use-debounced.js';
import { cn } from '../ui/cn.js';
import { inputClass } from '../ui/field.js';

const route = getRouteApi('/member/search');
const PAUSE_MS = 250;

/** All that a query finds; the query is in the address. */
export function SearchScreen() {
  const { q = '' } = route.useSearch();
  const navigate = useNavigate({ from: '/search' });
  const newNote = useNewNote();
  const [text, setText] = useState(q);
  const [isComposing, setIsComposing] = useState(false);
  // Pinyin on its way to a word is no query yet.
  const settled = useDebounced(isComposing ? null : text.trim(), PAUSE_MS);
  useEffect(() => {
    if (settled !== null && settled !== q) {
      void navigate({ search: settled ? { q: settled } : {}, replace: true });
    }
  }, [settled, q, navigate]);
  const ask = (query: string) => setText(query.slice(0, LIMITS.queryLength));
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.nav_search()} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-4 px-4 pb-16 md:px-8">
          <search className="grid gap-2">
            <div className="relative">
              <Search
                aria-hidden
                className="pointer-events-none absolute start-3.5 top-1/2 size-5 -translate-y-1/2 text-ink-3"
              />
              <input
                type="search"
                value={text}
                maxLength={LIMITS.queryLength}
                aria-label={m.find_page_placeholder()}
                placeholder={m.find_page_placeholder()}
                autoComplete="off"
                spellCheck={false}
                // biome-ignore lint/a11y/noAutofocus: the page is opened in order to type
                autoFocus
                onChange={(event) => setText(event.target.value)}
                onCompositionStart={() => setIsComposing(true)}
                onCompositionEnd={() => setIsComposing(false)}
                className={cn(inputClass, 'h-12 ps-11 text-base')}
              />
            </div>
            <FilterBar query={text} onChange={ask} />
          </search>
          {q ? (
            <SearchResults key={q} q={q} onNewNote={(title) => newNote({ title })} />
          ) : (
            <div className="grid gap-8 pt-2">
              <SearchHelp onChoose={ask} />
              <SearchMisses onChoose={ask} />
            </div>
          )}
        </div>
      </div>
    </div>
  );
}
