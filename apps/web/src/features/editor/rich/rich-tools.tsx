import type { Editor } from '@tiptap/core';
import { useCallback } from 'react';
import { AssistHost } from '../assist/assist-host.js';
import { BlockHandle } from './block-handle.js';
import { ContextBar } from './context-bar.js';
import { SuggestMenu } from './suggest-menu.js';

interface RichToolsProps {
  editor: Editor;
  articleId: string;
  onOpenTarget: (target: string) => void;
  /** Brings the newest text to the server. */
  flush: () => Promise<unknown>;
}

/** What comes up over the text while somebody writes. */
export function RichTools({ editor, articleId, onOpenTarget, flush }: RichToolsProps) {
  const makeSurface = useCallback(
    async () => (await import('./rich-assist.js')).assistIn(editor),
    [editor],
  );
  return (
    <>
      <BlockHandle editor={editor} />
      <SuggestMenu editor={editor} articleId={articleId} />
      <ContextBar editor={editor} onOpenTarget={onOpenTarget} />
      <AssistHost
        dom={editor.view.dom}
        articleId={articleId}
        flush={flush}
        makeSurface={makeSurface}
      />
    </>
  );
}
