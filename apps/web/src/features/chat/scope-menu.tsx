import type { ConversationScope } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { BookOpen, ChevronDown, Files, FileText, Globe, ListChecks } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../lib/lazy-part.js';
import { trpc } from '../../trpc.js';
import { buttonClass } from '../../ui/button.js';
import { Menu, MenuItem } from '../../ui/menu.js';
import { useNotebooks } from '../notebooks/notebook-hooks.js';

const NotePicker = lazyPart('NotePicker', () => import('./note-picker.js'));

interface ScopeMenuProps {
  scope: ConversationScope;
  onChange: (scope: ConversationScope) => void;
}

const ICON = { all: Files, notebook: BookOpen, articles: FileText, web: Globe };

/** Which notes are asked, or that the web is. */
export function ScopeMenu({ scope, onChange }: ScopeMenuProps) {
  const notebooks = useNotebooks().data ?? [];
  const named = scope.kind === 'notebook' && notebooks.find(({ id }) => id === scope.ids[0])?.name;
  const hasWeb = trpc.system.info.useQuery().data?.hasWebSearch ?? false;
  const label = labelOf(scope, named || m.chat_scope_notebook());
  const Icon = ICON[scope.kind];
  const [isPicking, setIsPicking] = useState(false);
  // Another scope may be a look aside: the notes that were asked can be had back.
  const [notes, setNotes] = useState(scope.kind === 'articles' ? scope : null);
  if (scope.kind === 'articles' && scope.ids.join() !== notes?.ids.join()) setNotes(scope);
  const isOne = notes?.ids.length === 1;
  const menu = (
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
      {notes && (
        <MenuItem icon={<FileText />} onSelect={() => onChange(notes)}>
          {isOne ? m.chat_scope_this() : m.chat_scope_articles({ count: notes.ids.length })}
        </MenuItem>
      )}
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
      <MenuItem icon={<ListChecks />} onSelect={() => setIsPicking(true)}>
        {m.chat_scope_pick()}
      </MenuItem>
      {hasWeb && (
        <MenuItem icon={<Globe />} onSelect={() => onChange({ kind: 'web' })}>
          {m.chat_scope_web()}
        </MenuItem>
      )}
    </Menu>
  );
  return (
    <>
      {menu}
      {isPicking && (
        <Suspense fallback={null}>
          <NotePicker
            initial={notes?.ids ?? []}
            onPick={(ids) => onChange({ kind: 'articles', ids })}
            onClose={() => setIsPicking(false)}
          />
        </Suspense>
      )}
    </>
  );
}

function labelOf(scope: ConversationScope, notebook: string): string {
  switch (scope.kind) {
    case 'all':
      return m.chat_scope_all();
    case 'notebook':
      return notebook;
    case 'articles':
      return m.chat_scope_articles({ count: scope.ids.length });
    case 'web':
      return m.chat_scope_web();
  }
}
