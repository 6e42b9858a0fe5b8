import { m } from '@ainotebook/messages';
import {
  Bold,
  Heading,
  ImagePlus,
  IndentDecrease,
  IndentIncrease,
  Link,
  List,
  ListTodo,
  Redo2,
  Sparkles,
  Undo2,
} from 'lucide-react';
import { useSyncExternalStore } from 'react';
import type { EditorHandle } from './editor-actions.js';
import { type Tool, ToolRow } from './toolbar.js';

const tools = (): Tool[] => [
  { icon: <Sparkles />, label: m.tool_assist(), action: 'assist' },
  { icon: <Undo2 />, label: m.common_undo(), action: 'undo' },
  { icon: <Redo2 />, label: m.tool_redo(), action: 'redo' },
  { icon: <Heading />, label: m.tool_heading_next(), action: 'heading', isFirst: true },
  { icon: <Bold />, label: m.tool_bold(), action: 'bold' },
  { icon: <List />, label: m.tool_list(), action: 'list' },
  { icon: <ListTodo />, label: m.tool_task(), action: 'task' },
  { icon: <IndentDecrease />, label: m.tool_outdent(), action: 'outdent' },
  { icon: <IndentIncrease />, label: m.tool_indent(), action: 'indent' },
  { icon: <Link />, label: m.tool_link(), action: 'link', isFirst: true },
  { icon: <ImagePlus />, label: m.upload_pick(), action: 'upload' },
];

/** Tools for a thumb, while somebody writes in the text. */
export function TouchBar({ editor }: { editor: EditorHandle }) {
  const isWriting = useSyncExternalStore(watchFocus, isInText);
  if (!isWriting) return null;
  return (
    <div className="bg-paper px-2">
      <ToolRow editor={editor} tools={tools()} className="min-h-11 min-w-11" />
    </div>
  );
}

const isInText = (): boolean =>
  document.activeElement instanceof HTMLElement && document.activeElement.isContentEditable;

function watchFocus(listener: () => void): () => void {
  // By then the focus is where it goes to.
  const later = () => setTimeout(listener);
  document.addEventListener('focusin', later);
  document.addEventListener('focusout', later);
  return () => {
    document.removeEventListener('focusin', later);
    document.removeEventListener('focusout', later);
  };
}
