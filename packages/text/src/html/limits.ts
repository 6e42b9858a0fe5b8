/** Sources longer than this (UTF-16 units) are shown as plain text unless the caller says more. */
export const DEFAULT_MAX_LENGTH = 300_000;

const MAX_DEPTH = 20;
/** Rough milliseconds on one slow core. Prose of the longest length stays below. */
const MAX_COST = 1_500;

// Fitted to the parser: linear in most things, quadratic in the lines and inline marks of one
// paragraph and in the number of list items and quotes.
const LINE_COST = 0.03;
const LINE_PAIR_COST = 1 / 180_000;
const PIPE_COST = 0.02;
const MARK_COST = 0.01;
const MARK_PAIR_COST = 1 / 160_000;
const CONTAINER_COST = 0.08;
const CONTAINER_PAIR_COST = 1 / 200_000;

const INLINE_MARK = /[[\]<`&\\@:]/g;
const EMPHASIS_MARK = /[*_~$]|==/g;
const IMAGE_MARK = /!\[/g;
const EMPHASIS_WEIGHT = 4;
const IMAGE_WEIGHT = 8;
const PIPE = /\|/g;

const CONTAINERS = /^(?:[ \t]|>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))+/;
const CONTAINER = />|[-+*]|\d+[.)]/g;
const LIST_ITEM = /^[ \t>]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
const COLUMNS_PER_LEVEL = 2;
const BULLET = /^ {0,3}[-+*][ \t]+\S/;
const TABLE_HEADER = /^\|[^\\`]*\|$/;
const TABLE_RULE = /^\|(?:[ \t]*:?-{1,100}:?[ \t]*\|)+$/;
const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})/;

function count(line: string, pattern: RegExp): number {
  return line.match(pattern)?.length ?? 0;
}

function depthOf(line: string): number {
  const markers = count(CONTAINERS.exec(line)?.[0] ?? '', CONTAINER);
  if (!LIST_ITEM.test(line)) return markers;
  const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  return markers + Math.floor(indent / COLUMNS_PER_LEVEL);
}

function weightOf(line: string): number {
  return (
    count(line, INLINE_MARK) +
    count(line, EMPHASIS_MARK) * EMPHASIS_WEIGHT +
    count(line, IMAGE_MARK) * IMAGE_WEIGHT
  );
}

/**
 * Tells where a paragraph surely ends and which lines surely are code: only what stands at the
 * first column, before anything that may be a fence of a list or quote or an HTML block. A source
 * that pretends otherwise must not be able to hide its cost.
 */
class LineReader {
  #fence: string | null = null;
  #isUnsure = false;
  #beforePrevious = '';
  #previous = '';
  #isTable = false;

  read(line: string): { isCode: boolean; isNewBlock: boolean } {
    const isCode = this.#readFence(line);
    const isBlank = line.trim() === '';
    if (isBlank || isCode) this.#isTable = false;
    else if (!this.#isUnsure && this.#isTableRule(line)) this.#isTable = true;
    this.#beforePrevious = this.#previous;
    this.#previous = isCode ? '' : line;
    return { isCode, isNewBlock: isCode || isBlank || this.#isTable || BULLET.test(line) };
  }

  #isTableRule(line: string): boolean {
    return (
      this.#beforePrevious.trim() === '' &&
      TABLE_HEADER.test(this.#previous) &&
      TABLE_RULE.test(line) &&
      count(this.#previous, PIPE) === count(line, PIPE)
    );
  }

  #readFence(line: string): boolean {
    if (this.#fence !== null) {
      const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
      if (closing?.startsWith(this.#fence)) this.#fence = null;
      return true;
    }
    if (this.#isUnsure) return false;
    const fence = FENCE.exec(line)?.[1];
    if (fence) this.#fence = fence;
    else this.#isUnsure = /```|~~~|^[ \t]{0,3}</.test(line);
    return fence !== undefined;
  }
}

/** Whether the Markdown parser handles the source in reasonable time and stack depth. */
export function isParsable(markdown: string, maxLength: number): boolean {
  if (markdown.length > maxLength) return false;
  const reader = new LineReader();
  let cost = 0;
  let weight = 0;
  let paragraphLines = 0;
  let containers = 0;
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const { isCode, isNewBlock } = reader.read(line);
    if (isNewBlock) {
      weight = 0;
      paragraphLines = 0;
    }
    // Differences of squares, here and below: their sum over a paragraph is its whole square.
    cost += LINE_COST + (2 * paragraphLines + 1) * LINE_PAIR_COST;
    paragraphLines += 1;
    if (isCode) continue;
    const added = weightOf(line);
    cost += added * MARK_COST + (2 * weight + added) * added * MARK_PAIR_COST;
    weight += added;
    const depth = depthOf(line);
    cost += depth * CONTAINER_COST + (2 * containers + depth) * depth * CONTAINER_PAIR_COST;
    containers += depth;
    cost += count(line, PIPE) * PIPE_COST;
    if (cost > MAX_COST || depth > MAX_DEPTH) return false;
  }
  return cost <= MAX_COST;
}
