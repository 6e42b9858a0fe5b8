import { m } from '@ainotebook/messages';
import { X } from 'lucide-react';
import { useId } from 'react';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button, IconButton } from '../../ui/button.js';

const HEADING = 'text-[0.8125rem] font-medium text-ink-3';

const rows = (): [string, string][] => [
  [m.find_help_words_example(), m.find_help_words()],
  [m.find_help_phrase_example(), m.find_help_phrase()],
  [m.find_help_not_example(), m.find_help_not()],
  [m.find_help_tag_example(), m.find_help_tag()],
  [m.find_help_notebook_example(), m.find_help_notebook()],
  ['is:published', m.find_help_is()],
  ['after:2026-01-31', m.find_help_time()],
  ['gjl', m.find_help_pinyin()],
];

interface ChooseProps {
  onChoose: (query: string) => void;
}

/** Everything a query may hold; an example is tried by choosing it. */
export function SearchHelp({ onChoose }: ChooseProps) {
  const headingId = useId();
  return (
    <section aria-labelledby={headingId}>
      <h2 id={headingId} className={HEADING}>
        {m.find_help()}
      </h2>
      <ul className="mt-2 grid gap-x-8 sm:grid-cols-2">
        {rows().map(([example, meaning]) => (
          <li key={example}>
            <button
              type="button"
              onClick={() => onChoose(example)}
              className="-mx-2 flex w-full flex-wrap items-baseline gap-x-3 rounded-lg px-2 py-1.5 text-start hover:bg-hover max-md:min-h-11"
            >
              <code className="rounded bg-paper-3 px-1.5 py-0.5 font-mono text-[0.8125rem]">
                {example}
              </code>
              <span className="text-[0.8125rem] text-ink-2">{meaning}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was searched for in vain; nothing while there is none. */
export function SearchMisses({ onChoose }: ChooseProps) {
  const headingId = useId();
  const utils = trpc.useUtils();
  const { data } = trpc.search.misses.useQuery();
  const misses = data?.items ?? [];
  const forget = trpc.search.forgetMisses.useMutation({
    onMutate({ query } = {}) {
      utils.search.misses.setData(undefined, ({ items } = { items: [] }) => ({
        items: query === undefined ? [] : items.filter((miss) => miss.query !== query),
      }));
    },
    onError: toastError,
    onSettled: () => utils.search.misses.invalidate(),
  });
  if (misses.length === 0) return null;
  return (
    <section aria-labelledby={headingId}>
      <div className="flex items-baseline justify-between gap-3">
        <h2 id={headingId} className={HEADING}>
          {m.find_misses()}
        </h2>
        <Button size="sm" variant="ghost" onClick={() => forget.mutate({})}>
          {m.find_misses_clear()}
        </Button>
      </div>
      <p className="text-[0.8125rem] text-ink-3">{m.find_misses_text()}</p>
      <ul className="mt-2">
        {misses.map(({ query, count }) => (
          <li key={query} className="flex items-center gap-2">
            <button
              type="button"
              onClick={() => onChoose(query)}
              className="-ms-2 flex min-w-0 flex-1 items-baseline gap-3 rounded-lg px-2 py-1.5 text-start hover:bg-hover max-md:min-h-11"
            >
              <span className="truncate">{query}</span>
              <span className="shrink-0 text-xs text-ink-3">{m.find_miss_count({ count })}</span>
            </button>
            <IconButton
              label={m.find_miss_forget({ query })}
              onClick={() => forget.mutate({ query })}
            >
              <X />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
