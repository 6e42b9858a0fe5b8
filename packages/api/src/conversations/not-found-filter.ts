import { NOT_FOUND } from './prompt.js';

const MARKS = '[*_`]*';
const BEGINNINGS = Array.from(NOT_FOUND, (_, at) => NOT_FOUND.slice(0, at + 1))
  .reverse()
  .join('|');
/** The word with the marks around it, wherever it stands. */
const WORD = new RegExp(`${MARKS}${NOT_FOUND}${MARKS}`, 'g');
/** What of an end is the word or may yet become it. */
const OPEN_END = new RegExp(`[\\s*_\`]*(?:(?:${BEGINNINGS})${MARKS})?$`);

/**
 * Takes the word for "not in the notes" out of what a model writes, which nobody is shown: where an answer begins with
 * it, with all that follows, and elsewhere alone. Pieces may be cut anywhere.
 */
export class NotFoundFilter {
  #held = '';
  #isOpening = true;
  #hasFound = false;

  /** Whether the word was there so far. */
  get hasFound(): boolean {
    return this.#hasFound;
  }

  /** What of the text so far is certain. */
  push(piece: string): string {
    this.#held += piece;
    if (this.#isOpening && mayBeNotFound(this.#held)) return '';
    this.#isOpening = false;
    const end = OPEN_END.exec(this.#held)?.index ?? this.#held.length;
    const text = this.#held.slice(0, end);
    this.#held = this.#held.slice(end);
    return this.#withoutWord(text);
  }

  /** The rest. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    if (!held.includes(NOT_FOUND)) return held;
    const rest = this.#withoutWord(held);
    return this.#isOpening ? '' : rest.trimEnd();
  }

  #withoutWord(text: string): string {
    if (!text.includes(NOT_FOUND)) return text;
    this.#hasFound = true;
    return text.replaceAll(WORD, '');
  }
}

/** True while all that was written is the beginning of the word, or begins with it: what follows that is not shown. */
function mayBeNotFound(text: string): boolean {
  const word = text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
  return NOT_FOUND.startsWith(word) || word.startsWith(NOT_FOUND);
}
