import { m } from '@ainotebook/messages';
import type { Editor } from '@tiptap/core';
import { NodeSelection } from '@tiptap/pm/state';
import { CellSelection } from '@tiptap/pm/tables';
import {
  AlignCenter,
  AlignLeft,
  AlignRight,
  ArrowDownToLine,
  ArrowRightToLine,
  Bold,
  Code,
  ExternalLink,
  FoldHorizontal,
  FoldVertical,
  Highlighter,
  Italic,
  Link,
  Pencil,
  Sparkles,
  Strikethrough,
  Trash2,
  Unlink,
} from 'lucide-react';
import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { IconButton } from '../../../ui/button.js';
import { act, activeActions, canEdit, EDIT_LINK } from './actions.js';
import { EDIT_ATOM } from './atoms.js';
import { isSafeAddress } from './basics.js';
import { type Place, placeAbove } from './places.js';
import { suggestionOf } from './suggest.js';
import { alignColumn } from './table-tools.js';
import { useEditorState } from './use-editor-state.js';

type Kind = 'text' | 'link' | 'atom' | 'table';

/** What the bar is for where the selection is; none while there is nothing to do. */
function kindOf(editor: Editor): Kind | null {
  const { selection } = editor.state;
  if (!editor.isEditable || !editor.view.hasFocus() || suggestionOf(editor.state)) return null;
  if (selection instanceof NodeSelection) return canEdit(selection.node) ? 'atom' : null;
  if (selection instanceof CellSelection) return 'table';
  if (!selection.empty) return selection.$from.parent.type.spec.code ? null : 'text';
  if (editor.isActive('link')) return 'link';
  return editor.isActive('table') ? 'table' : null;
}

interface Tool {
  label: string;
  icon: ReactNode;
  run: () => void;
  isActive?: boolean;
  /** Begins a group. */
  isFirst?: boolean;
}

interface ContextBarProps {
  editor: Editor;
  onOpenTarget: (target: string) => void;
}

/** Tools for what is selected, over it: text, a link, an atom, a table. */
export function ContextBar({ editor, onOpenTarget }: ContextBarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const [isPressed, setIsPressed] = useState(false);
  const state = useEditorState(editor);
  const kind = kindOf(editor);

  useEffect(() => {
    // While a selection is being drawn nothing stands in the way.
    const { dom } = editor.view;
    const down = () => setIsPressed(true);
    const up = () => setIsPressed(false);
    dom.addEventListener('pointerdown', down);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', up);
    return () => {
      dom.removeEventListener('pointerdown', down);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', up);
    };
  }, [editor]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the text may move it
  useLayoutEffect(() => {
    if (!kind || isPressed) return;
    const move = () => setPlace(placeAbove(boxOf(editor, kind), bar.current));
    move();
    document.addEventListener('scroll', move, true);
    window.addEventListener('resize', move);
    return () => {
      document.removeEventListener('scroll', move, true);
      window.removeEventListener('resize', move);
    };
  }, [editor, kind, isPressed, state]);

  if (!kind || isPressed) return null;
  return (
    <div
      ref={bar}
      role="toolbar"
      aria-label={m.context_tools()}
      style={place ?? { visibility: 'hidden', left: 0, top: 0 }}
      onMouseDown={(event) => event.preventDefault()}
      className="fixed z-30 flex max-w-[calc(100vw-1rem)] items-center gap-0.5 overflow-x-auto rounded-xl border border-line bg-paper p-1 shadow-pop [scrollbar-width:none]"
    >
      {toolsOf(editor, kind, onOpenTarget).map(({ label, icon, run, isActive, isFirst }) => (
        <Fragment key={label}>
          {isFirst && <span aria-hidden className="mx-1 h-4 w-px shrink-0 bg-line" />}
          <IconButton
            label={label}
            isActive={isActive ?? false}
            onMouseDown={(event) => event.preventDefault()}
            onClick={run}
            className="shrink-0"
          >
            {icon}
          </IconButton>
        </Fragment>
      ))}
    </div>
  );
}

function boxOf(editor: Editor, kind: Kind) {
  const { view, state } = editor;
  const { $from, from, to } = state.selection;
  if (kind === 'table') {
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      if ($from.node(depth).type.name !== 'table') continue;
      const dom = view.nodeDOM($from.before(depth));
      if (dom instanceof HTMLElement) return dom.getBoundingClientRect();
    }
  }
  const start = view.coordsAtPos(from);
  const end = view.coordsAtPos(to, -1);
  const isOneLine = end.top - start.top < 4;
  const right = isOneLine ? end.right : start.right;
  return { left: start.left, right, top: start.top, bottom: end.bottom };
}

