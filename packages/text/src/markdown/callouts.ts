import type { Blockquote, Paragraph, PhrasingContent, Root, RootContent } from 'mdast';
import type { Callout, CalloutMark } from './nodes.js';

/** Makes callouts of the quotes that begin with a mark; every other mark is the text it was. */
export function makeCallouts(root: Root): void {
  walk(root.children);
}

function walk(nodes: RootContent[]): void {
  nodes.forEach((found, i) => {
    const node = madeOf(found);
    nodes[i] = node;
    // Every parent's children are contents of some node.
    if ('children' in node) walk(node.children as RootContent[]);
  });
}

function madeOf(node: RootContent): RootContent {
  if (node.type === 'blockquote') return calloutOf(node) ?? node;
  return node.type === 'calloutMark' ? textOf(node) : node;
}

function textOf(mark: CalloutMark): RootContent {
  const value = `[!${mark.kind.toUpperCase()}]`;
  return { type: 'text', value, ...(mark.position ? { position: mark.position } : {}) };
}

function calloutOf(quote: Blockquote): Callout | null {
  const [first, ...rest] = quote.children;
  if (first?.type !== 'paragraph') return null;
  const [mark] = first.children;
  if (mark?.type !== 'calloutMark') return null;
  // Taken off in place: what is walked next must not meet it again.
  first.children.shift();
  const { title, body } = splitFirstLine(first);
  return {
    type: 'callout',
    kind: mark.kind,
    children: [
      ...(title.length > 0 ? [{ type: 'calloutTitle' as const, children: title }] : []),
      ...(body.length > 0 ? [{ ...first, children: body }] : []),
      ...rest,
    ],
    ...(quote.position ? { position: quote.position } : {}),
  };
}

function splitFirstLine(paragraph: Paragraph): {
  title: PhrasingContent[];
  body: PhrasingContent[];
} {
  const title: PhrasingContent[] = [];
  const { children } = paragraph;
  for (const [i, node] of children.entries()) {
    if (node.type === 'break') return { title: trimmed(title), body: children.slice(i + 1) };
    const end = node.type === 'text' ? node.value.indexOf('\n') : -1;
    if (node.type !== 'text' || end < 0) {
      title.push(node);
      continue;
    }
    title.push({ type: 'text', value: node.value.slice(0, end) });
    const rest = node.value.slice(end + 1);
    const body = children.slice(i + 1);
    return {
      title: trimmed(title),
      body: rest === '' ? body : [{ type: 'text', value: rest }, ...body],
    };
  }
  return { title: trimmed(title), body: [] };
}

/** Without the spaces around a line, which mean nothing. */
function trimmed(nodes: PhrasingContent[]): PhrasingContent[] {
  const trim = (node: PhrasingContent | undefined, pattern: RegExp) => {
    if (node?.type === 'text') node.value = node.value.replace(pattern, '');
  };
  trim(nodes[0], /^[ \t]+/);
  trim(nodes.at(-1), /[ \t]+$/);
  return nodes.filter((node) => node.type !== 'text' || node.value !== '');
}
