import { type ChangeSpec, EditorSelection, type Text } from '@codemirror/state';
import type { Command, EditorView } from '@codemirror/view';

/** How many signs of the mark stand together at one end of `text`. */
function runLength(text: string, mark: string, end: 'start' | 'end'): number {
  const sign = mark[0];
  const signs = end === 'start' ? [...text] : [...text].reverse();
  const other = signs.findIndex((character) => character !== sign);
  return other === -1 ? signs.length : other;
}

/** Puts `mark` around the selections, or takes it away where it is. */
export const toggleInline =
  (mark: string): Command =>
  (view) => {
    const { state } = view;
    const size = mark.length;
    view.dispatch(
      state.changeByRange((range) => {
        const inner = state.sliceDoc(range.from, range.to);
        const run = Math.min(
          runLength(state.sliceDoc(Math.max(0, range.from - 3), range.from), mark, 'end'),
          runLength(state.sliceDoc(range.to, range.to + 3), mark, 'start'),
        );
        // `*` inside `**` is no emphasis; inside `***` it is.
        const isWrapped = mark === '*' ? run % 2 === 1 : run >= size;
        if (isWrapped) {
          return {
            changes: [
              { from: range.from - size, to: range.from },
              { from: range.to, to: range.to + size },
            ],
            range: EditorSelection.range(range.from - size, range.to - size),
          };
        }
        if (inner.length >= size * 2 && inner.startsWith(mark) && inner.endsWith(mark)) {
          return {
            changes: { from: range.from, to: range.to, insert: inner.slice(size, -size) },
            range: EditorSelection.range(range.from, range.to - size * 2),
          };
        }
        return {
          changes: [
            { from: range.from, insert: mark },
            { from: range.to, insert: mark },
          ],
          range: EditorSelection.range(range.from + size, range.to + size),
        };
      }),
      { scrollIntoView: true, userEvent: 'input' },
    );
    view.focus();
    return true;
  };

const LINE_MARK =
  /^(\s*)((?:#{1,6}\s+)|(?:>\s?)|(?:[-*+]\s+\[[ xX]\]\s+)|(?:[-*+]\s+)|(?:\d+[.)]\s+))?/;

function selectedLines(view: EditorView): number[] {
  const { doc, selection } = view.state;
  const numbers = new Set<number>();
  for (const range of selection.ranges) {
    const last = doc.lineAt(range.to).number;
    for (let line = doc.lineAt(range.from).number; line <= last; line += 1) numbers.add(line);
  }
  return [...numbers];
}

function markOf(doc: Text, number: number): { indent: string; mark: string; from: number } {
  const line = doc.line(number);
  const match = LINE_MARK.exec(line.text);
  return { indent: match?.[1] ?? '', mark: match?.[2] ?? '', from: line.from };
}

/** Begins the selected lines with a mark in place of another one; with the same mark, ends it. */
export const toggleLine =
  (kind: 'bullet' | 'ordered' | 'task' | 'quote' | 1 | 2 | 3): Command =>
  (view) => {
    const { doc } = view.state;
    const lines = selectedLines(view);
    const wanted = (index: number): string => {
      if (typeof kind === 'number') return `${'#'.repeat(kind)} `;
      if (kind === 'ordered') return `${index + 1}. `;
      return { bullet: '- ', task: '- [ ] ', quote: '> ' }[kind];
    };
    const isSame = (mark: string): boolean => {
      if (kind === 'ordered') return /^\d/.test(mark);
      if (kind === 'task') return /\[[ xX]\]/.test(mark);
      return mark.trim() === wanted(0).trim();
    };
    const isOff = lines.every((line) => isSame(markOf(doc, line).mark));
    const changes: ChangeSpec[] = lines.map((number, index) => {
      const { indent, mark, from } = markOf(doc, number);
      const start = from + indent.length;
      return { from: start, to: start + mark.length, insert: isOff ? '' : wanted(index) };
    });
    const set = view.state.changes(changes);
    view.dispatch({
      changes: set,
      // A caret at the very start of a line goes behind the new mark.
      selection: view.state.selection.map(set, 1),
      scrollIntoView: true,
      userEvent: 'input',
    });
    view.focus();
    return true;
  };

/** From text over the levels of headings and back to text. */
export const nextHeading: Command = (view) => {
  const { doc, selection } = view.state;
  const { mark } = markOf(doc, doc.lineAt(selection.main.head).number);
  const level = /^#{1,3}\s/.test(mark) ? mark.trim().length : 0;
  // At the last one the same again, which ends it.
  return toggleLine(([1, 2, 3] as const)[Math.min(level, 2)] ?? 1)(view);
};

/** `[text](address)` with the part still to be typed selected. */
export const insertLink: Command = (view) => {
  const { state } = view;
  view.dispatch(
    state.changeByRange((range) => {
      const text = state.sliceDoc(range.from, range.to);
      const isAddress = /^(https?:\/\/|mailto:)\S+$/.test(text);
      const insert = isAddress ? `[](${text})` : `[${text}]()`;
      const at = isAddress || text === '' ? range.from + 1 : range.from + insert.length - 1;
      return {
        changes: { from: range.from, to: range.to, insert },
        range: EditorSelection.cursor(at),
      };
    }),
    { scrollIntoView: true, userEvent: 'input' },
  );
  view.focus();
  return true;
};

function insertBlock(view: EditorView, block: string, caret: number): boolean {
  const { state } = view;
  const { to } = state.selection.main;
  const line = state.doc.lineAt(to);
  const isEmptyLine = line.text.trim() === '';
  const lead = isEmptyLine ? '' : '\n\n';
  const from = isEmptyLine ? line.from : line.to;
  view.dispatch({
    changes: { from, to: line.to, insert: `${lead}${block}\n` },
    selection: EditorSelection.cursor(from + lead.length + caret),
    scrollIntoView: true,
    userEvent: 'input',
  });
  view.focus();
  return true;
}

export const insertTable =
  (column: string): Command =>
  (view) => {
    const head = `| ${column} 1 | ${column} 2 | ${column} 3 |`;
    const empty = '|  |  |  |';
    return insertBlock(view, `${head}\n| --- | --- | --- |\n${empty}\n${empty}`, 2);
  };

/** Inline code for a selection within a line, else a fenced block around whole lines. */
export const toggleCode: Command = (view) => {
  const { state } = view;
  const { from, to, empty } = state.selection.main;
  const text = state.sliceDoc(from, to);
  if (!empty && !text.includes('\n')) return toggleInline('`')(view);
  if (empty) return insertBlock(view, '```\n\n```', 4);
  const start = state.doc.lineAt(from).from;
  const end = state.doc.lineAt(to).to;
  view.dispatch({
    changes: [
      { from: start, insert: '```\n' },
      { from: end, insert: '\n```' },
    ],
    selection: EditorSelection.cursor(start + 3),
    scrollIntoView: true,
    userEvent: 'input',
  });
  view.focus();
  return true;
};

/** Checks or unchecks the tasks of the selected lines. */
export const toggleTask: Command = (view) => {
  const { doc } = view.state;
  const changes: ChangeSpec[] = [];
  for (const number of selectedLines(view)) {
    const line = doc.line(number);
    const match = /^\s*(?:[-*+]|\d+[.)])\s+\[([ xX])\]/.exec(line.text);
    if (!match) continue;
    const at = line.from + match[0].length - 2;
    changes.push({ from: at, to: at + 1, insert: match[1] === ' ' ? 'x' : ' ' });
  }
  if (changes.length === 0) return false;
  view.dispatch({ changes, userEvent: 'input' });
  return true;
};
