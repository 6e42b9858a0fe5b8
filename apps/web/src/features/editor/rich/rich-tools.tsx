import type { Editor } from '@tiptap/core';
import { BlockHandle } from './block-handle.js';
import { ContextBar } from './context-bar.js';
import { SuggestMenu } from './suggest-menu.js';

interface RichToolsProps {
  editor: Editor;
  articleId: string;
  onOpenTarget: (target: string) => void;
}

/** What comes up over the text while somebody writes. */
export function RichTools({ editor, articleId, onOpenTarget }: RichToolsProps) {
  return (
    <>
      <BlockHandle editor={editor} />
      <SuggestMenu editor={editor} articleId={articleId} />
      <ContextBar editor={editor} onOpenTarget={onOpenTarget} />
    </>
  );
}
