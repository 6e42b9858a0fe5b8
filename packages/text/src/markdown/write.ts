import type { BlockContent, Paragraph } from 'mdast';
import { defaultHandlers, type Handle, type Options as ToMarkdown } from 'mdast-util-to-markdown';
import { fitsDollars } from './dollar-math.js';
import type { Callout, Highlight, WikiLink } from './nodes.js';

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
    head += ` ${state.containerPhrasing({ type: 'paragraph', children: title.children }, { before: ' ', after: '\n', ...tracker.current() })}`;
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

const inlineMath: Handle = ({ value }: { value: string }, _parent, _state, info) => {
  if (fitsDollars(value) && !/^[\d$]/.test(info.after)) return `$${value}$`;
  const longest = Math.max(1, ...(value.match(/\$+/g) ?? []).map((run) => run.length));
  const fence = '$'.repeat(longest + 1);
  const pad = /^[ \r\n]|^\$|\$$|[ \r\n]$/.test(value) ? ' ' : '';
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
  const rest = { ...info, ...tracker.current() };
  return box + defaultHandlers.paragraph(filled, parent, state, rest);
};

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
    paragraph,
    inlineMath: beginningWith('$', inlineMath),
  },
  unsafe: [
    { character: '=', before: '=', inConstruct: 'phrasing' },
    { character: '=', after: '=', inConstruct: 'phrasing' },
    { character: '$', inConstruct: 'phrasing' },
  ],
};
