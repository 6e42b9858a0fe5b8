const FENCE = /^```(?:markdown|md)[^\S\n]*\n/i;
/** What may still become the line above. */
const FENCE_BEGUN = /^`{1,3}[a-z]{0,8}[^\S\n]*$/i;
/** White space and fences at an end say nothing until something follows. */
const TAIL = /[\s`]*$/;
const MARK_LENGTH = 40;

/**
 * Takes from a model's text what it puts around what was asked for: white space at both ends, a fence
 * around all of it, the marks that told it what is data. Pieces may be cut anywhere.
 */
export class OutputCleaner {
  #held = '';
  #hasBegun = false;
  #isFenced = false;
  #hasSaid = false;

  /** @param mark that stood around what the model was given */
  constructor(private readonly mark: string) {}

  /** What of the text so far is certain. */
  push(piece: string): string {
    this.#held += piece.replaceAll('\0', '');
    if (!this.#begin(false)) return '';
    this.#held = this.#withoutMarks(this.#held);
    return this.#take(this.#certain());
  }

  /** The rest. */
  end(): string {
    this.#begin(true);
    const rest = this.#withoutMarks(this.#held).trimEnd();
    this.#held = '';
    if (!this.#isFenced) return rest.toWellFormed();
    // A fence ends on a line of its own; what is held begins one only where nothing was said yet.
    const closing = this.#hasSaid ? /\n[^\S\n]*`{3,}$/ : /(?:^|\n)[^\S\n]*`{3,}$/;
    return rest.replace(closing, '').trimEnd().toWellFormed();
  }

  #begin(isEnd: boolean): boolean {
    if (this.#hasBegun) return true;
    this.#held = this.#withoutMarks(this.#held).trimStart();
    if (this.#held === '' || (!isEnd && this.#mayBecomeOther())) return false;
    const fence = this.#isFenced ? null : FENCE.exec(this.#held);
    if (fence) this.#held = this.#held.slice(fence[0].length).trimStart();
    this.#isFenced ||= fence !== null;
    // Behind a fence the text begins once more.
    this.#hasBegun = this.#held !== '' && !this.#mayBecomeMark();
    return this.#hasBegun;
  }

  #mayBecomeOther(): boolean {
    return (!this.#isFenced && FENCE_BEGUN.test(this.#held)) || this.#mayBecomeMark();
  }

  #mayBecomeMark(): boolean {
    return this.#held.startsWith('<') && this.#openMark() === 0;
  }

  /** Where something begins at the end that may yet become a mark; -1 where nothing does. */
  #openMark(): number {
    const at = this.#held.lastIndexOf('<');
    const isOpen = at >= 0 && !this.#held.includes('>', at);
    return isOpen && this.#held.length - at < MARK_LENGTH ? at : -1;
  }

  #withoutMarks(text: string): string {
    return text.includes(this.mark)
      ? text.replaceAll(new RegExp(`</?[a-z]+-${this.mark}[^<>\\n]{0,20}>`, 'g'), '')
      : text;
  }

  /** How much of what is held cannot change any more. */
  #certain(): number {
    const open = this.#openMark();
    const text = open < 0 ? this.#held : this.#held.slice(0, open);
    const end = TAIL.exec(text)?.index ?? text.length;
    // Half of a character waits for its other half.
    return /[\uD800-\uDBFF]$/.test(text.slice(0, end)) ? end - 1 : end;
  }

  #take(length: number): string {
    const text = this.#held.slice(0, length);
    this.#hasSaid ||= length > 0;
    this.#held = this.#held.slice(length);
    return text.toWellFormed();
  }
}
