import type { ImportWarning } from '@ainotebook/contract';
import { Readability } from '@mozilla/readability';
import {
  highlightedCodeBlock,
  strikethrough,
  tables,
  taskListItems,
} from '@truto/turndown-plugin-gfm';
import { parseHTML } from 'linkedom';
import TurndownService from 'turndown';
import { isTooDeep } from './depth.js';
import { isSensible } from './front-matter.js';
import { decodeText } from './text.js';

/** The part of a node of turndown's that is looked at here. */
interface HtmlNode {
  nodeName: string;
  outerHTML: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): HtmlNode | null | undefined;
}

/** What Markdown has no words for and browsers do: it stays HTML. */
const KEPT = [
  'sub',
  'sup',
  'kbd',
  'u',
  'details',
  'summary',
  'ruby',
  'iframe',
  'video',
  'audio',
  'math',
];
/** Of these, what is not shown by us. */
const TOLD = ['iframe', 'video', 'audio', 'math'];

function createConverter(onKept: (name: string) => void): TurndownService {
  const service = new TurndownService({
    headingStyle: 'atx',
    hr: '***',
    bulletListMarker: '-',
    codeBlockStyle: 'fenced',
    emDelimiter: '*',
  });
  service.use([tables, strikethrough, taskListItems, highlightedCodeBlock]);
  const asElement = (node: unknown) => node as HtmlNode;
  service.addRule('mark', { filter: ['mark'], replacement: (content) => `==${content}==` });
  service.addRule('kept', {
    filter: (node) => KEPT.includes(asElement(node).nodeName.toLowerCase()),
    replacement: (_content, node) => {
      const { nodeName, outerHTML } = asElement(node);
      const name = nodeName.toLowerCase();
      if (TOLD.includes(name)) onKept(name);
      return name === 'details' || TOLD.includes(name) ? `\n\n${outerHTML}\n\n` : outerHTML;
    },
  });
  // Set by readers of formats that have them.
  service.addRule('tex', {
    filter: (node) => asElement(node).getAttribute?.('data-tex') != null,
    replacement: (_content, node) => {
      const tex = asElement(node).getAttribute('data-tex')?.trim() ?? '';
      return asElement(node).nodeName === 'DIV' ? `\n\n$$\n${tex}\n$$\n\n` : `$${tex}$`;
    },
  });
  service.addRule('callout', {
    filter: (node) => asElement(node).getAttribute?.('data-callout') != null,
    replacement: (content, node) => {
      const kind = asElement(node).getAttribute('data-callout')?.toUpperCase();
      const lines = [`[!${kind}]`, ...content.trim().split('\n')];
      return `\n\n${lines.map((line) => `> ${line}`.trimEnd()).join('\n')}\n\n`;
    },
  });
  // A table of ours has one header and no joined cells.
  service.addRule('joined-table', {
    filter: (node) => {
      const element = asElement(node);
      const joined = '[rowspan]:not([rowspan="1"]),[colspan]:not([colspan="1"]),table';
      // Domino answers undefined where others answer null.
      return element.nodeName === 'TABLE' && Boolean(element.querySelector(joined));
    },
    replacement: (_content, node) => {
      onKept('table');
      return `\n\n${asElement(node).outerHTML.replace(/\n\s*\n/g, '\n')}\n\n`;
    },
  });
  service.remove(['script', 'style', 'noscript', 'template', 'link', 'meta', 'title'] as never);
  return service;
}

/** HTML as Markdown; what Markdown lacks stays as it is written. */
export function htmlToMarkdown(html: string): { markdown: string; warnings: ImportWarning[] } {
  const kept = new Set<string>();
  // A converter each time: it remembers the rules of one document.
  const markdown = createConverter((name) => kept.add(name)).turndown(html);
  return {
    markdown: markdown.replace(/\u00a0/g, ' ').trim(),
    warnings: [...kept].map((name) => ({ code: 'kept_as_source', detail: `<${name}>` })),
  };
}

/** What a page is about, its frame left out. */
export interface HtmlPage {
  title: string;
  markdown: string;
  createdAt: Date | null;
  warnings: ImportWarning[];
}

/** Pages of the web have a frame around their text; files mostly have none. */
const LARGEST = 8_000_000;
export const isTooLarge = (html: string) => html.length > LARGEST;

/**
 * Reads a page.
 * @param address of a page from the web: its frame is taken away and its links are made absolute
 */
export function readHtmlPage(html: string, address: string | null): HtmlPage {
  const { document } = parseHTML(
    /<html[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`,
  );
  const meta = (name: string) =>
    document
      .querySelector(`meta[property="${name}"],meta[name="${name}"]`)
      ?.getAttribute('content');
  const published = new Date(meta('article:published_time') ?? meta('date') ?? '');
  const createdAt = Number.isNaN(published.getTime()) || !isSensible(published) ? null : published;
  const heading = document.querySelector('h1')?.textContent?.trim();
  const titleText = document.querySelector('title')?.textContent?.trim();
  if (address === null) {
    const { markdown, warnings } = htmlToMarkdown(document.body?.innerHTML ?? html);
    return { title: titleText || heading || '', markdown, createdAt, warnings };
  }
  const base = document.createElement('base');
  base.setAttribute('href', address);
  document.head?.prepend(base);
  const languages = new Set(html.match(/\blanguage-[\w-]{1,30}/g) ?? []);
  const article = new Readability(document as never, {
    classesToPreserve: [...languages],
    maxElemsToParse: 100_000,
  }).parse();
  const { markdown, warnings } = htmlToMarkdown(article?.content ?? document.body?.innerHTML ?? '');
  const title = article?.title?.trim() || titleText || heading || '';
  return { title, markdown, createdAt, warnings };
}

/** The article of a page of the web, as Markdown; empty where it is too large or too deep to be read. */
export function readPage(page: { bytes: Uint8Array; url: string; charset: string | null }): string {
  const { text } = decodeText(page.bytes, page.charset ?? charsetOf(page.bytes));
  return isTooLarge(text) || isTooDeep(text) ? '' : readHtmlPage(text, page.url).markdown;
}

/** The charset that a page names for itself. */
export function charsetOf(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4_096));
  return (
    /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,30})/i.exec(head.toString('latin1'))?.[1] ?? null
  );
}
