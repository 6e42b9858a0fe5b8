import type { Notebook } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Check, FileText, Folder, FolderPlus } from 'lucide-react';
import { useState } from 'react';
import { cn } from '../../ui/cn.js';
import { Dialog } from '../../ui/dialog.js';
import { inputClass } from '../../ui/field.js';
import { EmptyState } from '../../ui/states.js';
import { buildTree, subtreeIds, visibleRows } from './notebook-tree.js';

interface NotebookPickerProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  notebooks: Notebook[];
  /** What is chosen now; nothing when it is left out. */
  value?: string | null;
  /** Name of the choice "in no notebook". */
  rootLabel: string;
  /** A notebook that cannot be chosen, with all below it. */
  withoutSubtree?: string;
  onPick: (id: string | null) => void;
  /** A notebook that may be made for it. */
  anew?: { label: string; onPick: () => void } | false;
}

/** Chooses a notebook from the whole tree, narrowed by typing. */
export function NotebookPicker(props: NotebookPickerProps) {
  const { anew } = props;
  const [filter, setFilter] = useState('');
  const tree = buildTree(props.notebooks);
  const excluded = props.withoutSubtree ? subtreeIds(tree, props.withoutSubtree) : new Set();
  const wanted = filter.trim().toLocaleLowerCase();
  const rows = visibleRows(tree, () => true).filter(
    ({ notebook }) =>
      !excluded.has(notebook.id) && notebook.name.toLocaleLowerCase().includes(wanted),
  );
  const pick = (choose: () => void) => {
    choose();
    setFilter('');
    props.onClose();
  };
  const row =
    'flex h-10 w-full items-center gap-2.5 rounded-lg px-2.5 text-start text-sm hover:bg-hover max-md:h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3';
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={props.title} size="sm">
      <input
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
        placeholder={m.notebook_filter()}
        aria-label={m.notebook_filter()}
        className={cn(inputClass, 'mb-2 h-10')}
      />
      <ul className="-mx-2.5 max-h-80 overflow-y-auto">
        {!wanted && anew && (
          <li>
            <button type="button" className={row} onClick={() => pick(anew.onPick)}>
              <FolderPlus aria-hidden />
              <span className="flex-1 truncate">{anew.label}</span>
            </button>
          </li>
        )}
        {!wanted && (
          <li>
            <button type="button" className={row} onClick={() => pick(() => props.onPick(null))}>
              <FileText aria-hidden />
              <span className="flex-1">{props.rootLabel}</span>
              {props.value === null && <Check aria-label={m.common_selected()} />}
            </button>
          </li>
        )}
        {rows.map(({ notebook, depth }) => (
          <li key={notebook.id}>
            <button
              type="button"
              className={row}
              style={{ paddingInlineStart: `${0.625 + (wanted ? 0 : depth * 1.1)}rem` }}
              onClick={() => pick(() => props.onPick(notebook.id))}
            >
              <Folder aria-hidden />
              <span className="flex-1 truncate">{notebook.name}</span>
              {props.value === notebook.id && <Check aria-label={m.common_selected()} />}
            </button>
          </li>
        ))}
      </ul>
      {wanted && rows.length === 0 && <EmptyState title={m.notebook_no_match()} />}
    </Dialog>
  );
}
