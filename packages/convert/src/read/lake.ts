import type { ImportWarning } from '@ainotebook/contract';
import { parseHTML } from 'linkedom';
import { isTooDeep } from './depth.js';
import { htmlToMarkdown, isTooLarge } from './html.js';
import { ItemError } from './source-error.js';
import { oneLine } from './text.js';

/**
 * Lake, the format of Yuque: HTML with `<card name value>` for what HTML has no word for, where `value` is
 * `data:` and JSON that is percent-encoded. There is no public specification; the cards are those that Yuque's
 * own exports hold.
 */
type Card = Record<string, unknown>;

type Document = ReturnType<typeof parseHTML>['document'];
type Element = ReturnType<Document['createElement']>;

export const isLake = (head: string): boolean => /<!doctype lake/i.test(head);

function readValue(card: Element): unknown {
  try {
    return JSON.parse(decodeURIComponent(card.getAttribute('value')?.replace(/^data:/, '') ?? ''));
  } catch {
    return null;
  }
}

const words = (value: unknown): string => (typeof value === 'string' ? oneLine(value) : '');
const isAddress = (value: string): boolean => /^https?:\/\//i.test(value);

/** Languages of diagrams by what Yuque calls them. */
const DIAGRAMS: Record<string, string> = { puml: 'plantuml', plantuml: 'plantuml' };

function code(document: Document, text: string, language: string): Element {
  const block = document.createElement('pre');
  const inner = document.createElement('code');
  if (/^[\w+#.-]{1,30}$/.test(language)) inner.setAttribute('class', `language-${language}`);
  inner.textContent = text;
  block.append(inner);
  return block;
}

function link(document: Document, address: string, text: string): Element {
  const anchor = document.createElement('a');
  anchor.setAttribute('href', address);
  anchor.textContent = text || address;
  return anchor;
}

/** What stands for a card; null where nothing is known that could. @throws ItemError too_complex */
function elementOf(document: Document, name: string, card: Card, isBlock: boolean): Element | null {
  const address = words(card.src) || words(card.url);
  const detail = (card.detail ?? {}) as Card;
  const title = words(card.title) || words(card.name) || words(detail.title) || words(card.text);
  const text = typeof card.code === 'string' ? card.code : '';
  switch (name) {
    case 'image': {
      if (address === '') return null;
      const picture = document.createElement('img');
      picture.setAttribute('src', address);
      // The name of a file says nothing to who cannot see it.
      picture.setAttribute('alt', words(card.title));
      return picture;
    }
    case 'codeblock':
      return code(document, text, words(card.mode) || words(card.language));
    case 'diagram': {
      const type = words(card.type).toLowerCase();
      return text === '' ? null : code(document, text, DIAGRAMS[type] ?? type);
    }
    case 'math': {
      const formula = document.createElement(isBlock ? 'div' : 'span');
      formula.setAttribute('data-tex', text);
      // Turndown passes over what is empty.
      formula.textContent = text;
      return text === '' ? null : formula;
    }
    case 'hr':
      return document.createElement('hr');
    case 'table': {
      const html = typeof card.html === 'string' ? card.html : '';
      if (isTooDeep(html)) throw new ItemError('too_complex');
      const table = document.createElement('div');
      table.innerHTML = html;
      return table;
    }
    case 'label': {
      const label = document.createElement('span');
      label.textContent = words(card.label);
      return label;
    }
    default:
      return isAddress(address) ? link(document, address, title) : null;
  }
}

function replaceCards(document: Document, warnings: Map<string, ImportWarning>): void {
  for (const card of [...document.querySelectorAll('card')]) {
    const name = card.getAttribute('name') ?? '';
    const value = readValue(card);
    if (name === 'checkbox') {
      const box = document.createElement('input');
      box.setAttribute('type', 'checkbox');
      if (value === true) box.setAttribute('checked', '');
      card.replaceWith(box);
      continue;
    }
    const isBlock = isAlone(card);
    const known = (typeof value === 'object' && value !== null ? value : {}) as Card;
    const element = elementOf(document, name, known, isBlock);
    if (element) {
      // In a paragraph of its own a block would be taken for words.
      const parent = card.parentElement;
      const isWrapped =
        isBlock && parent?.nodeName === 'P' && ['PRE', 'DIV', 'HR'].includes(element.nodeName);
      (isWrapped ? parent : card).replaceWith(element);
      continue;
    }
    const detail = `<card ${name}>`;
    warnings.set(detail, { code: 'kept_as_source', detail });
    card.replaceWith(code(document, JSON.stringify(known, null, 2), 'json'));
  }
}

/** Whether nothing else is in the line. */
function isAlone(card: Element): boolean {
  const parent = card.parentElement;
  if (card.getAttribute('type') === 'block' || !parent || parent.nodeName === 'BODY') return true;
  return (
    parent.nodeName === 'P' && parent.children.length === 1 && parent.textContent?.trim() === ''
  );
}

const CALLOUTS: Record<string, string> = {
  tips: 'tip',
  success: 'tip',
  warning: 'warning',
  danger: 'caution',
};

function markCallouts(document: Document): void {
  for (const quote of document.querySelectorAll('blockquote.lake-alert')) {
    const kind = /lake-alert-([a-z]+)/.exec(quote.getAttribute('class') ?? '')?.[1] ?? '';
    quote.setAttribute('data-callout', CALLOUTS[kind] ?? 'note');
  }
}

const indentOf = (list: Element): number =>
  Math.min(20, Math.max(0, Number(list.getAttribute('data-lake-indent') ?? 0) || 0));

/** Lake writes each item as a list of its own and says how deep it stands. */
function joinLists(document: Document): void {
  for (const first of [...document.querySelectorAll('ul,ol')]) {
    if (!first.parentElement || first.parentElement.nodeName === 'LI') continue;
    const open: Element[] = [];
    open[indentOf(first)] = first;
    for (let list = first.nextElementSibling; list && /^[UO]L$/.test(list.nodeName); ) {
      const next: Element | null = list.nextElementSibling;
      const depth = indentOf(list);
      const same = open[depth];
      const above = open.slice(0, depth).findLast((one) => one)?.lastElementChild;
      if (same && same.nodeName === list.nodeName) same.append(...list.childNodes);
      else if (above) above.append(list);
      else break;
      if (same && same.nodeName === list.nodeName) list.remove();
      else open[depth] = list;
      open.length = depth + 1;
      list = next;
    }
  }
}

/** A cell of one paragraph is its words. */
function openCells(document: Document): void {
  for (const cell of document.querySelectorAll('td,th')) {
    const [only, ...others] = cell.children;
    if (only?.nodeName === 'P' && others.length === 0) cell.innerHTML = only.innerHTML;
  }
}

/** A document of Lake as Markdown. @throws ItemError too_complex */
export function lakeToMarkdown(lake: string): { markdown: string; warnings: ImportWarning[] } {
  if (isTooDeep(lake) || isTooLarge(lake)) throw new ItemError('too_complex');
  const body = lake.replace(/<!doctype[^>]*>|<meta[^>]*>/gi, '').replace(/<(\/?)h7\b/gi, '<$1h6');
  const { document } = parseHTML(`<html><body>${body}</body></html>`);
  const warnings = new Map<string, ImportWarning>();
  replaceCards(document, warnings);
  markCallouts(document);
  joinLists(document);
  openCells(document);
  const read = htmlToMarkdown(document.body.innerHTML);
  return { markdown: read.markdown, warnings: [...warnings.values(), ...read.warnings] };
}
