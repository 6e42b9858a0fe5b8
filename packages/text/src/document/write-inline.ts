import type { PhrasingContent } from 'mdast';
import { type DocumentMark, type DocumentNode, markKey, rankOf, wordOf } from './nodes.js';
import { tidySpaces } from './spaces.js';

/** Writes the content of a line as the tree of Markdown; breaks become tags in a cell, spaces in a title. */
export function writeInline(
  content: readonly DocumentNode[] = [],
  place: 'line' | 'cell' | 'title' = 'line',
): PhrasingContent[] {
  return nest(tidySpaces(content), [], place);
}

type Place = Parameters<typeof writeInline>[1];

/** Nests marks: of those that begin at a node the one that reaches furthest is outermost. */
function nest(
  nodes: readonly DocumentNode[],
  open: readonly string[],
  place: Place,
): PhrasingContent[] {
  const out: PhrasingContent[] = [];
  for (let i = 0; i < nodes.length; ) {
    const node = nodes[i];
    if (!node) break;
    const outer = furthest(nodes, i, open);
    if (outer) {
      const inside = nest(nodes.slice(i, outer.end), [...open, markKey(outer.mark)], place);
      out.push(wrap(outer.mark, inside));
      i = outer.end;
      continue;
    }
    const leaf = writeLeaf(node, place);
    const last = out.at(-1);
    if (leaf.type === 'text' && last?.type === 'text') last.value += leaf.value;
    else out.push(leaf);
    i += 1;
  }
  const isLinked = open.some((key) => key.startsWith('link '));
  return isLinked ? out : out.flatMap(withAddresses);
}

const ADDRESS =
  /https?:\/\/[^\s<>，。、；：！？（）「」]*[\p{L}\p{N}/#=&%-]|(?<![\w.+-])[\w.+-]+@[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}(?![\w-])/giu;

/** A bare address is a link to every reader of Markdown; as text it would be full of escapes. */
function withAddresses(node: PhrasingContent): PhrasingContent[] {
  if (node.type !== 'text') return [node];
  const out: PhrasingContent[] = [];
  let done = 0;
  for (const { 0: value, index } of node.value.matchAll(ADDRESS)) {
    if (index > done) out.push({ type: 'text', value: node.value.slice(done, index) });
    const url = value.startsWith('http') ? value : `mailto:${value}`;
    out.push({ type: 'link', url, title: null, children: [{ type: 'text', value }] });
    done = index + value.length;
  }
  if (done < node.value.length) out.push({ type: 'text', value: node.value.slice(done) });
  return out;
}

function furthest(
  nodes: readonly DocumentNode[],
  start: number,
  open: readonly string[],
): { mark: DocumentMark; end: number } | null {
  let best: { mark: DocumentMark; end: number } | null = null;
  const marks = [...(nodes[start]?.marks ?? [])].sort((a, b) => rankOf(a) - rankOf(b));
  for (const mark of marks) {
    const key = markKey(mark);
    if (mark.type === 'code' || open.includes(key)) continue;
    let end = start + 1;
    while (nodes[end]?.marks?.some((other) => markKey(other) === key)) end += 1;
    if (!best || end > best.end) best = { mark, end };
  }
  return best;
}

function wrap(mark: DocumentMark, children: PhrasingContent[]): PhrasingContent {
  switch (mark.type) {
    case 'link':
      return {
        type: 'link',
        url: wordOf(mark, 'href') ?? '',
        title: wordOf(mark, 'title'),
        children,
      };
    case 'highlight':
      return { type: 'highlight', children };
    case 'strike':
      return { type: 'delete', children };
    case 'italic':
      return { type: 'emphasis', children };
    case 'bold':
      return { type: 'strong', children };
    default:
      throw new Error(`No Markdown for the mark ${mark.type}`);
  }
}

function writeLeaf(node: DocumentNode, place: Place): PhrasingContent {
  switch (node.type) {
    case 'text': {
      const value = node.text ?? '';
      const isCode = node.marks?.some(({ type }) => type === 'code');
      return isCode ? { type: 'inlineCode', value } : { type: 'text', value };
    }
    case 'hardBreak':
      if (place === 'cell') return { type: 'html', value: '<br>' };
      if (place === 'title') return { type: 'text', value: ' ' };
      return node.attrs?.isSoft === true ? { type: 'text', value: '\n' } : { type: 'break' };
    case 'image':
      return {
        type: 'image',
        url: wordOf(node, 'src') ?? '',
        alt: wordOf(node, 'alt') ?? '',
        title: wordOf(node, 'title'),
      };
    case 'inlineMath':
      return { type: 'inlineMath', value: wordOf(node, 'latex') ?? '' };
    case 'wikiLink':
      return {
        type: 'wikiLink',
        target: wordOf(node, 'target') ?? '',
        alias: wordOf(node, 'alias'),
      };
    case 'footnoteReference': {
      const label = wordOf(node, 'label') ?? '';
      return { type: 'footnoteReference', identifier: label.toLowerCase(), label };
    }
    case 'rawInline':
      return { type: 'verbatim', value: wordOf(node, 'source') ?? '' };
    default:
      throw new Error(`No Markdown for the inline node ${node.type}`);
  }
}
