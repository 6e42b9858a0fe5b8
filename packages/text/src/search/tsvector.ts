import { tokenize } from './tokenize.js';

/** The parts of a text that count differently in a search. */
export interface SearchFields {
  title?: string;
  tags?: readonly string[];
  headings?: readonly string[];
  body?: string;
}

const MAX_POSITION = 16_383;
const MAX_POSITIONS_PER_LEXEME = 255;
const MAX_LEXEME_BYTES = 2_046;
/** PostgreSQL refuses a vector whose strings reach 1 MiB; the literal is longer than those. */
const MAX_LITERAL_BYTES = 1_000_000;
/** Keeps a phrase from matching across the end of a field. */
const FIELD_GAP = 10;

/** Byte length in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** A lexeme as PostgreSQL reads it in the text of a tsvector or tsquery. */
export function quoteLexeme(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

interface Entry {
  positions: string[];
  last: number;
}

class VectorBuilder {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #offset = 0;

  add(text: string, weight: 'A' | 'B' | 'C' | ''): void {
    let last = this.#offset;
    for (const token of tokenize(text)) {
      last = this.#offset + token.position;
      this.#addTerm(token.term, Math.min(last, MAX_POSITION), weight);
    }
    this.#offset = last + FIELD_GAP;
  }

  #addTerm(term: string, position: number, weight: string): void {
    const entry = this.#entries.get(term);
    if (entry?.last === position) return;
    if (entry && entry.positions.length >= MAX_POSITIONS_PER_LEXEME) return;
    const mark = `${position}${weight}`;
    // Quotes, colon and space around a new lexeme, a comma before a further position.
    const lexemeBytes = entry ? 0 : utf8Length(quoteLexeme(term)) + 1;
    if (lexemeBytes > MAX_LEXEME_BYTES) return;
    const bytes = lexemeBytes + mark.length + 1;
    if (this.#bytes + bytes > MAX_LITERAL_BYTES) return;
    this.#bytes += bytes;
    if (entry) {
      entry.positions.push(mark);
      entry.last = position;
    } else {
      this.#entries.set(term, { positions: [mark], last: position });
    }
  }

  toString(): string {
    const parts: string[] = [];
    for (const [term, { positions }] of this.#entries) {
      parts.push(`${quoteLexeme(term)}:${positions.join(',')}`);
    }
    return parts.join(' ');
  }
}

/**
 * The text of a `tsvector` for `::tsvector`: title weight A, tags B, headings C, body D. Stays
 * within PostgreSQL's limits for any input: what does not fit is left out, the body last written
 * first.
 */
export function toTsvector(fields: SearchFields): string {
  const builder = new VectorBuilder();
  builder.add(fields.title ?? '', 'A');
  for (const tag of fields.tags ?? []) builder.add(tag, 'B');
  for (const heading of fields.headings ?? []) builder.add(heading, 'C');
  builder.add(fields.body ?? '', '');
  return builder.toString();
}
