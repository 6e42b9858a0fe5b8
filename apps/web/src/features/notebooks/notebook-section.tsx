import type { Notebook } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useNavigate } from '@tanstack/react-router';
import {
  ArrowDown,
  ArrowUp,
  Download,
  Ellipsis,
  FilePlus2,
  FolderInput,
  FolderPlus,
  Pencil,
  Plus,
  Trash2,
} from 'lucide-react';
import { Suspense, useId, useState } from 'react';
import { lazyPart } from '../../lib/lazy-part.js';
import { uuidv7 } from '../../lib/uuid.js';
import { IconButton } from '../../ui/button.js';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import {
  useCreateNotebook,
  useDeleteNotebook,
  useMoveNotebook,
  useNotebooks,
  useRenameNotebook,
} from './notebook-hooks.js';
import { NotebookTree } from './notebook-tree-view.js';
import { useExportNotebook } from './use-export-notebook.js';

const loadDialogs = () => import('./notebook-dialogs.js');
const NotebookNameDialog = lazyPart('NotebookNameDialog', loadDialogs);
const DeleteNotebookDialog = lazyPart('DeleteNotebookDialog', loadDialogs);
const NotebookPicker = lazyPart('NotebookPicker', () => import('./notebook-picker.js'));

type Intent =
  | { kind: 'create'; parentId: string | null }
  | { kind: 'rename' | 'move' | 'delete'; notebook: Notebook }
  | null;

interface NotebookSectionProps {
  selectedId: string | undefined;
  onNewNote: (notebookId: string) => void;
  onDropNotes: (notebookId: string, articleIds: string[]) => void;
}

/** The notebooks of the sidebar with everything that can be done to them. */
export function NotebookSection({ selectedId, onNewNote, onDropNotes }: NotebookSectionProps) {
  const headingId = useId();
  const query = useNotebooks();
  const navigate = useNavigate();
  const [intent, setIntent] = useState<Intent>(null);
  const create = useCreateNotebook();
  const rename = useRenameNotebook();
  const move = useMoveNotebook();
  const remove = useDeleteNotebook();
  const exportNotebook = useExportNotebook();
  const notebooks = query.data ?? [];
  const close = () => setIntent(null);

  const siblings = (notebook: Notebook) =>
    notebooks
      .filter((other) => other.parentId === notebook.parentId)
      .sort((a, b) => (a.position < b.position ? -1 : 1));
  /** Moves one place up (-1) or down (+1) among the siblings. */
  function shift(notebook: Notebook, by: -1 | 1): void {
    const row = siblings(notebook);
    const index = row.indexOf(notebook);
    const before = by === -1 ? row[index - 1] : row[index + 2];
    move.mutate({ id: notebook.id, parentId: notebook.parentId, beforeId: before?.id ?? null });
  }

  const menu = (notebook: Notebook) => {
    const row = siblings(notebook);
    return (
      <Menu
        align="start"
        trigger={
          <IconButton
            label={m.notebook_actions({ name: notebook.name })}
            className="size-6 max-md:size-9"
          >
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem icon={<FilePlus2 />} onSelect={() => onNewNote(notebook.id)}>
          {m.notebook_new_note()}
        </MenuItem>
        <MenuItem
          icon={<FolderPlus />}
          onSelect={() => setIntent({ kind: 'create', parentId: notebook.id })}
        >
          {m.notebook_new_inside()}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Pencil />} onSelect={() => setIntent({ kind: 'rename', notebook })}>
          {m.common_rename()}
        </MenuItem>
        <MenuItem icon={<FolderInput />} onSelect={() => setIntent({ kind: 'move', notebook })}>
          {m.common_move_to()}
        </MenuItem>
        <MenuItem
          icon={<ArrowUp />}
          isDisabled={row[0] === notebook}
          onSelect={() => shift(notebook, -1)}
        >
          {m.notebook_move_up()}
        </MenuItem>
        <MenuItem
          icon={<ArrowDown />}
          isDisabled={row.at(-1) === notebook}
          onSelect={() => shift(notebook, 1)}
        >
          {m.notebook_move_down()}
        </MenuItem>
        <MenuItem icon={<Download />} onSelect={() => exportNotebook(notebook.id)}>
          {m.notebook_export()}
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon={<Trash2 />}
          isDanger
          onSelect={() => setIntent({ kind: 'delete', notebook })}
        >
          {m.common_delete()}
        </MenuItem>
      </Menu>
    );
  };

  return (
    <section aria-labelledby={headingId}>
      <div className="flex h-8 items-center justify-between ps-2.5">
        <h2 id={headingId} className="text-xs font-medium text-ink-3">
          {m.nav_notebooks()}
        </h2>
        <IconButton
          label={m.notebook_new()}
          className="size-7"
          onClick={() => setIntent({ kind: 'create', parentId: null })}
        >
          <Plus />
        </IconButton>
      </div>
      {query.isPending && (
        <Loading>
          <div className="grid gap-2 px-2.5 py-1">
            <Skeleton className="h-5 w-4/5" />
            <Skeleton className="h-5 w-3/5" />
            <Skeleton className="h-5 w-2/3" />
          </div>
        </Loading>
      )}
      {query.isError && (
        <ErrorBlock error={query.error} onRetry={() => void query.refetch()} className="py-4" />
      )}
      {query.data?.length === 0 && (
        <p className="px-2.5 py-1 text-[0.8125rem] text-ink-3">{m.notebook_empty_hint()}</p>
      )}
      <NotebookTree
        notebooks={notebooks}
        selectedId={selectedId}
        renderMenu={menu}
        onRename={(notebook) => setIntent({ kind: 'rename', notebook })}
        onDelete={(notebook) => setIntent({ kind: 'delete', notebook })}
        onDropNotes={(notebook, ids) => onDropNotes(notebook.id, ids)}
      />
      <Suspense fallback={null}>
        {intent?.kind === 'create' && (
          <NotebookNameDialog
            isOpen
            title={intent.parentId ? m.notebook_new_inside() : m.notebook_new()}
            initialName=""
            submitLabel={m.common_create()}
            onClose={close}
            onSubmit={(name) => create.mutate({ id: uuidv7(), name, parentId: intent.parentId })}
          />
        )}
        {intent?.kind === 'rename' && (
          <NotebookNameDialog
            isOpen
            title={m.common_rename()}
            initialName={intent.notebook.name}
            submitLabel={m.common_save()}
            onClose={close}
            onSubmit={(name) => rename.mutate({ id: intent.notebook.id, data: { name } })}
          />
        )}
        {intent?.kind === 'move' && (
          <NotebookPicker
            isOpen
            title={m.notebook_move_title({ name: intent.notebook.name })}
            notebooks={notebooks}
            value={intent.notebook.parentId}
            rootLabel={m.notebook_top_level()}
            withoutSubtree={intent.notebook.id}
            onClose={close}
            onPick={(parentId) => {
              if (parentId !== intent.notebook.parentId) {
                move.mutate({ id: intent.notebook.id, parentId, beforeId: null });
              }
            }}
          />
        )}
        {intent?.kind === 'delete' && (
          <DeleteNotebookDialog
            notebook={intent.notebook}
            onClose={close}
            onDelete={(articles) => {
              remove.mutate({ id: intent.notebook.id, articles });
              if (selectedId === intent.notebook.id) void navigate({ to: '/notes', search: {} });
            }}
          />
        )}
      </Suspense>
    </section>
  );
}
