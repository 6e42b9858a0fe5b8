import { parseCitations } from '@ainotebook/text/citations';

/** What the link of a citation is known by. */
export const citationId = (messageId: string, number: number): string =>
  `cite-${messageId}-${number}`;

/** The Markdown of an answer with its citations as links, which the answer follows. */
export function citedMarkdown(
  content: string,
  { messageId, numbers }: { messageId: string; numbers: readonly number[] },
): string {
  const { text, marks } = parseCitations(
    content,
    numbers.map((number) => ({ number })),
  );
  let [out, at] = ['', 0];
  for (const { number, start, end } of marks) {
    out += `${text.slice(at, start)}[\\[${number}\\]](#${citationId(messageId, number)})`;
    at = end;
  }
  return out + text.slice(at);
}
