/** A stretch of a text: `[start, end)` in UTF-16 units, `text` being exactly that slice. */
export interface Sentence {
  start: number;
  end: number;
  text: string;
  /** Of the row of a table: the row that says what its cells are. */
  head?: string;
}

/** Longer ones are cut: nobody reads a quote of a page, and a table without a full stop is no sentence. */
const MAX_LENGTH = 400;
/** Signs of Markdown that a line begins with and that are no part of a sentence. */
const LINE_START = /^(?:\s|#{1,6}\s|>|[-*+]\s(?:\[[ xX]\]\s)?|\d{1,3}[.)]\s)+/;
const CLOSING = '”’」』）)]"\'*_`';
const WESTERN_STOP = /[.!?]/;
/** A full stop after these ends no sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|no|mr|mrs|ms|dr|st|fig|[a-z])\.$/i;

const RULE_CELL = /^:?-+:?$/;

/** The line below the head of a table. Cell by cell: one pattern for all of it would go back and forth over blanks. */
function isTableRule(line: string | undefined): boolean {
  if (!line?.includes('|')) return false;
  const cells = line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|');
  return cells.every((cell) => RULE_CELL.test(cell.trim()));
}

/** Whether the sign at `at` ends a sentence. */
function isStop(line: string, at: number): boolean {
  const sign = line.charAt(at);
  if ('。！？；…'.includes(sign)) return true;
  if (!WESTERN_STOP.test(sign)) return false;
  const next = line.charAt(at + 1);
  // "3.14", "node.js" and "?!" go on.
  if (next !== '' && !/\s/.test(next) && !CLOSING.includes(next)) return false;
  return sign !== '.' || !ABBREVIATION.test(line.slice(Math.max(0, at - 8), at + 1));
}

function* sentencesOfLine(line: string): Generator<{ from: number; to: number }> {
  let from = LINE_START.exec(line)?.[0].length ?? 0;
  for (let at = from; at < line.length; at += 1) {
    const isTooLong = at + 1 - from >= MAX_LENGTH;
    if (!isTooLong && !isStop(line, at)) continue;
    let to = at + 1;
    while (to < line.length && CLOSING.includes(line.charAt(to))) to += 1;
    yield { from, to };
    from = to;
    at = to - 1;
  }
  if (from < line.length) yield { from, to: line.length };
}

/** The whole row: a full stop in a cell does not end it. */
const rowOfLine = (line: string) => [{ from: 0, to: Math.min(line.length, MAX_LENGTH) }];

/**
 * The sentences of a Markdown text, in order, at most `max`; without the signs at the start of a line, and
 * without lines in which there is nothing to read (rules, fences, borders of tables). A row of a table is
 * one, and its head none: it says nothing by itself.
 */
export function sentencesOf(text: string, max: number): Sentence[] {
  const sentences: Sentence[] = [];
  let lineStart = 0;
  let head: string | undefined;
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    if (!line.includes('|')) head = undefined;
    else if (isTableRule(lines[at + 1])) head = line.trim();
    const isHead = head !== undefined && isTableRule(lines[at + 1]);
    const found = isHead ? [] : head === undefined ? sentencesOfLine(line) : rowOfLine(line);
    for (const { from, to } of found) {
      const raw = line.slice(from, to);
      const start = lineStart + from + (raw.length - raw.trimStart().length);
      const trimmed = raw.trim();
      if (!/[\p{L}\p{N}]/u.test(trimmed)) continue;
      if (sentences.length >= max) return sentences;
      const sentence = { start, end: start + trimmed.length, text: trimmed };
      sentences.push(head === undefined ? sentence : { ...sentence, head });
    }
    lineStart += line.length + 1;
  }
  return sentences;
}
