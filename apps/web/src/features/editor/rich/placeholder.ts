import { m } from '@ainotebook/messages';
import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

/** Says in an empty text that this is where to write. */
export const Placeholder = Extension.create({
  name: 'placeholder',
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        decorations({ doc }) {
          const first = doc.firstChild;
          const isEmpty =
            doc.childCount === 1 && first?.type.name === 'paragraph' && first.content.size === 0;
          if (!isEmpty || !first) return null;
          const attrs = { class: 'is-empty', 'data-placeholder': m.editor_placeholder() };
          return DecorationSet.create(doc, [Decoration.node(0, first.nodeSize, attrs)]);
        },
      },
    }),
  ],
});
