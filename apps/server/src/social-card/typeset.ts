/** A character with the width it takes, in em. */
export interface Measured {
  text: string;
  width: number;
}

/** Marks that may not begin a line. @see https://www.w3.org/TR/clreq/#prohibition_rules_for_line_start_end */
const NOT_FIRST = /^[，。、；：？！）》」』】〉”’…—～·,.;:?!)\]}%]/u;
/** Marks that may not end one. */
const NOT_LAST = /[（《「『【〈“‘([{]$/u;
const LATIN = /^[\p{Script=Latin}\p{N}'’_-]$/u;

/**
 * Breaks a title into at most `maxLines` lines of `maxWidth` em: between any two Chinese characters
 * but never before closing or after opening marks, and inside a Latin word only when it is longer
 * than a line. What does not fit ends in an ellipsis.
 */
export function breakLines(
  characters: readonly Measured[],
  { maxWidth, maxLines }: { maxWidth: number; maxLines: number },
): string[] {
  const lines: Measured[][] = [];
  let line: Measured[] = [];
  const widthOf = (parts: readonly Measured[]) => parts.reduce((sum, { width }) => sum + width, 0);
  const endLine = () => {
    lines.push(line);
    line = [];
  };
  for (const word of words(characters)) {
    const isSpace = word.every(({ text }) => text === ' ');
    if (widthOf(line) + widthOf(word) > maxWidth) {
      if (isSpace) {
        endLine();
        continue;
      }
      if (line.length > 0) endLine();
      for (const character of word) {
        if (widthOf(line) + character.width > maxWidth) endLine();
        line.push(character);
      }
    } else if (!(isSpace && line.length === 0)) line.push(...word);
  }
  if (line.length > 0) endLine();
  const shown = lines.slice(0, maxLines);
  const last = shown.at(-1);
  if (last && lines.length > maxLines) {
    while (last.length > 0 && widthOf(last) + 1 > maxWidth) last.pop();
    last.push({ text: '…', width: 1 });
  }
  return shown.map((parts) =>
    parts
      .map(({ text }) => text)
      .join('')
      .trim(),
  );
}

/** The stretches between which a line may break. */
function words(characters: readonly Measured[]): Measured[][] {
  const found: Measured[][] = [];
  for (const character of characters) {
    const word = found.at(-1);
    const before = word?.at(-1);
    if (word && before && isJoined(before.text, character.text)) word.push(character);
    else found.push([character]);
  }
  return found;
}

function isJoined(before: string, after: string): boolean {
  if (before === ' ' || after === ' ') return before === after;
  if (NOT_FIRST.test(after) || NOT_LAST.test(before)) return true;
  return LATIN.test(before) && LATIN.test(after);
}
