import { mergeAttributes, Node, type NodeViewRenderer } from '@tiptap/core';
import { type PictureOptions, showPicture } from './show-picture.js';

/** Sent up where a new atom is wanted; its type is the detail. */
export const ASK_ATOM = 'ask-atom';

/** Sent up from an atom whose source is to be edited; its place in the document is the detail. */
export const EDIT_ATOM = 'edit-atom';

const text = (name: string, fallback: string | null = '') => ({
  [name]: {
    default: fallback,
    parseHTML: (element: HTMLElement) => element.getAttribute(`data-${name}`) ?? fallback,
    renderHTML: (attributes: Record<string, unknown>) =>
      typeof attributes[name] === 'string' ? { [`data-${name}`]: attributes[name] } : {},
  },
});

/** Shows an atom by what `draw` makes of its attributes, anew only when they change. */
function shownBy(
  tag: 'span' | 'div' | 'img',
  className: string,
  draw: (dom: HTMLElement, attrs: Record<string, unknown>) => void,
): NodeViewRenderer {
  return ({ node }) => {
    const dom = document.createElement(tag);
    dom.className = className;
    draw(dom, node.attrs);
    let shown = node;
    return {
      dom,
      update(next) {
        if (next.type !== shown.type) return false;
        if (!next.sameMarkup(shown)) draw(dom, next.attrs);
        shown = next;
        return true;
      },
      ignoreMutation: () => true,
    };
  };
}

const inlineAtom = { group: 'inline', inline: true, atom: true, selectable: true } as const;

/** `[[target|alias]]` */
export const WikiLink = Node.create({
  name: 'wikiLink',
  ...inlineAtom,
  addAttributes: () => ({ ...text('target'), ...text('alias', null) }),
  parseHTML: () => [{ tag: 'span[data-wiki-link]' }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'span',
    mergeAttributes({ 'data-wiki-link': '' }, HTMLAttributes),
    wordsOf(node.attrs),
  ],
  renderText: ({ node }) => `[[${node.attrs.target}]]`,
  addNodeView: () =>
    shownBy('span', 'wiki-link', (dom, attrs) => {
      dom.textContent = wordsOf(attrs);
      dom.dataset.target = String(attrs.target);
    }),
});

const wordsOf = ({ target, alias }: Record<string, unknown>): string =>
  String(alias === null ? target : alias);

/** `[^1]` */
export const FootnoteReference = Node.create({
  name: 'footnoteReference',
  ...inlineAtom,
  addAttributes: () => text('label'),
  parseHTML: () => [{ tag: 'sup[data-label]' }],
  renderHTML: ({ node, HTMLAttributes }) => ['sup', HTMLAttributes, String(node.attrs.label)],
  renderText: ({ node }) => `[^${node.attrs.label}]`,
});

/** HTML and references in a line, shown as they are written. */
export const RawInline = Node.create({
  name: 'rawInline',
  ...inlineAtom,
  addAttributes: () => text('source'),
  parseHTML: () => [{ tag: 'code[data-source]' }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'code',
    mergeAttributes({ class: 'raw-inline' }, HTMLAttributes),
    String(node.attrs.source),
  ],
  renderText: ({ node }) => String(node.attrs.source),
});

/** A picture by its address. */
export const Picture = Node.create<PictureOptions>({
  name: 'image',
  addOptions: () => ({ readSizes: async () => null }),
  ...inlineAtom,
  draggable: true,
  addAttributes: () => ({ src: { default: '' }, alt: { default: '' }, title: { default: null } }),
  parseHTML: () => [{ tag: 'img[src]:not([src^="data:"])' }],
  renderHTML: ({ HTMLAttributes }) => [
    'img',
    mergeAttributes({ loading: 'lazy', referrerpolicy: 'no-referrer' }, HTMLAttributes),
  ],
  renderText: ({ node }) => String(node.attrs.alt),
  addNodeView() {
    return shownBy('img', '', showPicture(this.options.readSizes));
  },
});

/** `$x$` */
export const InlineMath = Node.create({
  name: 'inlineMath',
  ...inlineAtom,
  addAttributes: () => text('latex'),
  parseHTML: () => [{ tag: 'span[data-latex]' }],
  renderHTML: ({ node, HTMLAttributes }) => ['span', HTMLAttributes, `$${node.attrs.latex}$`],
  renderText: ({ node }) => `$${node.attrs.latex}$`,
  addNodeView: () => shownBy('span', 'math-inline', drawFormula(false)),
});

/** A block of `$$`. */
export const MathBlock = Node.create({
  name: 'mathBlock',
  group: 'block',
  atom: true,
  selectable: true,
  addAttributes: () => ({ ...text('latex'), ...text('meta', null) }),
  parseHTML: () => [{ tag: 'div[data-latex]' }],
  renderHTML: ({ node, HTMLAttributes }) => ['div', HTMLAttributes, `$$${node.attrs.latex}$$`],
  renderText: ({ node }) => `$$\n${node.attrs.latex}\n$$`,
  addNodeView: () => shownBy('div', 'math-block', drawFormula(true)),
});

/** The source first, the formula once what sets it is there; the source stays where it is wrong. */
function drawFormula(isBlock: boolean) {
  return (dom: HTMLElement, { latex }: Record<string, unknown>) => {
    const source = String(latex);
    dom.textContent = source || '∑';
    dom.dataset.latex = source;
    if (source.trim() === '') return;
    void import('./formula.js').then(({ setFormula }) => {
      // Another one may have been written meanwhile.
      if (dom.dataset.latex === source) setFormula(dom, source, isBlock);
    });
  };
}
