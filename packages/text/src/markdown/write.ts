import type { BlockContent, Html, Link, LinkReference, Nodes, Paragraph, Text } from 'mdast';
import { defaultHandlers, type Handle, type Options as ToMarkdown } from 'mdast-util-to-markdown';
import { fitsDollars, inOneLine } from './dollar-math.js';
import type { Callout, Highlight, Verbatim, WikiLink } from './nodes.js';
import { isInlineTag } from './tidy.js';

const wikiLink: Handle = ({ target, alias }: WikiLink, _parent, state) => {
  const pipe = state.stack.includes('tableCell') ? '\\|' : '|';
  return alias === null ? `[[${target}]]` : `[[${target}${pipe}${alias.replaceAll('|', '\\|')}]]`;
};

const highlight: Handle = (node: Highlight, _parent, state, info) => {
  const tracker = state.createTracker(info);
  const exit = state.enter('highlight');
  let value = tracker.move('==');
  value += tracker.move(
    state.containerPhrasing(node, { before: value, after: '=', ...tracker.current() }),
  );
  value += tracker.move('==');
  exit();
  return value;
};

const reference = (character: string) =>
  character === '' ? '' : `&#x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()};`;

/** Whether a highlight begins (0) or ends (-1) with ASCII, where a letter beside it would make it a comparison. */
function isAsciiAt(node: Nodes | undefined, edge: 0 | -1): boolean {
  if (node?.type !== 'highlight') return false;
  const child = node.children.at(edge);
  return child?.type !== 'text' || (child.value.at(edge) ?? '') < '\x80';
}

/** Letters beside a highlight are written as references where they would undo it. */
const text: Handle = (node: Text, parent, state, info) => {
  const siblings: readonly Nodes[] = parent && 'children' in parent ? parent.children : [];
  const at = siblings.indexOf(node);
  const head = isAsciiAt(siblings[at - 1], -1) ? (/^\w/.exec(node.value)?.[0] ?? '') : '';
  const rest = node.value.slice(head.length);
  const tail = isAsciiAt(siblings[at + 1], 0) ? (/[\w=!<>]$/.exec(rest)?.[0] ?? '') : '';
  if (head === '' && tail === '') return defaultHandlers.text(node, parent, state, info);
  const middle = rest.slice(0, rest.length - tail.length);
  const around = {
    ...info,
    before: head === '' ? info.before : ';',
    after: tail === '' ? info.after : '&',
  };
  return reference(head) + state.safe(middle, around) + reference(tail);
};

const callout: Handle = (node: Callout, _parent, state, info) => {
  const exit = state.enter('blockquote');
  const tracker = state.createTracker(info);
  tracker.move('> ');
  tracker.shift(2);
  const [first, ...others] = node.children;
  const title = first?.type === 'calloutTitle' ? first : null;
  const blocks = (title ? others : node.children) as BlockContent[];
  let head = `[!${node.kind.toUpperCase()}]`;
  if (title) {
    const paragraph: Paragraph = { type: 'paragraph', children: title.children };
    // What has a meaning inside a line is escaped only where a line is being written.
    const exitLine = state.enter('phrasing');
    head += ` ${state.containerPhrasing(paragraph, { before: ' ', after: '\n', ...tracker.current() })}`;
    exitLine();
  }
  const body = state.containerFlow({ type: 'blockquote', children: blocks }, tracker.current());
  // Only a paragraph surely goes on in the line after the mark.
  const gap = blocks[0]?.type === 'paragraph' ? '\n' : '\n\n';
  const lines = state.indentLines(
    body === '' ? head : head + gap + body,
    (line, _index, isBlank) => `>${isBlank ? '' : ' '}${line}`,
  );
  exit();
  return lines;
};

const inlineMath: Handle = (node: { value: string }, _parent, _state, info) => {
  // A line that begins with a formula's `>` or `-` would be a quote or a list.
  const value = inOneLine(node.value);
  if (fitsDollars(value) && !/^[\d$]/.test(info.after)) return `$${value}$`;
  const longest = Math.max(1, ...(value.match(/\$+/g) ?? []).map((run) => run.length));
  const fence = '$'.repeat(longest + 1);
  // One space on each side is taken off when read, unless there is nothing else.
  const pad = /[^ ]/.test(value) && /^[ \r\n]|^\$|\$$|[ \r\n]$/.test(value) ? ' ' : '';
  return `${fence}${pad}${value}${pad}${fence}`;
};

