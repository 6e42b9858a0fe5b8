import type { Editor } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import type { OutlineEntry, OutlineSource } from '../editor-actions.js';

/** The headings of the rich editor. */
export function outlineOf(editor: Editor): OutlineSource {
  const headingAt = (pos: number): HTMLElement | null => {
    if (editor.isDestroyed || pos >= editor.state.doc.content.size) return null;
    const dom = editor.view.nodeDOM(pos);
    return dom instanceof HTMLElement ? dom : null;
  };
  return {
    read() {
      const entries: OutlineEntry[] = [];
      editor.state.doc.descendants((node, pos) => {
        if (node.type.name === 'heading') {
          entries.push({ level: Number(node.attrs.level), text: wordsOf(node), pos });
        }
        return !node.isTextblock && node.type.name !== 'table';
      });
      return entries;
    },
    topOf: (pos) => headingAt(pos)?.getBoundingClientRect().top ?? null,
    goTo(pos) {
      const heading = headingAt(pos);
      if (!heading) return;
      editor
        .chain()
        .setTextSelection(pos + 1)
        .focus(null, { scrollIntoView: false })
        .run();
      heading.scrollIntoView({ block: 'start' });
    },
    subscribe(listener) {
      editor.on('update', listener);
      return () => void editor.off('update', listener);
    },
  };
}

/** What a heading says; of a link or a formula in it, what it shows. */
function wordsOf(heading: Node): string {
  return heading.textBetween(0, heading.content.size, '', ({ attrs }) =>
    String(attrs.alias ?? attrs.target ?? attrs.latex ?? attrs.alt ?? ''),
  );
}