function toolsOf(editor: Editor, kind: Kind, onOpenTarget: (target: string) => void): Tool[] {
  switch (kind) {
    case 'text':
      return textTools(editor);
    case 'link':
      return linkTools(editor);
    case 'atom':
      return atomTools(editor, onOpenTarget);
    case 'table':
      return tableTools(editor);
  }
}

function textTools(editor: Editor): Tool[] {
  const active = activeActions(editor);
  const tool = (
    action: 'bold' | 'italic' | 'strike' | 'highlight' | 'link',
    label: string,
    icon: ReactNode,
  ): Tool => ({ label, icon, isActive: active.includes(action), run: () => act(editor, action) });
  return [
    tool('bold', m.tool_bold(), <Bold />),
    tool('italic', m.tool_italic(), <Italic />),
    tool('strike', m.tool_strike(), <Strikethrough />),
    tool('highlight', m.tool_highlight(), <Highlighter />),
    {
      label: m.tool_code(),
      icon: <Code />,
      isActive: editor.isActive('code'),
      run: () => editor.chain().focus().toggleCode().run(),
    },
    { ...tool('link', m.tool_link(), <Link />), isFirst: true },
    { label: m.tool_assist(), icon: <Sparkles />, run: () => act(editor, 'assist') },
  ];
}

function linkTools(editor: Editor): Tool[] {
  const href = String(editor.getAttributes('link').href ?? '');
  const emit = () => editor.view.dom.dispatchEvent(new CustomEvent(EDIT_LINK, { bubbles: true }));
  return [
    ...(isSafeAddress(href)
      ? [
          {
            label: m.link_open({ address: href }),
            icon: <ExternalLink />,
            run: () => void window.open(href, '_blank', 'noopener,noreferrer'),
          },
        ]
      : []),
    { label: m.link_edit(), icon: <Pencil />, run: emit },
    {
      label: m.link_remove(),
      icon: <Unlink />,
      run: () => editor.chain().focus().extendMarkRange('link').unsetMark('link').run(),
    },
  ];
}

function atomTools(editor: Editor, onOpenTarget: (target: string) => void): Tool[] {
  const { selection } = editor.state;
  if (!(selection instanceof NodeSelection)) return [];
  const { node, from } = selection;
  const target = String(node.attrs.target ?? '');
  return [
    ...(node.type.name === 'wikiLink'
      ? [
          {
            label: m.link_open({ address: target }),
            icon: <ExternalLink />,
            run: () => onOpenTarget(target),
          },
        ]
      : []),
    {
      label: m.atom_edit(),
      icon: <Pencil />,
      run: () =>
        void editor.view.dom.dispatchEvent(
          new CustomEvent(EDIT_ATOM, { bubbles: true, detail: from }),
        ),
    },
    {
      label: m.atom_remove(),
      icon: <Trash2 />,
      run: () => editor.chain().focus().deleteSelection().run(),
    },
  ];
}

function tableTools(editor: Editor): Tool[] {
  const chain = () => editor.chain().focus();
  const align = (value: 'left' | 'center' | 'right') => alignColumn(editor, value);
  return [
    {
      label: m.table_row_add(),
      icon: <ArrowDownToLine />,
      run: () => chain().addRowAfter().run(),
    },
    {
      label: m.table_column_add(),
      icon: <ArrowRightToLine />,
      run: () => chain().addColumnAfter().run(),
    },
    { label: m.table_row_delete(), icon: <FoldVertical />, run: () => chain().deleteRow().run() },
    {
      label: m.table_column_delete(),
      icon: <FoldHorizontal />,
      run: () => chain().deleteColumn().run(),
    },
    {
      label: m.table_align_left(),
      icon: <AlignLeft />,
      run: () => align('left'),
      isFirst: true,
    },
    { label: m.table_align_center(), icon: <AlignCenter />, run: () => align('center') },
    { label: m.table_align_right(), icon: <AlignRight />, run: () => align('right') },
    {
      label: m.table_delete(),
      icon: <Trash2 />,
      run: () => chain().deleteTable().run(),
      isFirst: true,
    },
  ];
}
