import { m } from '@ainotebook/messages';
import { DOMSerializer, Fragment, type Node } from '@tiptap/pm/model';
import { Decoration } from '@tiptap/pm/view';
import type { Placing } from '../assist/assist-types.js';
import type { Target } from './assist-changes.js';
import type { OpenChange } from './rich-assist.js';

/** What help is asked for: the text has lost the focus, and the selection with it. */
export const passageMarks = ({ from, to }: Target): Decoration[] =>
  from < to ? [Decoration.inline(from, to, { class: 'assist-passage' })] : [];

/** A text while it is written: behind what it is for, which is shown as going where it takes its place. */
export function previewMarks(
  doc: Node,
  { from, to, kind }: Target,
  { blocks, placing, number }: { blocks: readonly Node[]; placing: Placing; number: number },
): Decoration[] {
  const $to = doc.resolve(to);
  const pos = placing === 'below' && $to.depth > 0 ? $to.after(1) : to;
  const [first] = blocks;
  const isInLine = pos === to && kind !== 'blocks' && first?.type.name === 'paragraph';
  const content = isInLine && blocks.length === 1 ? first.content : Fragment.from([...blocks]);
  return [
    ...(placing === 'replace' ? goingMarks(doc, from, to) : []),
    Decoration.widget(pos, () => added(doc, content, 'assist-coming'), {
      key: `assist-preview-${number}`,
      side: 1,
      ignoreSelection: true,
    }),
  ];
}

/** Every change that is open: what goes, what comes, and the buttons that decide. */
export function reviewMarks(
  doc: Node,
  changes: readonly OpenChange[],
  onDecide: (id: number, isTaken: boolean) => void,
): Decoration[] {
  return changes.flatMap(({ id, from, to, slice }) => [
    ...goingMarks(doc, from, to),
    Decoration.widget(
      to,
      () => {
        const { parent } = doc.resolve(to);
        const isBlock = slice.content.firstChild?.isBlock ?? !parent.inlineContent;
        // A list has nothing but items.
        const tag = /List$/.test(parent.type.name) ? 'li' : isBlock ? 'div' : 'span';
        const dom = document.createElement(tag);
        dom.className = 'assist-change';
        if (slice.size > 0) dom.append(added(doc, slice.content, 'assist-added'));
        dom.append(chips((isTaken) => onDecide(id, isTaken)));
        return dom;
      },
      { key: `assist-change-${id}`, side: 1, ignoreSelection: true, stopEvent: () => true },
    ),
  ]);
}

function goingMarks(doc: Node, from: number, to: number): Decoration[] {
  if (from === to) return [];
  const marks = [Decoration.inline(from, to, { nodeName: 'del', class: 'assist-going' })];
  doc.nodesBetween(from, to, (node, pos) => {
    const isWhole = pos >= from && pos + node.nodeSize <= to;
    // Text has the mark above; a formula, a rule or a table has none.
    const isLeaf = node.isBlock && (node.isAtom || node.type.name === 'table');
    if (isWhole && isLeaf) {
      marks.push(Decoration.node(pos, pos + node.nodeSize, { class: 'assist-going' }));
    }
    return !isLeaf;
  });
  return marks;
}

/** Drawn by the schema alone: nothing in it can be more than the editor itself shows. */
function added(doc: Node, content: Fragment, className: string): HTMLElement {
  const isBlock = content.firstChild?.isBlock ?? false;
  const dom = document.createElement(isBlock ? 'div' : 'span');
  const ins = document.createElement('ins');
  dom.className = className;
  dom.contentEditable = 'false';
  ins.append(DOMSerializer.fromSchema(doc.type.schema).serializeFragment(content));
  dom.append(ins);
  return dom;
}

function chips(onDecide: (isTaken: boolean) => void): HTMLElement {
  const dom = document.createElement('span');
  dom.className = 'assist-chips';
  dom.contentEditable = 'false';
  const button = (label: string, sign: string, isTaken: boolean) => {
    const one = document.createElement('button');
    one.type = 'button';
    one.title = label;
    one.ariaLabel = label;
    one.textContent = sign;
    one.className = isTaken ? 'is-accept' : 'is-reject';
    // The caret stays where it is.
    one.addEventListener('mousedown', (event) => event.preventDefault());
    one.addEventListener('click', () => onDecide(isTaken));
    return one;
  };
  dom.append(button(m.assist_accept(), '✓', true), button(m.assist_reject(), '✕', false));
  return dom;
}
