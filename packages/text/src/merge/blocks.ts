/** A stretch of Markdown that is merged as a whole, and the line breaks and blank lines after it. */
export interface Block {
  text: string;
  gap: string;
}

export interface Blocks {
  /** Blank lines before the first block. */
  lead: string;
  blocks: Block[];
}

/** Where a stretch that must not be cut ends: a fence's marker, or what closes HTML. */
type Container = { fence: string } | { closing: RegExp };

const FRONT_MATTER = /^---[ \t]*\r?\n(?:[\s\S]*?\r?\n)?---[ \t]*(?=\r?\n|$)/;
const ITEM = /^ ?(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
/** What begins a block without a blank line before it. */
const BEGINNING =
  /^ ?(?:#{1,6}(?:[ \t]|$)|[-*+][ \t]|\d{1,9}[.)][ \t]|`{3}|~{3}|\$\$|<!--|<(?:pre|script|style|textarea)\b)/i;
const HEADING = /^ ?#{1,6}(?:[ \t]|$)/;
const MARKERS = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*/;
const FENCE = /^(?:`{3,}(?=[^`]*$)|~{3,}|\${2,}(?=[^$]*$))/;
const RAW_HTML = /^<(?:pre|script|style|textarea)\b/i;

/** True for a list item at the outermost level. */
export const isItem = (block: Block): boolean => ITEM.test(block.text);

/** True when the gap sets its neighbours apart whatever they are. */
export const hasBlankLine = (gap: string): boolean => /\n[ \t\r]*\n/.test(gap);

const isIndented = (line: string): boolean => /^(?: {2}|\t| \t)/.test(line);

function containerOf(line: string): Container | null {
  const rest = line.slice(MARKERS.exec(line)?.[0].length);
  const fence = FENCE.exec(rest)?.[0];
  if (fence) return { fence };
  if (rest.startsWith('<!--')) return rest.includes('-->') ? null : { closing: /-->/ };
  if (!RAW_HTML.test(rest)) return null;
  const closing = /<\/(?:pre|script|style|textarea)>/i;
  return closing.test(rest) ? null : { closing };
}

function isClosing(container: Container, line: string): boolean {
  if ('closing' in container) return container.closing.test(line);
  const text = line.trim();
  const [mark = ''] = container.fence;
  return text.startsWith(container.fence) && text === mark.repeat(text.length);
}

class Splitter {
  readonly #source: string;
  readonly #blocks: Block[] = [];
  #lead = '';
  /** Where the present block begins; -1 before the first one. */
  #start = -1;
  /** After its last line that is not blank, without the line break. */
  #end = 0;
  #isItem = false;
  #container: Container | null = null;
  #isAfterBlank = false;
  /** The next line that is not indented begins a block. */
  #isComplete = false;

  constructor(source: string) {
    this.#source = source;
  }

  split(): Blocks {
    let at = this.#readFrontMatter();
    while (at < this.#source.length) {
      const newline = this.#source.indexOf('\n', at);
      const next = newline < 0 ? this.#source.length : newline + 1;
      this.#readLine(at, this.#source.slice(at, next).replace(/\r?\n$/, ''));
      at = next;
    }
    this.#close(this.#source.length);
    return { lead: this.#lead, blocks: this.#blocks };
  }

  #readFrontMatter(): number {
    const length = FRONT_MATTER.exec(this.#source)?.[0].length;
    if (length === undefined) return 0;
    this.#start = 0;
    this.#end = length;
    this.#isComplete = true;
    const newline = this.#source.indexOf('\n', length);
    return newline < 0 ? this.#source.length : newline + 1;
  }

  #close(next: number): void {
    if (this.#start < 0) this.#lead = this.#source.slice(0, next);
    else {
      const text = this.#source.slice(this.#start, this.#end);
      this.#blocks.push({ text, gap: this.#source.slice(this.#end, next) });
    }
  }

  #readLine(start: number, line: string): void {
    if (/^[ \t\r]*$/.test(line)) {
      this.#isAfterBlank = true;
      return;
    }
    const end = start + line.length;
    // In a list item a fence ends with the item, closed or not.
    const isLeft = this.#isItem && !isIndented(line);
    if (this.#container && !isLeft) {
      this.#isComplete = isClosing(this.#container, line);
      if (this.#isComplete) this.#container = null;
    } else {
      if (this.#begins(line)) {
        this.#close(start);
        this.#start = start;
        this.#isItem = ITEM.test(line);
      }
      this.#container = containerOf(line);
      this.#isComplete = this.#container === null && HEADING.test(line);
    }
    this.#end = end;
    this.#isAfterBlank = false;
  }

  #begins(line: string): boolean {
    if (this.#start < 0) return true;
    // Children of a list item, a footnote's next paragraph, the next stretch of indented code.
    if (this.#isAfterBlank || this.#isComplete) return !isIndented(line);
    return BEGINNING.test(line);
  }
}

/**
 * Cuts Markdown into blocks: paragraphs, headings, outermost list items with all they hold, and
 * whole tables, quotes, fences, formulas, comments and front matter. `lead` and all `text + gap`
 * joined are exactly the source. By lines, not by a parser: time is linear, and where it errs a
 * block is larger or smaller than Markdown's, never lost.
 */
export const splitBlocks = (source: string): Blocks => new Splitter(source).split();
