import type { Tag } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Ellipsis, Hash, Merge, Pencil, TagsIcon, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../ui/button.js';
import { inputClass } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.js';
import { EmptyState, Skeleton } from '../../ui/states.js';
import { TagDialog } from './tag-dialog.js';
import { useTags } from './tag-hooks.js';

/** Every tag, what stands beside it, and what can be done with it. */
export function TagTable() {
  const query = useTags();
  const skeleton = (
    <div className="grid gap-4 pt-4">
      <Skeleton className="h-9 w-full" />
      <Skeleton className="h-6 w-2/5" />
      <Skeleton className="h-6 w-3/5" />
      <Skeleton className="h-6 w-1/2" />
    </div>
  );
  return (
    <Loaded query={query} skeleton={skeleton}>
      {(tags) => <Table tags={tags} />}
    </Loaded>
  );
}

function Table({ tags }: { tags: readonly Tag[] }) {
  const [filter, setFilter] = useState('');
  const [isByName, setIsByName] = useState(false);
  const [intent, setIntent] = useState<{ kind: 'rename' | 'merge' | 'delete'; tag: Tag } | null>(
    null,
  );
  if (tags.length === 0) {
    return (
      <EmptyState icon={<TagsIcon />} title={m.tags_empty_title()}>
        {m.tags_empty_text()}
      </EmptyState>
    );
  }
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = tags
    .filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
    .sort(
      (a, b) => (isByName ? 0 : b.articleCount - a.articleCount) || a.name.localeCompare(b.name),
    );
  return (
    <>
      <div className="grid gap-2 pb-3 sm:grid-cols-[minmax(0,1fr)_auto]">
        <input
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          placeholder={m.tags_filter()}
          aria-label={m.tags_filter()}
          className={`${inputClass} h-9 max-md:h-11`}
        />
        <select
          aria-label={m.sort_label()}
          value={isByName ? 'name' : 'use'}
          onChange={(event) => setIsByName(event.target.value === 'name')}
          className={`${inputClass} h-9 max-md:h-11`}
        >
          <option value="use">{m.tags_by_use()}</option>
          <option value="name">{m.tags_by_name()}</option>
        </select>
      </div>
      {shown.length === 0 && <p className="py-4 text-sm text-ink-3">{m.tags_none()}</p>}
      <ul className="divide-y divide-line">
        {shown.map((tag) => (
          <li key={tag.id} className="flex items-start gap-2 py-2.5">
            <div className="min-w-0 flex-1">
              <Link
                to="/notes"
                search={{ tag: tag.name }}
                className="flex min-w-0 items-center gap-2 rounded-md py-1 font-medium hover:text-accent"
              >
                <Hash aria-hidden className="size-4 shrink-0 text-ink-3" />
                <span className="truncate">{tag.name}</span>
                <span className="shrink-0 text-xs font-normal text-ink-3 tabular-nums">
                  {m.tags_count({ count: tag.articleCount })}
                </span>
              </Link>
            </div>
            <Menu
              trigger={
                <IconButton label={m.tag_actions({ name: tag.name })}>
                  <Ellipsis />
                </IconButton>
              }
            >
              <MenuItem icon={<Pencil />} onSelect={() => setIntent({ kind: 'rename', tag })}>
                {m.common_rename()}
              </MenuItem>
              <MenuItem
                icon={<Merge />}
                isDisabled={tags.length < 2}
                onSelect={() => setIntent({ kind: 'merge', tag })}
              >
                {m.tag_merge()}
              </MenuItem>
              <MenuSeparator />
              <MenuItem
                icon={<Trash2 />}
                isDanger
                onSelect={() => setIntent({ kind: 'delete', tag })}
              >
                {m.common_delete()}
              </MenuItem>
            </Menu>
          </li>
        ))}
      </ul>
      {intent && <TagDialog {...intent} onClose={() => setIntent(null)} />}
    </>
  );
}
