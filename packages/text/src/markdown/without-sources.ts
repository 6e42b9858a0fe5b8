import type { Nodes, Root } from 'mdast';
import { unified } from 'unified';
import { isParsable } from '../html/limits.js';
import { remarkRead } from './remark-read.js';
import { markdownSyntax } from './syntax.js';

const MAX_LENGTH = 1_000_000;
/** Nothing is written: what writes is fetched with the editor alone. */
const reader = unified().use(remarkRead).use(markdownSyntax).freeze();
/** Characters that Markdown would read as marks. */
const MARKS = /[\\`*_{}[\]<>#|~$=^&!:]/g;
/** Tags that can name no address. */
const HARMLESS = /^<\/?(?:br|kbd|mark|s|small|sub|sup|u)\s*\/?>$/i;
/** What stands for a picture without words. */
const PICTURE = '▢';
/** What words leave behind is read again; more often than this nothing can be made of it. */
const ROUNDS = 3;

/** Something of a text that would be fetched, or could be: where it stands, what it is known by, and its words. */
interface Source {
  start: number;
  end: number;
  name: string;
  words: string;
}

/**
 * Markdown of somebody else, a model say, with words in place of what a browser would fetch or that could lead it
 * there: pictures, definitions of addresses, HTML. All else stands as it was.
 * @param passage what it was made of: what that has itself may stay
 */
export function withoutSources(markdown: string, passage = ''): string {
  const known = new Set(sourcesOf(passage)?.map(({ name }) => name));
  let text = markdown;
  for (let round = 0; round < ROUNDS; round += 1) {
    const foreign = sourcesOf(text)?.filter(({ name }) => !known.has(name));
    if (foreign?.length === 0) return text;
    if (!foreign) break;
    text = replaced(text, foreign);
  }
  return escaped(text);
}

function replaced(text: string, sources: readonly Source[]): string {
  let [out, at] = ['', 0];
  for (const { start, end, words } of sources) {
    if (start < at) continue;
    out += text.slice(at, start) + escaped(words.replaceAll(/\s+/g, ' ').trim() || PICTURE);
    at = end;
  }
  return out + text.slice(at);
}

const escaped = (text: string): string => text.replaceAll(MARKS, '\\$&');

/** In their order; null of what cannot be read in reasonable time. */
function sourcesOf(markdown: string): Source[] | null {
  if (!isParsable(markdown, MAX_LENGTH)) return null;
  const tree = reader.parse(markdown);
  const urls = new Map<string, string>();
  const all = [...nodesOf(tree)];
  for (const node of all) {
    // Of several with one name the first counts.
    if (node.type === 'definition' && !urls.has(node.identifier)) {
      urls.set(node.identifier, node.url);
    }
  }
  return all.flatMap((node) => {
    const start = node.position?.start.offset;
    const end = node.position?.end.offset;
    if (start === undefined || end === undefined) return [];
    const place = { start, end };
    switch (node.type) {
      case 'image':
        return [{ ...place, name: node.url, words: node.alt ?? '' }];
      case 'imageReference':
        return [{ ...place, name: urls.get(node.identifier) ?? '', words: node.alt ?? '' }];
      case 'definition':
        return [{ ...place, name: node.url, words: markdown.slice(start, end) }];
      case 'html':
        return HARMLESS.test(node.value) ? [] : [{ ...place, name: node.value, words: node.value }];
      default:
        return [];
    }
  });
}

function* nodesOf(node: Nodes | Root): Generator<Nodes> {
  yield node;
  if ('children' in node) for (const child of node.children) yield* nodesOf(child);
}