/** GFM's box of a task; the plugins for Chinese emphasis write paragraphs too and leave it out. */
const paragraph: Handle = (node: Paragraph, parent, state, info) => {
  const isTask =
    parent?.type === 'listItem' &&
    typeof parent.checked === 'boolean' &&
    parent.children.find(({ type }) => type === 'paragraph') === node;
  if (!isTask) return defaultHandlers.paragraph(node, parent, state, info);
  const tracker = state.createTracker(info);
  const box = tracker.move(`[${parent.checked ? 'x' : ' '}] `);
  // A box needs something after it.
  const filled: Paragraph =
    node.children.length > 0 ? node : { ...node, children: [{ type: 'text', value: ' ' }] };
  const rest = { ...info, ...tracker.current(), before: ' ' };
  return box + defaultHandlers.paragraph(filled, parent, state, rest);
};

/** An address may stand in angle brackets only where CommonMark reads it there. */
const AUTOLINK =
  /^(?:[a-z][a-z\d+.-]{1,31}:[^\s<>]*|[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*)$/i;

const link: Handle = (node: Link, parent, state, info) => {
  const [first, ...others] = node.children;
  const isOwnText = first?.type === 'text' && others.length === 0;
  // Nothing can be escaped in angle brackets, a pipe must be in a cell.
  const isSafe = !state.stack.includes('tableCell') || !node.url.includes('|');
  if (!isOwnText || (AUTOLINK.test(first.value) && isSafe)) {
    return defaultHandlers.link(node, parent, state, info);
  }
  const { options } = state;
  state.options = { ...options, resourceLink: true };
  const value = defaultHandlers.link(node, parent, state, info);
  state.options = options;
  return value;
};

/** `[a]` before a bracket would be read together with it; `[a][]` is not. */
const linkReference: Handle = (node: LinkReference, parent, state, info) => {
  const isAlone = node.referenceType !== 'shortcut' || info.after !== '[';
  const written: LinkReference = isAlone ? node : { ...node, referenceType: 'collapsed' };
  return defaultHandlers.linkReference(written, parent, state, info);
};

/** Raw HTML that begins a line of a paragraph would end it, unless the line is indented. */
const html: Handle = (node: Html, parent, _state, { before }) => {
  const isInText = parent && INLINE_PARENTS.has(parent.type);
  const beginsLine = /[\r\n]$/.test(before) && parent?.children[0] !== node;
  return isInText && beginsLine && !isInlineTag(node) ? `    ${node.value}` : node.value;
};
/** Tags are written as tags; a lone `[a]` before a bracket would be read together with it. */
const verbatim: Handle = ({ value }: Verbatim, parent, state, info) => {
  if (value.startsWith('<')) return html({ type: 'html', value }, parent, state, info);
  return info.after === '[' && /^\[[^[\]]*\]$/.test(value) ? `${value}[]` : value;
};

const INLINE_PARENTS = new Set([
  'paragraph',
  'heading',
  'emphasis',
  'strong',
  'delete',
  'link',
  'linkReference',
  'highlight',
  'calloutTitle',
]);

const FENCE_LINES = [
  'codeFencedLangGraveAccent',
  'codeFencedLangTilde',
  'codeFencedMetaGraveAccent',
  'codeFencedMetaTilde',
  'mathFlowMeta',
] as const;

/** Tells the text before it which sign comes next. */
function beginningWith(sign: string, handle: Handle): Handle {
  return Object.assign(handle, { peek: () => sign });
}

/** How our own constructs are written. */
export const ourToMarkdown: ToMarkdown = {
  handlers: {
    wikiLink: beginningWith('[', wikiLink),
    highlight: beginningWith('=', highlight),
    callout,
    text,
    paragraph,
    html: beginningWith('<', html),
    verbatim: Object.assign(verbatim, { peek: ({ value }: Verbatim) => value.slice(0, 1) }),
    linkReference: beginningWith('[', linkReference),
    link: Object.assign(link, { peek: defaultHandlers.link.peek }),
    inlineMath: beginningWith('$', inlineMath),
  },
  // A lone tag begins a block of HTML, except in the line after a definition.
  join: [
    (left, right) => {
      const first = right.type === 'paragraph' ? right.children[0] : undefined;
      const isTag =
        first?.type === 'html' || (first?.type === 'verbatim' && first.value.startsWith('<'));
      return left.type === 'definition' && isTag ? 0 : undefined;
    },
  ],
  unsafe: [
    // Looked at, not taken: the middle one of three has signs on both sides.
    { character: '=', before: '(?<==)', inConstruct: 'phrasing' },
    { character: '=', after: '(?==)', inConstruct: 'phrasing' },
    { character: '$', inConstruct: 'phrasing' },
    // A label that begins so would be a footnote's.
    { character: '^', before: '\\[', inConstruct: ['label', 'reference'] },
    // In the first line of a fence references are read too.
    { character: '&', after: '[#A-Za-z]', inConstruct: [...FENCE_LINES] },
    // At the very beginning it would be a byte order mark.
    { character: '\ufeff', atBreak: true },
  ],
};
