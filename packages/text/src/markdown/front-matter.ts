const OPENING = /^\ufeff?---[ \t]*(?:\r\n|\r|\n)(?![ \t]*[\r\n])/;
const CLOSING = /(?<=[\r\n])---[ \t]*(?=[\r\n]|$)/g;

/**
 * Where the front matter ends, in UTF-16 units; 0 without. As Pandoc reads it: it begins in the very
 * first line, which no empty one follows, and it is closed.
 * @see https://pandoc.org/MANUAL.html#extension-yaml_metadata_block
 */
export function frontMatterEnd(markdown: string): number {
  const opening = OPENING.exec(markdown);
  if (!opening) return 0;
  CLOSING.lastIndex = opening[0].length;
  const closing = CLOSING.exec(markdown);
  return closing ? closing.index + closing[0].length : 0;
}
