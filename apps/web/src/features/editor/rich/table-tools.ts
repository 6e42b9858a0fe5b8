import { type Editor, Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import { CellSelection, selectedRect, TableMap } from '@tiptap/pm/tables';

/** Aligns the selected columns, or takes the alignment away where they have it already. */
export function alignColumn(editor: Editor, align: 'left' | 'center' | 'right'): void {
  const { state, view } = editor;
  const { map, left, right, tableStart, table } = selectedRect(state);
  const { tr } = state;
  const cells: number[] = [];
  for (let row = 0; row < map.height; row += 1) {
    for (let column = left; column < right; column += 1) {
      const offset = map.map[row * map.width + column];
      if (offset !== undefined) cells.push(offset);
    }
  }
  const hasIt = cells.every((offset) => table.nodeAt(offset)?.attrs.align === align);
  for (const offset of cells) {
    tr.setNodeAttribute(tableStart + offset, 'align', hasIt ? null : align);
  }
  view.dispatch(tr);
  view.focus();
}

/** The first row of a table of Markdown is its header, and no other is. */
export const HeaderRow = Extension.create({
  name: 'headerRow',
  addProseMirrorPlugins() {
    const right = new WeakSet<Node>();
    return [
      new Plugin({
        appendTransaction(transactions, _before, state) {
          if (!transactions.some((tr) => tr.docChanged)) return null;
          const { tr, schema } = state;
          const { tableHeader, tableCell } = schema.nodes;
          state.doc.descendants((table, pos) => {
            if (table.type.name !== 'table') return !table.isTextblock;
            if (right.has(table)) return false;
            table.forEach((row, rowAt, index) => {
              const wanted = index === 0 ? tableHeader : tableCell;
              row.forEach((cell, cellAt) => {
                if (!wanted || cell.type === wanted) return;
                // One for the table's beginning, one for the row's.
                tr.setNodeMarkup(pos + 2 + rowAt + cellAt, wanted, cell.attrs);
              });
            });
            right.add(table);
            return false;
          });
          return tr.docChanged ? tr : null;
        },
      }),
    ];
  },
});

/**
 * Selects a table from the start of the line below it. Left to the browser the selection would end in
 * a cell, which prosemirror-tables turns into the text of that cell alone.
 */
export function selectTableBefore({ state, view }: Editor): boolean {
  const { empty, $from } = state.selection;
  if (!empty || $from.depth === 0 || $from.parentOffset > 0) return false;
  const end = $from.before();
  const table = state.doc.resolve(end).nodeBefore;
  if (table?.type.name !== 'table') return false;
  const start = end - table.nodeSize + 1;
  const { map } = TableMap.get(table);
  const [first, last] = [map[0], map.at(-1)];
  if (first === undefined || last === undefined) return false;
  const cells = CellSelection.create(state.doc, start + last, start + first);
  view.dispatch(state.tr.setSelection(cells).scrollIntoView());
  return true;
}
