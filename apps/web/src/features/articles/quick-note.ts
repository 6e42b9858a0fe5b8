/** A line longer than this is text rather than a title. */
const LONGEST_TITLE = 80;

/**
 * Title and text of what was jotted down: the first line is the title. Of a long first line the title
 * is the beginning, and nothing is taken out of the text.
 */
export function splitQuickNote(jotted: string): { title: string; content: string } {
  const text = jotted.trim();
  const [first = '', ...rest] = text.split('\n');
  const line = first.replace(/^#{1,6}\s+/, '').trim();
  if (line.length <= LONGEST_TITLE) return { title: line, content: rest.join('\n').trim() };
  const title = `${[...line].slice(0, LONGEST_TITLE / 2).join('')}…`;
  return { title, content: text };
}
