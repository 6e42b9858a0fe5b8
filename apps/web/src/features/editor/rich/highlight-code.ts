import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';

type Lowlight = ReturnType<typeof import('./code-languages.js').createHighlighter>;
type Stretch = { from: number; to: number; classes: string };

/** Code longer than this (UTF-16 units) stays plain: it is coloured anew with every key. */
const MAX_LENGTH = 20_000;

const key = new PluginKey<DecorationSet>('codeColours');

/** Colours code, each block again only when it changes; the languages come once there is code. */
function highlightCode(): Plugin {
  let lowlight: Lowlight | null = null;
  let loading: Promise<void> | null = null;

  function load(view: EditorView): void {
    loading ??= import('./code-languages.js').then(({ createHighlighter }) => {
      lowlight = createHighlighter();
      // Drawn again with what is known now.
      const tr = view.state.tr.setMeta(key, true).setMeta('addToHistory', false);
      if (!view.isDestroyed) view.dispatch(tr);
    });
  }

  function coloursOf(block: Node, pos: number): Decoration[] {
    const { language } = block.attrs;
    const isKnown = typeof language === 'string' && lowlight?.registered(language);
    const text = block.textContent;
    if (!lowlight || !isKnown || text.length > MAX_LENGTH) return [];
    return flatten(lowlight.highlight(language, text)).map(({ from, to, classes }) =>
      Decoration.inline(pos + 1 + from, pos + 1 + to, { class: classes }),
    );
  }

  /** Colours the code in a stretch anew, over what the set has for it. */
  function colour(set: DecorationSet, doc: Node, start: number, end: number): DecorationSet {
    let next = set;
    doc.nodesBetween(start, end, (node, pos) => {
      if (node.type.name === 'codeBlock') {
        next = next.remove(next.find(pos, pos + node.nodeSize)).add(doc, coloursOf(node, pos));
      }
      // Paragraphs and the like hold no code.
      return !node.isTextblock;
    });
    return next;
  }

  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_config, { doc }) => colour(DecorationSet.empty, doc, 0, doc.content.size),
      apply(tr, set) {
        const { doc, before } = tr;
        if (tr.getMeta(key)) return colour(DecorationSet.empty, doc, 0, doc.content.size);
        if (!tr.docChanged) return set;
        const mapped = set.map(tr.mapping, doc);
        const start = before.content.findDiffStart(doc.content);
        const end = before.content.findDiffEnd(doc.content);
        if (start === null || !end) return mapped;
        // Both ends may have met in what repeats.
        const to = Math.min(Math.max(end.b, start) + 1, doc.content.size);
        return colour(mapped, doc, Math.max(0, start - 1), to);
      },
    },
    props: { decorations: (state) => key.getState(state) },
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
