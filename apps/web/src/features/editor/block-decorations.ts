import { syntaxTree } from '@codemirror/language';
import { type Extension, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';

const LINES: Record<string, string> = {
  FencedCode: 'md-code',
  CodeBlock: 'md-code',
  Blockquote: 'md-quote',
  Table: 'md-table',
};

/** Classes for the visible lines of code, quotes, tables and headings. */
function decorate(view: EditorView): DecorationSet {
  const classes = new Map<number, Set<string>>();
  const add = (line: number, name: string) => {
    classes.set(line, (classes.get(line) ?? new Set()).add(name));
  };
  const { doc } = view.state;
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        if (/^(ATX|Setext)Heading/.test(node.name)) add(doc.lineAt(node.from).number, 'md-heading');
        const name = LINES[node.name];
        if (!name) return;
        const first = doc.lineAt(node.from).number;
        const last = doc.lineAt(node.to).number;
        // A block of thousands of lines is drawn only where it is seen.
        const start = Math.max(first, doc.lineAt(from).number);
        const end = Math.min(last, doc.lineAt(to).number);
        for (let line = start; line <= end; line += 1) add(line, name);
        if (name === 'md-code') {
          add(first, 'md-code-first');
          add(last, 'md-code-last');
        }
      },
    });
  }
  const builder = new RangeSetBuilder<Decoration>();
  for (const [line, names] of [...classes].sort(([a], [b]) => a - b)) {
    const { from } = doc.line(line);
    builder.add(from, from, Decoration.line({ class: [...names].join(' ') }));
  }
  return builder.finish();
}

/** Shows code, quotes, tables and headings as blocks while they stay plain text. */
export const blockDecorations: Extension = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }
    update(update: ViewUpdate) {
      const isParsedFurther = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (update.docChanged || update.viewportChanged || isParsedFurther) {
        this.decorations = decorate(update.view);
      }
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
