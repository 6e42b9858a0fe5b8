import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';

type Lowlight = ReturnType<typeof import('./code-languages.js').createHighlighter>;
type Stretch = { from: number; to: number; classes: string };

/** Code longer than this (UTF-16 units) stays plain: it is coloured anew with every key. */
const MAX_LENGTH = 20_000;

/** Colours code, each block again only when it changes; the languages come once there is code. */
function highlightCode(): Plugin {
  const coloured = new WeakMap<Node, Stretch[]>();
  let lowlight: Lowlight | null = null;
  let loading: Promise<void> | null = null;
  let shown: { doc: Node; set: DecorationSet } | null = null;

  function load(view: EditorView): void {
    loading ??= import('./code-languages.js').then(({ createHighlighter }) => {
      lowlight = createHighlighter();
      shown = null;
      // Drawn again with what is known now.
      if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta('addToHistory', false));
    });
  }

  function stretchesOf(node: Node): Stretch[] {
    const known = coloured.get(node);
    if (known || !lowlight) return known ?? [];
    const { language } = node.attrs;
    const isKnown = typeof language === 'string' && lowlight.registered(language);
    const text = node.textContent;
    const stretches =
      isKnown && text.length <= MAX_LENGTH ? flatten(lowlight.highlight(language, text)) : [];
    coloured.set(node, stretches);
    return stretches;
  }

  function decorate(doc: Node): DecorationSet {
    if (shown?.doc === doc) return shown.set;
    const decorations: Decoration[] = [];
    doc.descendants((node, pos) => {
      if (node.type.name === 'codeBlock') {
        for (const { from, to, classes } of stretchesOf(node)) {
          decorations.push(Decoration.inline(pos + 1 + from, pos + 1 + to, { class: classes }));
        }
      }
      // Paragraphs and the like hold no code.
      return !node.isTextblock;
    });
    shown = { doc, set: DecorationSet.create(doc, decorations) };
    return shown.set;
  }

  return new Plugin({
    props: { decorations: ({ doc }) => decorate(doc) },
    view: (view) => {
      const look = () => {
        if (!loading && hasCode(view.state.doc)) load(view);
      };
      look();
      return { update: (_view, before) => void (before.doc !== view.state.doc && look()) };
    },
  });
}

function hasCode(doc: Node): boolean {
  let has = false;
  doc.descendants((node) => {
    if (node.type.name === 'codeBlock' && node.attrs.language) has = true;
    return !has && !node.isTextblock;
  });
  return has;
}

interface Tree {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: readonly Tree[];
}

/** The coloured stretches of a highlighted text, in UTF-16 units from its beginning. */
function flatten(root: Tree): Stretch[] {
  const out: Stretch[] = [];
  let at = 0;
  const walk = (nodes: readonly Tree[], classes: readonly string[]) => {
    for (const { value, properties, children } of nodes) {
      const own = properties?.className;
      const all = Array.isArray(own) ? [...classes, ...own.map(String)] : classes;
      if (children) walk(children, all);
      if (value === undefined) continue;
      if (all.length > 0) out.push({ from: at, to: at + value.length, classes: all.join(' ') });
      at += value.length;
    }
  };
  walk(root.children ?? [], []);
  return out;
}

export const CodeColours = Extension.create({
  name: 'codeColours',
  addProseMirrorPlugins: () => [highlightCode()],
});
