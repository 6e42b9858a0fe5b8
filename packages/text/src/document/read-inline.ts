import type { PhrasingContent } from 'mdast';
import { serializeMarkdown } from '../markdown/codec.js';
import { type DocumentMark, type DocumentNode, markKey, rankOf } from './nodes.js';

/** Reads the content of a line; `isCell` where a break can only be written as a tag. */
export function readInline(nodes: readonly PhrasingContent[], isCell = false): DocumentNode[] {
  const out: DocumentNode[] = [];
  const push = (node: DocumentNode, marks: readonly DocumentMark[]) => {
    const last = out.at(-1);
    const sorted = [...marks].sort((a, b) => rankOf(a) - rankOf(b));
    if (last?.text !== undefined && node.text !== undefined && haveSameMarks(last, sorted)) {
      last.text += node.text;
    } else out.push(sorted.length > 0 ? { ...node, marks: sorted } : node);
  };
  const read = (children: readonly PhrasingContent[], marks: readonly DocumentMark[]) => {
    for (const node of children) readOne(node, marks);
  };
  const readOne = (node: PhrasingContent, marks: readonly DocumentMark[]) => {
    const within = (mark: DocumentMark) =>
      marks.some((one) => one.type === mark.type) ? marks : [...marks, mark];
    switch (node.type) {
      case 'text':
        node.value.split('\n').forEach((line, i) => {
          if (i > 0) push({ type: 'hardBreak', attrs: { isSoft: true } }, marks);
          if (line !== '') push({ type: 'text', text: line }, marks);
        });
        return;
      case 'strong':
        return read(node.children, within({ type: 'bold' }));
      case 'emphasis':
        return read(node.children, within({ type: 'italic' }));
      case 'delete':
        return read(node.children, within({ type: 'strike' }));
      case 'highlight':
        return read(node.children, within({ type: 'highlight' }));
      case 'link': {
        const attrs = { href: node.url, title: node.title ?? null };
        if (node.children.length === 0) return push(rawInline(node), marks);
        return read(node.children, within({ type: 'link', attrs }));
      }
      case 'inlineCode':
        if (node.value === '') return push(rawInline(node), marks);
        return push({ type: 'text', text: node.value }, within({ type: 'code' }));
      case 'break':
        return push({ type: 'hardBreak', attrs: { isSoft: false } }, marks);
      case 'image': {
        const attrs = { src: node.url, alt: node.alt ?? '', title: node.title ?? null };
        return push({ type: 'image', attrs }, marks);
      }
      case 'inlineMath':
        return push({ type: 'inlineMath', attrs: { latex: node.value } }, marks);
      case 'wikiLink':
        return push({ type: 'wikiLink', attrs: { target: node.target, alias: node.alias } }, marks);
      case 'footnoteReference': {
        const attrs = { label: node.label ?? node.identifier };
        return push({ type: 'footnoteReference', attrs }, marks);
      }
      case 'html':
        if (isCell && /^<br ?\/?>$/i.test(node.value)) {
          return push({ type: 'hardBreak', attrs: { isSoft: false } }, marks);
        }
        return push({ type: 'rawInline', attrs: { source: node.value } }, marks);
      default:
        return push(rawInline(node), marks);
    }
  };
  read(nodes, []);
  return out;
}

const rawInline = (node: PhrasingContent): DocumentNode => {
  const children = [{ type: 'paragraph' as const, children: [node] }];
  const source = serializeMarkdown({ type: 'root', children }).trimEnd();
  return { type: 'rawInline', attrs: { source } };
};

function haveSameMarks({ marks = [] }: DocumentNode, others: readonly DocumentMark[]): boolean {
  return (
    marks.length === others.length &&
    marks.every((mark, i) => markKey(mark) === markKey(others[i] ?? { type: '' }))
  );
}
