import type { ImportItem, ImportResult, ImportSession } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { FileText } from 'lucide-react';
import { useState } from 'react';
import { trpc } from '../../trpc.js';
import { Choice } from '../../ui/choice.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';
import { RESULT, rejectionText, warningText } from './import-words.js';

const RESULTS: ImportResult[] = ['pending', 'accepted', 'duplicate', 'rejected', 'undone', 'kept'];
type Filter = ImportResult | 'all' | 'warnings';

/** What is in a source, and what became of it. */
export function ImportItems({ session }: { session: ImportSession }) {
  const { id, counts } = session;
  const [filter, setFilter] = useState<Filter>('all');
  const query = trpc.imports.items.useInfiniteQuery(
    {
      id,
      limit: 50,
      ...(filter === 'warnings'
        ? { hasWarnings: true }
        : filter === 'all'
          ? {}
          : { result: filter }),
    },
    { getNextPageParam: (page) => page.nextCursor },
  );
  const present = RESULTS.filter((result) => counts[result] > 0);
  return (
    <section className="grid gap-2">
      <Choice<Filter>
        label={m.import_filter()}
        value={filter}
        onChange={setFilter}
        options={[
          { value: 'all', label: m.import_filter_all() },
          ...present.map((value) => ({ value, label: `${RESULT[value]()} ${counts[value]}` })),
          { value: 'warnings', label: m.import_filter_warnings() },
        ]}
      />
      <PagedList
        query={query}
        empty={<EmptyState icon={<FileText />} title={m.import_none_such()} />}
      >
        {(item) => <ItemRow key={item.id} item={item} />}
      </PagedList>
    </section>
  );
}

const TONE: Partial<Record<ImportResult, string>> = {
  rejected: 'text-danger',
  kept: 'text-warn',
  accepted: 'text-accent-strong',
};

function ItemRow({ item }: { item: ImportItem }) {
  const { title, path, notebooks, result, reason, warnings, articleId } = item;
  const isThere = articleId !== null && (result === 'accepted' || result === 'kept');
  const name = title || (reason ? path : m.import_untitled());
  return (
    <li className="grid gap-0.5 py-2.5">
      <div className="flex items-baseline gap-3">
        <span className="min-w-0 flex-1 truncate text-sm font-medium" title={path}>
          {isThere ? (
            <Link to="/notes/$articleId" params={{ articleId }} className="hover:underline">
              {name}
            </Link>
          ) : (
            name
          )}
        </span>
        <span className={`shrink-0 text-[0.8125rem] ${TONE[result] ?? 'text-ink-3'}`}>
          {RESULT[result]()}
        </span>
      </div>
      {notebooks.length > 0 && (
        <p className="truncate text-[0.8125rem] text-ink-3">{notebooks.join(' / ')}</p>
      )}
      {reason && <p className="text-[0.8125rem] text-danger">{rejectionText(reason)}</p>}
      {warnings.map((warning) => (
        <p
          key={`${warning.code} ${warning.detail}`}
          className="text-[0.8125rem] break-words text-warn"
        >
          {warningText(warning)}
        </p>
      ))}
    </li>
  );
}
