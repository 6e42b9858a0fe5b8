/** Deeper nesting than any editor writes; parsers and converters go down it level by level. */
const DEEPEST = 400;

/** Never closed, since nothing is in them. */
const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);
/** What is in them is text. */
const TEXT = new Set(['script', 'style', 'textarea', 'title']);

const CELLS = ['td', 'th'];
const ROWS = [...CELLS, 'tr'];
const PARTS = [...ROWS, 'thead', 'tbody', 'tfoot'];
/** What is closed by a tag where people leave its end out. */
const CLOSED_BY = new Map<string, readonly string[]>([
  ['p', ['p']],
  ['li', ['li', 'p']],
  ['dt', ['dt', 'dd', 'p']],
  ['dd', ['dt', 'dd', 'p']],
  ['option', ['option']],
  ['td', CELLS],
  ['th', CELLS],
  ['tr', ROWS],
  ['thead', PARTS],
  ['tbody', PARTS],
  ['tfoot', PARTS],
]);

const TAG = /<(?:!--|(\/?)([a-z][^\s/>]*))/gi;
/** A piece of what is in a tag behind its name; a value goes to its end, whatever is in it. */
const PIECE = /[^>"'=]+|=\s*(?:"[^"]*"?|'[^']*'?)?|["']/y;

/** Where a tag ends, behind its `>`, and whether it closes itself. */
function endOf(html: string, from: number): { end: number; isClosed: boolean } {
  let at = from;
  for (;;) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(html);
    if (!piece) return { end: at + 1, isClosed: html[at - 1] === '/' };
    at = PIECE.lastIndex;
  }
}

/**
 * Whether HTML or XML nests deeper than is worth reading, whatever its tags are called. Roughly as parsers read it: a tag
 * that closes itself counts as closed.
 */
export function isTooDeep(html: string): boolean {
  const open: string[] = [];
  for (TAG.lastIndex = 0; ; ) {
    const tag = TAG.exec(html);
    if (!tag) return false;
    if (tag[2] === undefined) {
      const end = html.indexOf('-->', TAG.lastIndex);
      if (end < 0) return false;
      TAG.lastIndex = end + 3;
      continue;
    }
    const name = tag[2].toLowerCase();
    const { end, isClosed } = endOf(html, TAG.lastIndex);
    TAG.lastIndex = end;
    if (tag[1] === '/') {
      const at = open.lastIndexOf(name);
      if (at >= 0) open.length = at;
      continue;
    }
    if (isClosed || VOID.has(name)) continue;
    if (TEXT.has(name)) {
      TAG.lastIndex = textEnd(html, name, end);
      continue;
    }
    const closed = CLOSED_BY.get(name);
    while (closed?.includes(open.at(-1) ?? '')) open.pop();
    open.push(name);
    if (open.length > DEEPEST) return true;
  }
}

/** Where a text ends: at its closing tag, or with everything. */
function textEnd(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}`, 'gi');
  closing.lastIndex = from;
  return closing.exec(html)?.index ?? html.length;
}
