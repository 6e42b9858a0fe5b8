import type { Element, ElementContent, Root } from 'hast';
import type { CalloutKind } from '../markdown/nodes.js';

/** A heading of a rendered text; `id` is the id of its element. */
export interface RenderedHeading {
  depth: number;
  text: string;
  id: string;
}

/** Words the rendering adds to the author's text. */
export interface RenderWords {
  footnotes: string;
  backToReference: string;
  done: string;
  open: string;
  callouts: Readonly<Record<CalloutKind, string>>;
}

export const ID_PREFIX = 'user-content-';
const FOOTNOTE_LABEL_ID = 'footnote-label';

/** Languages worth their colouring time; names and aliases as they follow a code fence. */
const HIGHLIGHTED = new Set(
  (
    'bash sh shell c cpp c++ csharp cs c# css diff go java javascript js jsx json kotlin kt ' +
    'markdown md php python py ruby rb rust rs sql swift typescript ts tsx xml html yaml yml'
  ).split(' '),
);
const MAX_HIGHLIGHTED_BLOCK = 20_000;
const MAX_HIGHLIGHTED_TOTAL = 100_000;

function visit(parent: Root | Element, onElement: (element: Element) => void): void {
  for (const child of parent.children) {
    if (child.type !== 'element') continue;
    onElement(child);
    visit(child, onElement);
  }
}

function textOf(node: Element | ElementContent): string {
  if (node.type === 'text') return node.value;
  return node.type === 'element' ? node.children.map(textOf).join('') : '';
}

function decorateLink(link: Element): void {
  const { href } = link.properties;
  if (typeof href !== 'string') return;
  if (href.startsWith('#')) {
    const isOurs = href.startsWith(`#${ID_PREFIX}`) || href.length === 1;
    if (!isOurs) link.properties.href = `#${ID_PREFIX}${href.slice(1)}`;
    return;
  }
  // "//host" and "\\host" leave the site although they have no scheme.
  if (/^(?:[a-z][a-z\d+.-]*:|[/\\]{2})/i.test(href)) {
    link.properties.rel = ['noopener', 'nofollow', 'ugc'];
  }
}

/** Finishes a sanitised tree: link relations, lazy images, names and focus for assistive tools. */
export function decorate(tree: Root, words: RenderWords): void {
  visit(tree, (element) => {
    // The pages' content policy refuses styles of elements; a formula that fails has one.
    delete element.properties.style;
    switch (element.tagName) {
      case 'a':
        decorateLink(element);
        break;
      case 'img':
        element.properties.loading = 'lazy';
        element.properties.decoding = 'async';
        element.properties.referrerPolicy = 'no-referrer';
        break;
      case 'input':
        element.properties.ariaLabel = element.properties.checked ? words.done : words.open;
        break;
      case 'pre':
        // Wide code scrolls: the keyboard must be able to reach it.
        element.properties.tabIndex = 0;
        break;
    }
  });
}

/** Marks code that is not to be coloured: other languages, and more than the time budget allows. */
export function limitHighlighting(tree: Root): void {
  let total = 0;
  visit(tree, (element) => {
    const { className } = element.properties;
    if (element.tagName !== 'code' || !Array.isArray(className)) return;
    const language = className.map(String).find((name) => name.startsWith('language-'));
    const { length } = textOf(element);
    total += length;
    const isCheap = length <= MAX_HIGHLIGHTED_BLOCK && total <= MAX_HIGHLIGHTED_TOTAL;
    if (isCheap && language && HIGHLIGHTED.has(language.slice(9).toLowerCase())) return;
    className.push('no-highlight');
  });
}

/** The headings of a tree whose headings have ids, in order; the one over the footnotes left out. */
export function collectHeadings(tree: Root): RenderedHeading[] {
  const headings: RenderedHeading[] = [];
  visit(tree, (element) => {
    const depth = /^h([1-6])$/.exec(element.tagName)?.[1];
    const { id } = element.properties;
    if (!depth || typeof id !== 'string' || id === FOOTNOTE_LABEL_ID) return;
    headings.push({ depth: Number(depth), text: textOf(element).trim(), id });
  });
  return headings;
}
