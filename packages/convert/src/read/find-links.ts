import { isParsable } from '@ainotebook/text/html';
import { parseMarkdown } from '@ainotebook/text/markdown';
import type { Nodes } from 'mdast';
import { visit } from 'unist-util-visit';
import type { LinkPlace } from './items.js';

/** Places of one note; the rest stays as it is written. */
const MAX_PLACES = 2_000;
const MAX_LENGTH = 1_000_000;

/** The path a link means inside its source; null for addresses elsewhere and places in the same note. */
function localTarget(url: string): string | null {
  if (url === '' || /^(?:[a-z][a-z\d+.-]*:|\/\/|#|\?)/i.test(url)) return null;
  const path = url.split(/[?#]/, 1)[0] ?? '';
  try {
    return decodeURIComponent(path) || null;
  } catch {
    return path || null;
  }
}

function plainText(node: Nodes): string {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(plainText).join('') : '';
}

/** The source of what is inside a link. */
function insideOf(node: Extract<Nodes, { type: 'link' }>, markdown: string): string {
  const start = node.children[0]?.position?.start.offset;
  const end = node.children.at(-1)?.position?.end.offset;
  return start === undefined || end === undefined ? '' : markdown.slice(start, end);
}

const HTML_ADDRESS = /\b(?:src|href)\s*=\s*("[^"]*"|'[^']*')/gi;

/** Addresses in raw HTML; only these are replaced, the rest of it stays. */
function* htmlPlaces(start: number, source: string): Generator<LinkPlace> {
  for (const match of source.matchAll(HTML_ADDRESS)) {
    const quoted = match[1] ?? '';
    const target = localTarget(quoted.slice(1, -1).replaceAll('&amp;', '&'));
    if (target === null) continue;
    const at = start + match.index + match[0].length - quoted.length + 1;
    yield { start: at, end: at + quoted.length - 2, form: 'html', target, label: '', title: '' };
  }
}

const EMBED = /!\[\[([^[\]\n|#]{1,400})(?:#[^[\]\n|]{0,200})?(?:\\?\|([^[\]\n]{0,200}))?\]\]/g;

/** What Obsidian shows in place; to our syntax it is text. */
function* embeds(start: number, source: string): Generator<LinkPlace> {
  for (const { 0: whole, 1: target = '', 2: label = '', index } of source.matchAll(EMBED)) {
    const at = start + index;
    const place = { start: at, end: at + whole.length, target: target.trim(), label, title: '' };
    if (place.target !== '') yield { ...place, form: 'embed' };
  }
}

const isRemote = (url: string) => /^https?:\/\//i.test(url);

/**
 * The places in a note that name notes and files of the same source, in their order.
 * @param hasRemotePictures pictures on the web belong to it as well: their targets are whole addresses
 */
export function findLinks(markdown: string, hasRemotePictures = false): LinkPlace[] {
  if (!/\[|<(?:img|a|video|audio|source)\b/i.test(markdown) || !isParsable(markdown, MAX_LENGTH))
    return [];
  const places: LinkPlace[] = [];
  visit(parseMarkdown(markdown), (node) => {
    const start = node.position?.start.offset;
    const end = node.position?.end.offset;
    if (start === undefined || end === undefined) return;
    const at = { start, end };
    switch (node.type) {
      case 'link': {
        const target = localTarget(node.url);
        const title = node.title ?? '';
        const label = insideOf(node, markdown);
        // A picture inside a link is a place of its own, and the two would overlap.
        const isPlain = !node.children.some((child) => child.type === 'image');
        if (target !== null && isPlain)
          places.push({ ...at, form: 'link', target, label: label || plainText(node), title });
        return;
      }
      case 'image': {
        const target = hasRemotePictures && isRemote(node.url) ? node.url : localTarget(node.url);
        const title = node.title ?? '';
        if (target !== null)
          places.push({ ...at, form: 'image', target, label: node.alt ?? '', title });
        return;
      }
      case 'definition': {
        const target = localTarget(node.url);
        const label = node.label ?? node.identifier;
        if (target !== null)
          places.push({ ...at, form: 'definition', target, label, title: node.title ?? '' });
        return;
      }
      case 'wikiLink': {
        const target = node.target.split('#', 1)[0]?.trim() ?? '';
        if (target !== '')
          places.push({ ...at, form: 'wiki', target, label: node.alias ?? '', title: '' });
        return;
      }
      case 'text':
        places.push(...embeds(start, markdown.slice(start, end)));
        return;
      case 'html':
        places.push(...htmlPlaces(start, markdown.slice(start, end)));
    }
  });
  return places.sort((a, b) => a.start - b.start).slice(0, MAX_PLACES);
}
