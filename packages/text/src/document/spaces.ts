import { type DocumentMark, type DocumentNode, markKey } from './nodes.js';

const isBreak = ({ type }: DocumentNode): boolean => type === 'hardBreak';
const isSoft = (node: DocumentNode): boolean => isBreak(node) && node.attrs?.isSoft === true;
const isBlank = (node: DocumentNode): boolean =>
  isBreak(node) || (node.text !== undefined && /^\s*$/.test(node.text));
const isCode = ({ marks = [] }: DocumentNode): boolean => marks.some(({ type }) => type === 'code');

/**
 * Content of a line as Markdown can say it: no spaces at the ends of lines, no break at the end, no
 * empty lines, and no spaces at the edges of bold and the like, where they would have to be written
 * as references.
 */
export function tidySpaces(nodes: readonly DocumentNode[]): DocumentNode[] {
  return trimMarks(trimLines(nodes));
}

function trimLines(nodes: readonly DocumentNode[]): DocumentNode[] {
  const out = [...nodes];
  for (;;) {
    const last = out.at(-1);
    if (last && isBreak(last)) out.pop();
    else if (last?.text !== undefined && !isCode(last) && /[ \t]$/.test(last.text)) {
      out.pop();
      const text = last.text.replace(/[ \t]+$/, '');
      if (text !== '') out.push({ ...last, text });
    } else break;
  }
  const lines: DocumentNode[] = [];
  for (const node of out) {
    const last = lines.at(-1);
    const isAtStart = !last || isBreak(last);
    // A soft break is only the end of a line that has something in it.
    if (isSoft(node) && isAtStart) continue;
    if (isBreak(node)) trimEnd(lines);
    if (isAtStart && node.text !== undefined && !isCode(node)) {
      const text = node.text.replace(/^[ \t]+/, '');
      if (text !== '') lines.push({ ...node, text });
    } else lines.push(node);
  }
  return lines;
}

function trimEnd(lines: DocumentNode[]): void {
  const last = lines.at(-1);
  if (last?.text === undefined || isCode(last)) return;
  lines.pop();
  const text = last.text.replace(/[ \t]+$/, '');
  if (text !== '') lines.push({ ...last, text });
}

/** Cuts text into white space at its ends and what is between, and takes marks off the former. */
function trimMarks(nodes: readonly DocumentNode[]): DocumentNode[] {
  const pieces = nodes.flatMap((node): DocumentNode[] => {
    if (node.text === undefined || isCode(node) || !node.marks?.length) return [{ ...node }];
    const [, lead = '', text = '', tail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(node.text) ?? [];
    return [lead, text, tail].flatMap((part) => (part === '' ? [] : [{ ...node, text: part }]));
  });
  for (const key of new Set(pieces.flatMap(({ marks = [] }) => marks.map(markKey)))) {
    if (key === 'code') continue;
    const has = (node: DocumentNode | undefined) =>
      node?.marks?.some((mark: DocumentMark) => markKey(mark) === key) ?? false;
    const drop = (node: DocumentNode) => {
      node.marks = node.marks?.filter((mark) => markKey(mark) !== key) ?? [];
    };
    pieces.forEach((piece, i) => {
      if (has(piece) && isBlank(piece) && !isCode(piece) && !has(pieces[i - 1])) drop(piece);
    });
    for (let i = pieces.length - 1; i >= 0; i -= 1) {
      const piece = pieces[i];
      if (!piece || !has(piece) || !isBlank(piece) || isCode(piece)) continue;
      if (!has(pieces[i + 1])) drop(piece);
    }
  }
  return pieces;
}
