import { cutText } from './tokenize.js';

/** A passage of a Markdown source: `[start, end)` in UTF-16 units, `text` being exactly that slice. */
export interface MarkdownChunk {
  ordinal: number;
  start: number;
  end: number;
  /** Headings the passage stands under, outermost first. */
  headingPath: string[];
  text: string;
}

const MIN_LENGTH = 800;
const MAX_LENGTH = 1_500;
/** A section shorter than this is joined with the next one. */
const MIN_SECTION_LENGTH = 400;
const MAX_HEADING_LENGTH = 200;

interface Line {
  start: number;
  /** After the line break. */
  end: number;
  text: string;
}

interface Heading {
  level: number;
  text: string;
}

/** A stretch that is kept whole where it fits; stretches touch and cover the source. */
interface Block {
  start: number;
  end: number;
  heading: Heading | null;
}

function* linesOf(source: string): Generator<Line> {
  for (let start = 0; start < source.length; ) {
    const newline = source.indexOf('\n', start);
    const end = newline < 0 ? source.length : newline + 1;
    // Structure shows at the beginning of a line; a longer one is a paragraph anyway.
    yield { start, end, text: source.slice(start, Math.min(end, start + 1_000)).trimEnd() };
    start = end;
  }
}

function cleanHeading(text: string): string {
  const words = text
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/[*`]+/g, '')
    .trim();
  // Half a pair of surrogates is no text: jsonb would refuse it.
  return cutText(words, MAX_HEADING_LENGTH);
}

function atxHeading(line: string): Heading | null {
  const match = /^ {0,3}(#{1,6})(?:[ \t]|$)/.exec(line);
  if (!match) return null;
  const content = line.slice(match[0].length).trim();
  const closing = /^#+$/.test(content)
    ? content.length
    : (/[ \t]#+$/.exec(content)?.[0].length ?? 0);
  const text = cleanHeading(content.slice(0, content.length - closing));
  return { level: match[1]?.length ?? 1, text };
}

class BlockReader {
  readonly #blocks: Block[] = [];
  #current: Block | null = null;
  #paragraphLine: string | null = null;
  #fence: string | null = null;
  #isAfterBlank = false;

  read(source: string): Block[] {
    for (const line of linesOf(source)) this.#readLine(line);
    this.#close();
    return this.#blocks;
  }

  #close(): void {
    if (this.#current) this.#blocks.push(this.#current);
    this.#current = null;
    this.#paragraphLine = null;
  }

  #extend(line: Line): void {
    if (this.#current) this.#current.end = line.end;
    else this.#current = { start: line.start, end: line.end, heading: null };
  }

  #readLine(line: Line): void {
    if (this.#fence !== null) {
      this.#extend(line);
      const closing = /^ {0,3}(`{3,}|~{3,})$/.exec(line.text)?.[1];
      if (closing?.startsWith(this.#fence)) this.#fence = null;
      return;
    }
    if (line.text.trim() === '') {
      this.#extend(line);
      this.#paragraphLine = null;
      this.#isAfterBlank = true;
      return;
    }
    if (this.#isAfterBlank) this.#close();
    this.#isAfterBlank = false;
    this.#readText(line);
  }

  #readText(line: Line): void {
    const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line.text)?.[1];
    const heading = atxHeading(line.text);
    const underline = /^ {0,3}(=+|-+)$/.exec(line.text)?.[1];
    if (fence) {
      this.#fence = fence;
      this.#paragraphLine = null;
      this.#extend(line);
    } else if (heading) {
      this.#close();
      this.#current = { start: line.start, end: line.end, heading };
    } else if (underline && this.#paragraphLine !== null && this.#current) {
      const level = underline.startsWith('=') ? 1 : 2;
      this.#current.heading = { level, text: cleanHeading(this.#paragraphLine) };
      this.#extend(line);
      this.#paragraphLine = null;
    } else {
      // Only a paragraph of one line is taken for an underlined heading: longer ones are prose.
      const isFirst = this.#current === null && /^ {0,3}[^\s>|+*-]/.test(line.text);
      this.#paragraphLine = isFirst ? line.text : null;
      this.#extend(line);
    }
  }
}

/** Ends of sentences and lines, with the quotes and brackets that close there. */
export const SENTENCE_END = /[。！？!?；;…]["'”’」』）)]*|\.(?=\s)|\n/gu;

/** Where to cut a stretch that is too long: after a sentence, else a space, else anywhere. */
function cutPoint(source: string, start: number): number {
  const window = source.slice(start + MIN_LENGTH, start + MAX_LENGTH);
  let cut = -1;
  for (const match of window.matchAll(SENTENCE_END)) cut = match.index + match[0].length;
  if (cut <= 0) cut = window.lastIndexOf(' ') + 1;
  if (cut > 0) return start + MIN_LENGTH + cut;
  const end = start + MAX_LENGTH;
  return (source.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end;
}

class ChunkBuilder {
  readonly #source: string;
  readonly #chunks: MarkdownChunk[] = [];
  readonly #path: Heading[] = [];
  #start = 0;
  #end = 0;
  #headingPath: string[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  build(blocks: readonly Block[]): MarkdownChunk[] {
    for (const block of blocks) this.#add(block);
    this.#flush();
    return this.#chunks;
  }

  #add(block: Block): void {
    const length = this.#end - this.#start;
    const isFull = length + block.end - block.start > MAX_LENGTH;
    if (length > 0 && (isFull || (block.heading && length >= MIN_SECTION_LENGTH))) this.#flush();
    if (block.heading) this.#enter(block.heading);
    if (this.#end === this.#start) this.#headingPath = this.#currentPath();
    this.#end = block.end;
    while (this.#end - this.#start > MAX_LENGTH) this.#flushTo(cutPoint(this.#source, this.#start));
  }

  #enter(heading: Heading): void {
    while ((this.#path.at(-1)?.level ?? 0) >= heading.level) this.#path.pop();
    this.#path.push(heading);
  }

  #currentPath(): string[] {
    return this.#path.map((heading) => heading.text).filter((text) => text !== '');
  }

  #flush(): void {
    if (this.#end > this.#start) this.#flushTo(this.#end);
  }

  #flushTo(end: number): void {
    this.#chunks.push({
      ordinal: this.#chunks.length,
      start: this.#start,
      end,
      headingPath: this.#headingPath,
      text: this.#source.slice(this.#start, end),
    });
    this.#start = end;
    this.#headingPath = this.#currentPath();
  }
}

/** Whether the first thing in a passage is a heading, in either of Markdown's forms. */
export function beginsWithHeading(text: string): boolean {
  return new BlockReader().read(text.trimStart().slice(0, 2_000))[0]?.heading != null;
}

/**
 * Cuts a Markdown source into passages of about 800 to 1,500 UTF-16 units at headings, paragraphs,
 * then sentences. The passages cover the source without gap or overlap; a `#` inside a code fence
 * is no heading. Time is linear in the length.
 */
export function chunkMarkdown(markdown: string): MarkdownChunk[] {
  return new ChunkBuilder(markdown).build(new BlockReader().read(markdown));
}
