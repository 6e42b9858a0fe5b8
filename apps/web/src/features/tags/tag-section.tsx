import type { Tag } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Ellipsis, Hash, Pencil, Tags, Trash2 } from 'lucide-react';
import { Suspense, useId, useState } from 'react';
import { lazyPart } from '../../lib/lazy-part.js';
import { IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { Menu, MenuItem } from '../../ui/menu.js';
import { useTags } from './tag-hooks.js';

const TagDialog = lazyPart('TagDialog', () => import('./tag-dialog.js'));

const SHOWN_AT_FIRST = 12;

/** Tags of the sidebar, the most used first. */
export function TagSection({ selected }: { selected: string | undefined }) {
  const headingId = useId();
  const query = useTags();
  const [isLong, setIsLong] = useState(false);
  const [intent, setIntent] = useState<{ kind: 'rename' | 'delete'; tag: Tag } | null>(null);
  const tags = [...(query.data ?? [])].sort(
    (a, b) => b.articleCount - a.articleCount || a.name.localeCompare(b.name),
  );
  if (tags.length === 0) return null;
  const shown = isLong ? tags : tags.slice(0, SHOWN_AT_FIRST);
  return (
    <section aria-labelledby={headingId}>
      <div className="flex h-8 items-center justify-between ps-2.5">
        <h2 id={headingId} className="text-xs font-medium text-ink-3">
          {m.nav_tags()}
        </h2>
        <Link
          to="/tags"
          aria-label={m.tags_all()}
          title={m.tags_all()}
          className="grid size-7 place-items-center rounded-lg text-ink-3 hover:bg-hover hover:text-ink max-md:size-11 [&_svg]:size-4"
        >
          <Tags />
        </Link>
      </div>
      <ul className="grid gap-px">
        {shown.map((tag) => (
          <li
            key={tag.id}
            className={cn(
              'group relative flex h-8 items-center rounded-lg pe-1 text-sm max-md:h-11',
              tag.name === selected
                ? 'bg-accent-soft text-accent-strong'
                : 'text-ink-2 hover:bg-hover',
            )}
          >
            <Link
              to="/notes"
              search={{ tag: tag.name }}
              activeOptions={{ exact: true }}
              aria-current={tag.name === selected ? 'page' : undefined}
              className="flex h-full min-w-0 flex-1 items-center gap-2 rounded-md ps-2.5"
            >
              <Hash aria-hidden className="size-3.5 shrink-0 text-ink-3" />
              <span className="truncate">{tag.name}</span>
            </Link>
            <span className="pe-1 text-xs text-ink-3 tabular-nums group-focus-within:opacity-0 group-hover:opacity-0">
              {tag.articleCount}
            </span>
            <span className="absolute end-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 max-md:static max-md:opacity-100">
              <Menu
                align="start"
                trigger={
                  <IconButton
                    label={m.tag_actions({ name: tag.name })}
                    className="size-6 max-md:size-9"
                  >
                    <Ellipsis />
                  </IconButton>
                }
              >
                <MenuItem icon={<Pencil />} onSelect={() => setIntent({ kind: 'rename', tag })}>
                  {m.common_rename()}
                </MenuItem>
                <MenuItem
                  icon={<Trash2 />}
                  isDanger
                  onSelect={() => setIntent({ kind: 'delete', tag })}
                >
                  {m.common_delete()}
                </MenuItem>
              </Menu>
            </span>
          </li>
        ))}
      </ul>
      {tags.length > SHOWN_AT_FIRST && (
        <button
          type="button"
          onClick={() => setIsLong(!isLong)}
          className="h-8 rounded-md px-2.5 text-[0.8125rem] text-ink-3 hover:text-ink"
        >
          {isLong ? m.common_show_less() : m.common_show_all({ count: tags.length })}
        </button>
      )}
      <Suspense fallback={null}>
        {intent && <TagDialog {...intent} onClose={() => setIntent(null)} />}
      </Suspense>
    </section>
  );
}
