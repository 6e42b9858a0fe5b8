import { m } from '@ainotebook/messages';
import { CalendarDays, CircleDot, Folder, Hash, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.js';
import { Menu, MenuItem } from '../../ui/menu.js';
import { useNotebooks } from '../notebooks/notebook-hooks.js';
import { useTags } from '../tags/tag-hooks.js';
import { type FilterToken, splitFilters, withFilter, withoutFilter } from './filter-chips.js';

const DAY_MS = 86_400_000;
const MOST = 30;

const daysAgo = (days: number): string =>
  new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

function labelOf({ name, value }: FilterToken): string {
  switch (name) {
    case 'tag':
      return `# ${value}`;
    case 'notebook':
      return value;
    case 'before':
      return m.find_before({ day: value });
    case 'after':
      return m.find_after({ day: value });
    case 'is':
      if (value === 'published') return m.article_status_published();
      if (value === 'archived') return m.article_status_archived();
      return value === 'draft' ? m.find_status_draft() : value;
  }
}

interface FilterBarProps {
  query: string;
  onChange: (query: string) => void;
}

/** The filters of a query as chips, and menus that add more. */
export function FilterBar({ query, onChange }: FilterBarProps) {
  const { tokens } = splitFilters(query);
  const { data: tags = [] } = useTags();
  const { data: notebooks = [] } = useNotebooks();
  const add = (name: FilterToken['name'], value: string) =>
    onChange(withFilter(query, name, value));
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {tokens.map((token) => (
        <button
          key={token.text}
          type="button"
          aria-label={m.find_remove_filter({ name: labelOf(token) })}
          onClick={() => onChange(withoutFilter(query, token.text))}
          className="inline-flex h-8 max-w-full items-center gap-1 rounded-lg bg-accent-soft ps-2.5 pe-1.5 text-[0.8125rem] text-accent-strong max-md:h-11"
        >
          <span className="truncate">{labelOf(token)}</span>
          <X aria-hidden className="size-3.5 shrink-0" />
        </button>
      ))}
      {tags.length > 0 && (
        <FilterMenu icon={<Hash />} label={m.find_filter_tag()}>
          {[...tags]
            .sort((a, b) => b.articleCount - a.articleCount)
            .slice(0, MOST)
            .map((tag) => (
              <MenuItem key={tag.id} onSelect={() => add('tag', tag.name)}>
                {tag.name}
              </MenuItem>
            ))}
        </FilterMenu>
      )}
      {notebooks.length > 0 && (
        <FilterMenu icon={<Folder />} label={m.find_filter_notebook()}>
          {notebooks.slice(0, MOST).map((notebook) => (
            <MenuItem key={notebook.id} onSelect={() => add('notebook', notebook.name)}>
              {notebook.name}
            </MenuItem>
          ))}
        </FilterMenu>
      )}
      <FilterMenu icon={<CircleDot />} label={m.find_filter_status()}>
        <MenuItem onSelect={() => add('is', 'published')}>{m.article_status_published()}</MenuItem>
        <MenuItem onSelect={() => add('is', 'draft')}>{m.find_status_draft()}</MenuItem>
        <MenuItem onSelect={() => add('is', 'archived')}>{m.article_status_archived()}</MenuItem>
      </FilterMenu>
      <FilterMenu icon={<CalendarDays />} label={m.find_filter_time()}>
        <MenuItem onSelect={() => add('after', daysAgo(7))}>{m.find_week()}</MenuItem>
        <MenuItem onSelect={() => add('after', daysAgo(30))}>{m.find_month()}</MenuItem>
        <MenuItem onSelect={() => add('after', `${new Date().getFullYear()}-01-01`)}>
          {m.find_year()}
        </MenuItem>
      </FilterMenu>
    </div>
  );
}

function FilterMenu(props: { icon: ReactNode; label: string; children: ReactNode }) {
  return (
    <Menu
      align="start"
      trigger={
        <Button size="sm" variant="ghost" className="[&_svg]:size-4">
          {props.icon}
          {props.label}
        </Button>
      }
    >
      <div className="max-h-72 overflow-y-auto">{props.children}</div>
    </Menu>
  );
}
