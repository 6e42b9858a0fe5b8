import { Extension } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey } from '@tiptap/pm/state';

/** What is being asked for by signs in the text, with the stretch that the answer replaces. */
export interface Suggestion {
  kind: 'block' | 'link';
  query: string;
  from: number;
  to: number;
}

interface Asked {
  open: Suggestion | null;
  /** Where one was closed by hand; it stays closed there. */
  closedAt: number | null;
}

/** The list that answers, as the keys see it. */
export interface SuggestionList {
  /** True where the key was for the list. */
  onKey: (event: KeyboardEvent) => boolean;
}

const key = new PluginKey<Asked>('suggest');

const BLOCK = /(?:^|\s)[/、／]([^\s/、／，。]{0,20})$/u;
const LINK = /(?:\[\[|【【)([^[\]【】|]{0,60})$/u;

/** What the text before the caret asks for. */
function suggestionAt({ selection, doc }: EditorState): Suggestion | null {
  const { $from, empty } = selection;
  if (!empty || !$from.parent.isTextblock || $from.parent.type.spec.code) return null;
  const before = $from.parent.textBetween(0, $from.parentOffset, undefined, '\ufffc');
  const isCode = $from.marks().some((mark) => mark.type.name === 'code');
  if (isCode || doc.content.size === 0) return null;
  const link = LINK.exec(before);
  if (link) return found('link', link[1] ?? '', 2);
  const block = $from.parent.type.name === 'paragraph' ? BLOCK.exec(before) : null;
  return block && found('block', block[1] ?? '', 1);

  function found(kind: Suggestion['kind'], query: string, signs: number): Suggestion {
    return { kind, query, from: $from.pos - query.length - signs, to: $from.pos };
  }
}

export const suggestionOf = (state: EditorState): Suggestion | null =>
  key.getState(state)?.open ?? null;

/** The signs `/`, `、` and `／` at a beginning, and `[[` or `【【`, ask for a list; keys go to it while it is open. */
export const Suggest = Extension.create<object, { list: SuggestionList | null }>({
  name: 'suggest',
  // Enter and the arrows are the list's before they are anybody else's.
  priority: 2_000,
  addStorage: () => ({ list: null }),
  addProseMirrorPlugins() {
    const { storage } = this;
    return [
      new Plugin<Asked>({
        key,
        state: {
          init: () => ({ open: null, closedAt: null }),
          apply(tr, asked, _before, state) {
            if (tr.getMeta(key) === 'close') {
              return { open: null, closedAt: asked.open?.from ?? null };
            }
            if (!tr.docChanged && !tr.selectionSet) return asked;
            const open = suggestionAt(state);
            if (!open) return { open: null, closedAt: null };
            // It begins with a sign that is typed; a caret that comes by finds it closed.
            const isNew = asked.open?.from !== open.from;
            if (open.from === asked.closedAt || (isNew && !tr.docChanged)) {
              return { open: null, closedAt: open.from };
            }
            return { open, closedAt: null };
          },
        },
        props: {
          handleKeyDown: (view, event) => {
            if (!suggestionOf(view.state)) return false;
            if (event.key === 'Escape') {
              closeSuggestion(view);
              return true;
            }
            return storage.list?.onKey(event) ?? false;
          },
          handleDOMEvents: {
            blur: (view) => {
              if (suggestionOf(view.state)) closeSuggestion(view);
              return false;
            },
          },
        },
      }),
    ];
  },
});

declare module '@tiptap/core' {
  interface Storage {
    suggest: { list: SuggestionList | null };
  }
}

interface View {
  state: EditorState;
  dispatch: (tr: EditorState['tr']) => void;
}

export function closeSuggestion(view: View): void {
  view.dispatch(view.state.tr.setMeta(key, 'close'));
}
