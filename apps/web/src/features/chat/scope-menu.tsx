import type { RetrievalScope } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { BookOpen, ChevronDown, Files, FileText } from 'lucide-react';
import { buttonClass } from '../../ui/button.js';
import { Menu, MenuItem } from '../../ui/menu.js';
import { useNotebooks } from '../notebooks/notebook-hooks.js';

interface ScopeMenuProps {
  scope: RetrievalScope;
  onChange: (scope: RetrievalScope) => void;
}

/** Which notes are asked. */
export function ScopeMenu({ scope, onChange }: ScopeMenuProps) {
  const notebooks = useNotebooks().data ?? [];
  const named = scope.kind === 'notebook' && notebooks.find(({ id }) => id === scope.ids[0])?.name;
  const label =
    scope.kind === 'all'
      ? m.chat_scope_all()
      : scope.kind === 'notebook'
        ? named || m.chat_scope_notebook()
        : m.chat_scope_articles({ count: scope.ids.length });
  const Icon = scope.kind === 'all' ? Files : scope.kind === 'notebook' ? BookOpen : FileText;
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`${m.chat_scope()}: ${label}`}
          className={`${buttonClass({ variant: 'ghost', size: 'sm' })} min-w-0 max-w-full`}
        >
          <Icon aria-hidden className="size-4 shrink-0" />
          <span className="truncate">{label}</span>
          <ChevronDown aria-hidden className="size-3.5 shrink-0" />
        </button>
      }
    >
      <MenuItem icon={<Files />} onSelect={() => onChange({ kind: 'all' })}>
        {m.chat_scope_all()}
      </MenuItem>
      {notebooks.map(({ id, name }) => (
        <MenuItem
          key={id}
          icon={<BookOpen />}
          onSelect={() => onChange({ kind: 'notebook', ids: [id] })}
        >
          {name}
        </MenuItem>
      ))}
    </Menu>
  );
}
