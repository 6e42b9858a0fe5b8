import type { Tag } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { getQueryKey } from '@trpc/react-query';
import { Ellipsis, Hash, Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button, IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { Menu, MenuItem } from '../../ui/menu.js';

const SHOWN_AT_FIRST = 12;

/** Tags of the sidebar, the most used first. */
export function TagSection({ selected }: { selected: string | undefined }) {
  const headingId = useId();
  const query = trpc.tags.list.useQuery(undefined, { staleTime: 60_000 });
  const [isLong, setIsLong] = useState(false);
  const [intent, setIntent] = useState<{ kind: 'rename' | 'delete'; tag: Tag } | null>(null);
  const tags = [...(query.data ?? [])].sort(
    (a, b) => b.articleCount - a.articleCount || a.name.localeCompare(b.name),
  );
  if (tags.length === 0) return null;
  const shown = isLong ? tags : tags.slice(0, SHOWN_AT_FIRST);
  return (
    <section aria-labelledby={headingId}>
      <h2 id={headingId} className="flex h-8 items-center ps-2.5 text-xs font-medium text-ink-3">
        {m.nav_tags()}
      </h2>
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
      {intent && <TagDialog {...intent} onClose={() => setIntent(null)} />}
    </section>
  );
}

interface TagDialogProps {
  kind: 'rename' | 'delete';
  tag: Tag;
  onClose: () => void;
}

function TagDialog({ kind, tag, onClose }: TagDialogProps) {
  const formId = useId();
  const client = useQueryClient();
  const [name, setName] = useState(tag.name);
  const settled = {
    onError: toastError,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: getQueryKey(trpc.tags) }),
        client.invalidateQueries({ queryKey: getQueryKey(trpc.articles) }),
      ]),
  };
  const rename = trpc.tags.update.useMutation(settled);
  const remove = trpc.tags.delete.useMutation(settled);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (kind === 'delete') remove.mutate({ id: tag.id });
    else rename.mutate({ id: tag.id, data: { name: name.trim() } });
    onClose();
  }
  const isRename = kind === 'rename';
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="sm"
      title={isRename ? m.tag_rename() : m.tag_delete_title({ name: tag.name })}
      description={isRename ? m.tag_rename_hint() : m.tag_delete_hint({ count: tag.articleCount })}
      footer={
        <>
          <Button onClick={onClose}>{m.common_cancel()}</Button>
          <Button
            type="submit"
            form={formId}
            variant={isRename ? 'primary' : 'danger'}
            disabled={!name.trim()}
          >
            {isRename ? m.common_save() : m.common_delete()}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        {isRename && (
          <TextField
            label={m.tag_name()}
            value={name}
            maxLength={LIMITS.tagNameLength}
            autoComplete="off"
            onChange={(event) => setName(event.target.value.replace(/[#,，]/g, ''))}
          />
        )}
      </form>
    </Dialog>
  );
}
