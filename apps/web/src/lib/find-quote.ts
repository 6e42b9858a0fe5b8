import type { Quote } from '@ainotebook/text/citations';

/** The name under which the style sheet paints what is quoted. */
const HIGHLIGHT = 'quote';

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

/** Where a passage stands, or of what is drawn another way in part its longest line that is there. */
function findMost(root: Element, words: string): Range | null {
  const lines = words.split('\n').filter((line) => line.trim() !== '');
  const choices = [words, ...lines.toSorted((a, b) => b.length - a.length)];
  for (const choice of choices) {
    const range = findQuote(root, choice);
    if (range) return range;
  }
  return null;
}

/** Marks a passage once it is drawn, and brings it into view. Returns the undo. */
export function markWords(root: Element, words: string): () => void {
  const mark = () => {
    const range = findMost(root, words);
    if (!range) return false;
    CSS.highlights?.set(HIGHLIGHT, new Highlight(range));
    range.startContainer.parentElement?.scrollIntoView({ block: 'center' });
    return true;
  };
  // The text is drawn when it has been made, which takes its time.
  const watcher = new MutationObserver(() => mark() && watcher.disconnect());
  if (!mark()) watcher.observe(root, { childList: true, subtree: true });
  return () => {
    watcher.disconnect();
    CSS.highlights?.delete(HIGHLIGHT);
  };
}

/** The words of a passage as a note says and shows it now. */
export async function shownQuote(content: string, quote: Quote): Promise<string> {
  const [{ locateQuote }, { renderMarkdown }] = await Promise.all([
    import('@ainotebook/text/citations'),
    import('@ainotebook/text/html'),
  ]);
  const { start, end } = locateQuote(content, quote);
  const { html } = renderMarkdown(content.slice(start, end), { locale: 'en' });
  return new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '';
}
