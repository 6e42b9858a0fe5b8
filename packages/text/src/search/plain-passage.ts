/** What a stretch of Markdown says, with the way back. */
export interface PlainPassage {
  text: string;
  /** Offset in the Markdown of each unit of `text`; one entry more than units. */
  map: readonly number[];
}

// Every repetition is bounded, so that no source makes the time grow faster than its length.
const FENCE = /^ {0,3}(?:`{3,}|~{3,})[^`]{0,200}$/;
const RULE = /^ {0,3}(?:(?:[-*_][ \t]{0,3}){3,100}|=+|-+)[ \t]*$/;
const TABLE_RULE =
  /^ {0,3}\|?(?:[ \t]{0,50}:?-{1,100}:?[ \t]{0,50}\|){1,100}(?:[ \t]{0,50}:?-{1,100}:?)?[ \t]*$/;
const DEFINITION = /^ {0,3}\[(?!\^)[^[\]]{1,200}\]:[ \t]{0,10}\S/;
const LINE_MARKS =
  /^(?:[ \t]{0,20}(?:>|#{1,6}(?=[ \t]|$)|[-+*](?=[ \t])(?:[ \t]\[[ xX]\](?=[ \t]))?|\d{1,9}[.)](?=[ \t])|\[\^[^[\]\s]{1,100}\]:)){1,20}/;
const CLOSING_HASHES = /[ \t]#{1,6}[ \t]*$/;
const PIPE = /(?<!\\)\|/g;

const CODE_SPAN = /(?<!`)(`{1,5})(?!`)([^`]{1,500})\1(?!`)/g;
const IMAGE_OR_LINK = /(!?\[)([^[\]]{0,300})(\]\((?:[^()\n]|\([^()\n]{0,100}\)){0,800}\))/g;
const REFERENCE_LINK = /(!?\[)([^[\]\n]{1,300})(\]\[[^[\]\n]{0,200}\])/g;
const WIKI_LINK = /(!?\[\[(?:[^[\]|\n]{1,300}\|)?)([^[\]|\n]{1,300})(\]\])/g;
const FOOTNOTE_REFERENCE = /\[\^[^[\]\s]{1,100}\]/g;
const AUTOLINK = /(<)((?:https?|mailto):[^<>\s]{1,800})(>)/gi;
const TAG = /<\/?[a-z][^<>]{0,300}>|<!--[^<>]{0,500}-->/gi;
const EMPHASIS =
  /(?<!\\)(?:(?<=[^\s*])\*{1,3}(?!\*)|(?<!\*)\*{1,3}(?=[^\s*])|~~|(?<![\p{L}\p{N}_])_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?![\p{L}\p{N}_]))/gu;
const ESCAPE = /\\(?=[!-/:-@[-`{-~])/g;
/** Between digits a star multiplies. */
const PRODUCT = /^\d\*\d$/;

/** Rules, underlines, the second line of a table, definitions of references. */
function isUnspoken(line: string): boolean {
  if (!/^[ \t]{0,3}[-*_=|:[]/.test(line)) return false;
  return RULE.test(line) || TABLE_RULE.test(line) || DEFINITION.test(line);
}

/** What is read after code spans, in this order, each looked for only where its sign stands. */
const INLINE_MARKS: readonly { pattern: RegExp; sign: RegExp }[] = [
  { pattern: WIKI_LINK, sign: /\[\[/ },
  // Twice: a picture may be the text of a link.
  { pattern: IMAGE_OR_LINK, sign: /\]\(/ },
  { pattern: IMAGE_OR_LINK, sign: /\]\(/ },
  { pattern: REFERENCE_LINK, sign: /\]\[/ },
  { pattern: AUTOLINK, sign: /</ },
  { pattern: FOOTNOTE_REFERENCE, sign: /\[\^/ },
  { pattern: TAG, sign: /</ },
  { pattern: EMPHASIS, sign: /[*_~]/ },
  { pattern: ESCAPE, sign: /\\/ },
];

class PassageReader {
  readonly #source: string;
  /** 1 where the source is a mark and not shown, 2 where it stands for white space. */
  readonly #marks: Uint8Array;

  constructor(source: string) {
    this.#source = source;
    this.#marks = new Uint8Array(source.length);
  }

  read(): PlainPassage {
    let textStart = 0;
    let isCode = false;
    let at = 0;
    while (at < this.#source.length) {
      const newline = this.#source.indexOf('\n', at);
      const end = newline < 0 ? this.#source.length : newline;
      const line = this.#source.slice(at, end);
      if (FENCE.test(line)) {
        if (!isCode) this.#readInline(textStart, at);
        this.#hide(at, end);
        isCode = !isCode;
        textStart = newline < 0 ? end : end + 1;
      } else if (!isCode) {
        this.#readLine(line, at);
      }
      at = end + 1;
    }
    if (!isCode) this.#readInline(textStart, this.#source.length);
    return this.#result();
  }

  #hide(from: number, to: number): void {
    this.#marks.fill(1, from, to);
  }

  #readLine(line: string, at: number): void {
    if (isUnspoken(line)) {
      this.#hide(at, at + line.length);
      return;
    }
    const marks = LINE_MARKS.exec(line)?.[0] ?? '';
    this.#hide(at, at + marks.length);
    if (marks.includes('#')) {
      const closing = CLOSING_HASHES.exec(line.slice(marks.length))?.[0].length ?? 0;
      this.#hide(at + line.length - closing, at + line.length);
    }
    if (!/^[ \t]*\|/.test(line)) return;
    for (const pipe of line.matchAll(PIPE)) this.#marks[at + pipe.index] = 2;
  }

  /** Hides the marks of a stretch without fences, one kind after the other. */
  #readInline(from: number, to: number): void {
    // What was read already is blanked, so that no later kind sees marks in it.
    let text = this.#source.slice(from, to);
    let units: string[] | null = null;
    const blank = (start: number, end: number) => {
      units ??= text.split('');
      units.fill('\0', start, end);
    };
    const found = (pattern: RegExp) => {
      if (units) text = units.join('');
      units = null;
      return text.matchAll(pattern);
    };
    if (!/[[*_~`<\\]/.test(text)) return;
    for (const match of found(CODE_SPAN)) {
      const ticks = match[1]?.length ?? 0;
      const end = match.index + match[0].length;
      this.#hide(from + match.index, from + match.index + ticks);
      this.#hide(from + end - ticks, from + end);
      blank(match.index, end);
    }
    for (const { pattern, sign } of INLINE_MARKS) {
      if (!sign.test(text)) continue;
      for (const match of found(pattern)) {
        const start = match.index;
        const end = start + match[0].length;
        if (pattern === EMPHASIS && PRODUCT.test(text.slice(start - 1, end + 1))) continue;
        const open = match[1]?.length ?? match[0].length;
        const close = match[3]?.length ?? 0;
        this.#hide(from + start, from + start + open);
        this.#hide(from + end - close, from + end);
        blank(start, start + open);
        blank(end - close, end);
        if (pattern === AUTOLINK) blank(start, end);
      }
    }
  }

  /** The shown units; every stretch of white space is one line break or one space. */
  #result(): PlainPassage {
    let text = '';
    const map: number[] = [];
    let space: { at: number; hasBreak: boolean } | null = null;
    for (let at = 0; at < this.#source.length; at += 1) {
      const mark = this.#marks[at];
      if (mark === 1) continue;
      const unit = this.#source.charAt(at);
      if (mark === 2 || unit <= ' ' || (unit >= '\u00a0' && /\s/.test(unit))) {
        space ??= { at, hasBreak: false };
        space.hasBreak ||= unit === '\n';
        continue;
      }
      if (space && text !== '') {
        text += space.hasBreak ? '\n' : ' ';
        map.push(space.at);
      }
      space = null;
      text += unit;
      map.push(at);
    }
    map.push(this.#source.length);
    return { text, map };
  }
}

/**
 * What a passage of Markdown says: without fences, heading and list marks, emphasis, table lines,
 * tags and addresses of links; links and wiki links by their text. Marks are told apart line by
 * line, as a passage may begin anywhere.
 */
export function plainPassage(markdown: string): PlainPassage {
  return new PassageReader(markdown).read();
}
