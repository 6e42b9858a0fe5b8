import type { Notebook } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link, useNavigate } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { isImeKey } from '../../lib/keys.js';
import { cn } from '../../ui/cn.js';
import { useNoteDrop } from '../articles/article-drag.js';
import { buildTree, type TreeNode, visibleRows } from './notebook-tree.js';
import { useOpenNotebooks } from './use-open-notebooks.js';

interface NotebookTreeProps {
  notebooks: Notebook[];
  selectedId: string | undefined;
  /** The menu button of a row. */
  renderMenu: (notebook: Notebook) => ReactNode;
  onRename: (notebook: Notebook) => void;
  onDelete: (notebook: Notebook) => void;
  /** Notes were let go over a notebook. */
  onDropNotes: (notebook: Notebook, articleIds: string[]) => void;
}

/** Notebooks as a tree that arrows, Home, End, F2 and Delete work on. */
export function NotebookTree(props: NotebookTreeProps) {
  const { notebooks, selectedId } = props;
  const navigate = useNavigate();
  const open = useOpenNotebooks();
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const rows = visibleRows(buildTree(notebooks), open.isOpen);
  const tabStop =
    rows.find((row) => row.notebook.id === (focusedId ?? selectedId)) ?? rows[0] ?? null;

  function focusRow(row: TreeNode | undefined): void {
    if (!row) return;
    setFocusedId(row.notebook.id);
    list.current?.querySelector<HTMLElement>(`[data-row="${row.notebook.id}"]`)?.focus();
  }

  function onKeyDown(event: KeyboardEvent, row: TreeNode): void {
    if (isImeKey(event) || event.metaKey || event.ctrlKey || event.altKey) return;
    const index = rows.indexOf(row);
    const isOpen = open.isOpen(row.notebook.id);
    const show = () => void navigate({ to: '/notes', search: { notebook: row.notebook.id } });
    switch (event.key) {
      case 'ArrowDown':
        focusRow(rows[index + 1]);
        break;
      case 'ArrowUp':
        focusRow(rows[index - 1]);
        break;
      case 'Home':
        focusRow(rows[0]);
        break;
      case 'End':
        focusRow(rows.at(-1));
        break;
      case 'ArrowRight':
        if (row.children.length > 0 && isOpen) focusRow(rows[index + 1]);
        else if (row.children.length > 0) open.setOpen(row.notebook.id, true);
        break;
      case 'ArrowLeft':
        if (row.children.length > 0 && isOpen) open.setOpen(row.notebook.id, false);
        else focusRow(rows.find((other) => other.notebook.id === row.notebook.parentId));
        break;
      case 'Enter':
      case ' ':
        show();
        break;
      case 'F2':
        props.onRename(row.notebook);
        break;
      case 'Delete':
        props.onDelete(row.notebook);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree is made of lists
    <ul ref={list} role="tree" aria-label={m.nav_notebooks()} className="grid gap-px">
      {rows.map((row) => (
        <TreeRow
          key={row.notebook.id}
          row={row}
          isOpen={open.isOpen(row.notebook.id)}
          isSelected={row.notebook.id === selectedId}
          isTabStop={row === tabStop}
          menu={props.renderMenu(row.notebook)}
          onToggle={() => open.setOpen(row.notebook.id, !open.isOpen(row.notebook.id))}
          onFocus={() => setFocusedId(row.notebook.id)}
          onDropNotes={(ids) => props.onDropNotes(row.notebook, ids)}
          onKeyDown={(event) => onKeyDown(event, row)}
        />
      ))}
    </ul>
  );
}

interface TreeRowProps {
  row: TreeNode;
  isOpen: boolean;
  isSelected: boolean;
  isTabStop: boolean;
  menu: ReactNode;
  onToggle: () => void;
  onFocus: () => void;
  onDropNotes: (articleIds: string[]) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

function TreeRow({ row, isOpen, isSelected, isTabStop, menu, ...on }: TreeRowProps) {
  const { notebook, depth, children } = row;
  const hasChildren = children.length > 0;
  const drop = useNoteDrop(on.onDropNotes);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the link inside carries the focus of the row
    <li
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isSelected}
      {...(hasChildren ? { 'aria-expanded': isOpen } : {})}
      {...drop.handlers}
      className={cn(
        'group relative flex h-8 items-center rounded-lg pe-1 text-sm max-md:h-11',
        isSelected ? 'bg-accent-soft text-accent-strong' : 'text-ink-2 hover:bg-hover',
        drop.isOver && 'ring-2 ring-accent ring-inset',
      )}
      style={{ paddingInlineStart: `${0.25 + depth * 0.9}rem` }}
    >
      {hasChildren ? (
        <button
          type="button"
          tabIndex={-1}
          aria-label={isOpen ? m.notebook_fold() : m.notebook_unfold()}
          onClick={on.onToggle}
          className="grid size-6 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-line max-md:size-9"
        >
          <ChevronRight className={cn('size-3.5 transition-transform', isOpen && 'rotate-90')} />
        </button>
      ) : (
        <span className="grid size-6 shrink-0 place-items-center max-md:size-9">
          <span className="size-1 rounded-full bg-line-strong" />
        </span>
      )}
      <Link
        to="/notes"
        search={{ notebook: notebook.id }}
        activeOptions={{ exact: true }}
        data-row={notebook.id}
        tabIndex={isTabStop ? 0 : -1}
        onFocus={on.onFocus}
        onKeyDown={on.onKeyDown}
        className="flex h-full min-w-0 flex-1 items-center rounded-md ps-0.5"
      >
        <span className="truncate">{notebook.name}</span>
      </Link>
      <span className="text-xs text-ink-3 tabular-nums group-focus-within:hidden group-hover:hidden max-md:hidden">
        {notebook.articleCount || ''}
      </span>
      <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 max-md:opacity-100 md:absolute md:end-1">
        {menu}
      </span>
    </li>
  );
}
