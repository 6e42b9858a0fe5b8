import { m } from '@ainotebook/messages';
import {
  Bold,
  Code,
  Heading1,
  Heading2,
  Heading3,
  ImagePlus,
  Italic,
  Link,
  List,
  ListOrdered,
  ListTodo,
  Quote,
  Sparkles,
  Strikethrough,
  Table,
} from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef, useState, useSyncExternalStore } from 'react';
import { shortcutLabel } from '../../lib/keys.js';
import { IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import type { EditorAction, EditorHandle } from './editor-actions.js';

export interface Tool {
  icon: ReactNode;
  label: string;
  shortcut?: string;
  action: EditorAction;
  /** Begins a group. */
  isFirst?: boolean;
}

const tools = (): Tool[] => [
  { icon: <Bold />, label: m.tool_bold(), shortcut: 'mod+b', action: 'bold' },
  { icon: <Italic />, label: m.tool_italic(), shortcut: 'mod+i', action: 'italic' },
  {
    icon: <Strikethrough />,
    label: m.tool_strike(),
    shortcut: 'mod+shift+x',
    action: 'strike',
  },
  {
    icon: <Heading1 />,
    label: m.tool_heading({ level: 1 }),
    shortcut: 'mod+alt+1',
    action: 'heading1',
    isFirst: true,
  },
  {
    icon: <Heading2 />,
    label: m.tool_heading({ level: 2 }),
    shortcut: 'mod+alt+2',
    action: 'heading2',
  },
  {
    icon: <Heading3 />,
    label: m.tool_heading({ level: 3 }),
    shortcut: 'mod+alt+3',
    action: 'heading3',
  },
  {
    icon: <List />,
    label: m.tool_list(),
    shortcut: 'mod+shift+8',
    action: 'list',
    isFirst: true,
  },
  {
    icon: <ListOrdered />,
    label: m.tool_ordered(),
    shortcut: 'mod+shift+7',
    action: 'ordered',
  },
  { icon: <ListTodo />, label: m.tool_task(), action: 'task' },
  {
    icon: <Quote />,
    label: m.tool_quote(),
    shortcut: 'mod+shift+9',
    action: 'quote',
  },
  {
    icon: <Code />,
    label: m.tool_code(),
    shortcut: 'mod+e',
    action: 'code',
    isFirst: true,
  },
  { icon: <Link />, label: m.tool_link(), shortcut: 'mod+k', action: 'link' },
  { icon: <Table />, label: m.tool_table(), action: 'table' },
  { icon: <ImagePlus />, label: m.upload_pick(), action: 'upload' },
  { icon: <Sparkles />, label: m.tool_assist(), action: 'assist', isFirst: true },
];

/** Formatting by button. */
export const Toolbar = ({ editor }: { editor: EditorHandle }) => (
  <ToolRow editor={editor} tools={tools()} />
);

interface ToolRowProps {
  editor: EditorHandle;
  tools: Tool[];
  /** Of each button. */
  className?: string;
}

/** Buttons in a row; arrows move inside, Tab passes it in one step. */
export function ToolRow({ editor, tools: all, className }: ToolRowProps) {
  const active = useSyncExternalStore(editor.subscribe, editor.active);
  const [stop, setStop] = useState(0);
  const bar = useRef<HTMLDivElement>(null);
  function onKeyDown(event: KeyboardEvent): void {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = (stop + by + all.length) % all.length;
    setStop(next);
    bar.current?.querySelectorAll('button')[next]?.focus();
  }
  return (
    <div
      ref={bar}
      role="toolbar"
      aria-label={m.tool_label()}
      onKeyDown={onKeyDown}
      className="-mx-1.5 flex items-center gap-0.5 overflow-x-auto py-1 [scrollbar-width:none]"
    >
      {all.map((tool, index) => (
        <IconButton
          key={tool.label}
          label={tool.shortcut ? `${tool.label} (${shortcutLabel(tool.shortcut)})` : tool.label}
          tabIndex={index === stop ? 0 : -1}
          onFocus={() => setStop(index)}
          // The selection in the text stays where it is.
          onMouseDown={(event) => event.preventDefault()}
          isActive={active.includes(tool.action)}
          onClick={() => editor.act(tool.action)}
          className={cn(
            className,
            tool.isFirst &&
              'relative ms-2.5 before:absolute before:-start-1.5 before:h-4 before:w-px before:bg-line',
          )}
        >
          {tool.icon}
        </IconButton>
      ))}
    </div>
  );
}
