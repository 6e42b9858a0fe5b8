import type { Editor } from '@tiptap/core';
import type { EditorState } from '@tiptap/pm/state';
import { useCallback, useSyncExternalStore } from 'react';

/**
 * The state of the editor, and a render after every change of it or of the focus. Both are asked of the editor
 * itself: what changed before the subscription began is not missed.
 */
export function useEditorState(editor: Editor): EditorState {
  const subscribe = useCallback(
    (listener: () => void) => {
      const events = ['transaction', 'focus', 'blur'] as const;
      for (const event of events) editor.on(event, listener);
      return () => {
        for (const event of events) editor.off(event, listener);
      };
    },
    [editor],
  );
  useSyncExternalStore(subscribe, () => editor.view.hasFocus());
  return useSyncExternalStore(subscribe, () => editor.state);
}
