// The evaluation set: notes in Markdown, each followed by the queries (`? `) that should find it.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const LANGUAGES = ['zh', 'en'];

/** `{ language, title, content, queries }` of every note; throws on a set that contradicts itself. */
export function readSet() {
  const notes = LANGUAGES.flatMap((language) =>
    readFileSync(path.join(import.meta.dirname, `notes.${language}.md`), 'utf8')
      .split(/^# /m)
      .slice(1)
      .map((block) => {
        const [title, ...lines] = block.trim().split('\n');
        const isQuery = (line) => line.startsWith('? ');
        return {
          language,
          title,
          content: lines.filter((line) => !isQuery(line)).join('\n'),
          queries: lines.filter(isQuery).map((line) => line.slice(2)),
        };
      }),
  );
  const queries = notes.flatMap((note) => note.queries);
  for (const list of [notes.map((note) => note.title), queries]) {
    const twice = list.find((item, i) => list.indexOf(item) !== i);
    if (twice) throw new Error(`"${twice}" stands twice in the evaluation set`);
  }
  return notes;
}

/** `{ language, title, question, gold }`: `gold` stands in the note of this title and answers the question. */
export function readQuestions(notes) {
  return LANGUAGES.flatMap((language) =>
    readFileSync(path.join(import.meta.dirname, `questions.${language}.md`), 'utf8')
      .split(/^# /m)
      .slice(1)
      .flatMap((block) => {
        const [title, ...lines] = block.trim().split('\n');
        const note = notes.find((item) => item.title === title);
        return lines.map((line) => {
          const [question, gold] = line.slice(2).split(' = ');
          if (!gold || !note?.content.includes(gold)) throw new Error(`"${line}" has no answer`);
          return { language, title, question, gold };
        });
      }),
  );
}

/** The query with two letters of its longest Latin word exchanged; null without a word of five letters. */
export function mistype(query) {
  const words = query.match(/[a-z]{5,}/gi) ?? [];
  const longest = words.sort((a, b) => b.length - a.length)[0];
  if (!longest) return null;
  const at = Math.floor(longest.length / 2);
  const wrong = longest.slice(0, at - 1) + longest[at] + longest[at - 1] + longest.slice(at + 1);
  return wrong === longest ? null : query.replace(longest, wrong);
}
