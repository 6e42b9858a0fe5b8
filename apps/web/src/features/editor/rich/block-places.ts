import type { EditorView } from '@tiptap/pm/view';

function childAt(parent: Element, y: number): HTMLElement | null {
  for (const child of parent.children) {
    const { top, bottom } = child.getBoundingClientRect();
    if (child instanceof HTMLElement && top <= y && y < bottom) return child;
  }
  return null;
}

/** The block beside a height of the window: one of the text's own, or an item of a list in it. */
export function blockBeside(view: EditorView, y: number): HTMLElement | null {
  let block = childAt(view.dom, y);
  let inner = block;
  while (inner?.matches('ul, ol')) {
    const item = childAt(inner, y);
    if (!item) break;
    block = item;
    // An item may contain another list.
    inner = item.lastElementChild && childAt(item.lastElementChild, y);
  }
  return block;
}

/** Where a block begins that is drawn as this element; null for one that is none any more. */
export function posOfElement(view: EditorView, element: HTMLElement): number | null {
  const parent = element.parentNode;
  if (!parent || !view.dom.contains(element)) return null;
  return view.posAtDOM(parent, [...parent.childNodes].indexOf(element));
}
