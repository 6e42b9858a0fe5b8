import type { Message } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { parseCitations } from '@ainotebook/text/citations';
import { withoutSources } from '@ainotebook/text/markdown';

/** Of a title made of a question. */
const TITLE_LENGTH = 80;
/** Characters that Markdown would read as marks. */
const MARKS = /[\\`*_{}[\]<>#|~$=^&!:]/g;
/** What no link by title can say. */
const UNLINKABLE = /[[\]|#^]/;

/**
 * An answer as a note of its own: named after its question, each citation a footnote that leads to the note it was
 * taken from, with the beginning of what it says there; what an answer would fetch is words. `written` is what of it the model wrote.
 */
export function answerNote(
  question: string,
  { content, citations }: Pick<Message, 'content' | 'citations'>,
): { title: string; content: string; written: string } {
  const { text, marks, numbers } = parseCitations(content, citations);
  let [out, at] = ['', 0];
  for (const { number, start, end } of marks) {
    out += `${text.slice(at, start)}[^${number}]`;
    at = end;
  }
  out += text.slice(at);
  const notes = numbers.flatMap((number) => {
    const cited = citations.find((one) => one.number === number);
    return cited ? [`[^${number}]: ${sourceOf(cited)}`] : [];
  });
  const title = [...(question.trim().split('\n')[0] ?? '')].slice(0, TITLE_LENGTH).join('');
  // An address that a note had told the model would be fetched as soon as this is opened.
  const written = withoutSources(out).trim();
  return { title, content: `${[written, ...notes].join('\n\n')}\n`, written };
}

function sourceOf({ title, articleId, url, excerpt }: Message['citations'][number]): string {
  if (url !== null) return [`[${escaped(title)}](<${url}>)`, saidBy(excerpt)].join(' · ');
  const isLinkable = articleId !== null && title.trim() !== '' && !UNLINKABLE.test(title);
  const name = isLinkable ? `[[${title}]]` : escaped(title);
  return [name, saidBy(excerpt)].filter((part) => part !== '').join(' · ');
}

/** The beginning of what was cited; where it was cut, that is seen. */
const saidBy = (excerpt: string): string =>
  escaped(excerpt) + (excerpt.length < LIMITS.excerptLength ? '' : '…');

const escaped = (text: string): string => text.replace(MARKS, '\\$&');
