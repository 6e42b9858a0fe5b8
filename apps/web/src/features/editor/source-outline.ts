import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import type { OutlineEntry, OutlineSource } from './editor-actions.js';

const HEADING = /^(?:ATX|Setext)Heading(\d)$/;
/** Signs of Markdown and addresses: not words of a heading. */
const SIGNS = /Mark$|^(?:URL|LinkTitle|LinkLabel)$/;
const PARSING_MS = 100;
/** Room for the bar that sticks to the top, in pixels. */
const MARGIN = 80;

type Tree = ReturnType<typeof syntaxTree>;

/** The headings of the source editor. */
export function outlineOf(view: EditorView, subscribe: OutlineSource['subscribe']): OutlineSource {
  return {
    read() {
      const { state } = view;
      const tree = ensureSyntaxTree(state, state.doc.length, PARSING_MS) ?? syntaxTree(state);
      const entries: OutlineEntry[] = [];
      tree.iterate({
        enter({ name, from, to }) {
          const level = HEADING.exec(name)?.[1];
          if (!level) return;
          entries.push({ level: Number(level), text: wordsOf(view, tree, from, to), pos: from });
          return false;
        },
      });
      return entries;
    },
    topOf(pos) {
      if (pos > view.state.doc.length) return null;
      return view.documentTop + view.lineBlockAt(pos).top;
    },
    goTo(pos) {
      const { from, to } = view.state.doc.lineAt(Math.min(pos, view.state.doc.length));
      view.dispatch({
        selection: { anchor: to },
        effects: EditorView.scrollIntoView(from, { y: 'start', yMargin: MARGIN }),
      });
      view.focus();
    },
    subscribe,
  };
}

function wordsOf({ state }: EditorView, tree: Tree, from: number, to: number): string {
  let words = '';
  let at = from;
  tree.iterate({
    from,
    to,
    enter(node) {
      if (node.from < at || node.to > to || !SIGNS.test(node.name)) return;
      words += state.sliceDoc(at, node.from);
      at = node.to;
    },
  });
  return (words + state.sliceDoc(at, to)).replace(/\s+/g, ' ').trim();
}
