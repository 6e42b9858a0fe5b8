/** Names that Windows keeps for devices, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;
/** What Windows refuses in names, and controls and marks that turn the direction of a text around. */
const UNSAFE = /[<>:"/\\|?*\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu;
/** Bytes of one name on the file systems of Linux, less what a number and an ending add. */
const MAX_BYTES = 220;
/** UTF-16 units of one name, and of a path: Windows opens paths of 260. */
const MAX_NAME = 80;
const MAX_PATH = 180;
const MIN_NAME = 16;

const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** As much of a name as fits, cut between characters. */
function cut(name: string, maxLength: number): string {
  if (name.length <= maxLength && Buffer.byteLength(name) <= MAX_BYTES) return name;
  let result = '';
  for (const { segment } of characters.segment(name)) {
    const longer = result + segment;
    if (longer.length > maxLength || Buffer.byteLength(longer) > MAX_BYTES) break;
    result = longer;
  }
  return result;
}

/** Spaces and dots at the end go on Windows, and a dot at the beginning hides a file. */
const trim = (name: string) => name.replace(/^[\s.]+|[\s.]+$/gu, '');

/** A name that Windows, macOS and Linux take; `untitled` when nothing is left of it. */
export function safeName(name: string, maxLength = MAX_NAME): string {
  const safe = trim(cut(trim(name.normalize('NFC').replace(UNSAFE, '-')), maxLength));
  if (safe === '') return 'untitled';
  return RESERVED.test(safe) ? `_${safe}` : safe;
}

const fold = (path: string) => path.normalize('NFKC').toLowerCase();

/** Gives out paths, none of them twice, whatever a file system makes of case. */
export class Paths {
  readonly #taken = new Set<string>();
  /** The numbers that come next, by what stands around them: those before are taken. */
  readonly #next = new Map<string, number>();

  /**
   * A path in `folder` (empty, or with a slash at its end) like `name`; a number tells it from those
   * before it.
   * @param ending of the name, with its dot; empty for a folder
   */
  take(folder: string, name: string, ending: string): string {
    const room = Math.max(MIN_NAME, Math.min(MAX_NAME, MAX_PATH - folder.length));
    const stem = safeName(name, room);
    const plain = `${folder}${stem}${ending}`;
    if (this.#add(plain)) return plain;
    const around = `${fold(`${folder}${stem} (`)}\0${fold(ending)}`;
    for (let number = this.#next.get(around) ?? 2; ; number += 1) {
      const path = `${folder}${stem} (${number})${ending}`;
      if (!this.#add(path)) continue;
      this.#next.set(around, number + 1);
      return path;
    }
  }

  /** @returns false where it is taken */
  #add(path: string): boolean {
    const key = fold(path);
    if (this.#taken.has(key)) return false;
    this.#taken.add(key);
    return true;
  }
}
