/** The text nodes below an element, and their text without what is white. */
interface Spot {
  node: Text;
  offset: number;
}

const isWhite = (character: string): boolean => /\s/.test(character);

/**
 * Where a passage stands in what is shown, read without regard to spaces and line breaks; null when it
 * does not.
 * @param words the passage as it is shown, not its Markdown
 */
export function findQuote(root: Element, words: string): Range | null {
  const wanted = words.replaceAll(/\s+/g, '');
  if (wanted === '') return null;
  const spots: Spot[] = [];
  let text = '';
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text)) continue;
    for (let offset = 0; offset < node.data.length; offset += 1) {
      const character = node.data[offset] ?? '';
      if (isWhite(character)) continue;
      text += character;
      spots.push({ node, offset });
    }
  }
  const start = text.indexOf(wanted);
  const first = spots[start];
  const last = spots[start + wanted.length - 1];
  if (start < 0 || !first || !last) return null;
  const range = document.createRange();
  range.setStart(first.node, first.offset);
  range.setEnd(last.node, last.offset + 1);
  return range;
}
