// pnpm eval:local [squad.json ...]: how well the local engine answers without a model. By default over the notes of
// search-eval and the questions of this folder, of both languages: a line is a question and the words its answer
// holds, or, after `!`, a question the notes say nothing of. Files in the format of SQuAD (XQuAD, CMRC) are measured
// beside them. top-1, top-3: the words stand in the first, in the first three sentences that are quoted; found:
// of the questions with and without an answer, how many are told apart (mean of both). Ends with 1 below FLOORS.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { answerFrom, keywordsOf, suggestTitle, summarise } from '@ainotebook/ai';
import { bm25, documentLength, questionTerms, tokenize } from '@ainotebook/text/search';
import { readSet } from '../search-eval/read-set.mjs';

/** Measured figures are in docs/local-eval.md. */
const FLOORS = {
  zh: { top1: 0.85, top3: 0.9, found: 0.9 },
  en: { top1: 0.85, top3: 0.95, found: 0.85 },
};
const PASSAGES = 5;

/** `{ question, gold }` of a language; gold is null where the notes say nothing. */
function readQuestions(language) {
  const file = path.join(import.meta.dirname, `questions.${language}.txt`);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      if (line.startsWith('! ')) return { question: line.slice(2), gold: null };
      const [question, gold] = line.split(' = ');
      return { question, gold: [gold] };
    });
}

function ownSet(language) {
  const passages = readSet()
    .filter((note) => note.language === language)
    .map(({ title, content }) => ({ title, text: content }));
  const questions = readQuestions(language);
  for (const { question, gold } of questions) {
    if (gold && !passages.some(({ text }) => text.includes(gold[0])))
      throw new Error(`No note holds the answer of "${question}"`);
  }
  return { name: language, passages, questions };
}

/** The paragraphs are the passages; nobody asks for what is not there. */
function squadSet(file) {
  const paragraphs = JSON.parse(readFileSync(file, 'utf8')).data.flatMap((one) => one.paragraphs);
  const questions = paragraphs.flatMap(({ qas }) =>
    qas.map(({ question, answers }) => ({ question, gold: answers.map(({ text }) => text) })),
  );
  const passages = paragraphs.map(({ context }) => ({ text: context }));
  return { name: path.basename(file), passages, questions };
}

function statsOf(documents) {
  const frequencies = new Map();
  for (const { title = '', body } of documents) {
    const terms = new Set(tokenize(`${title}\n${body}`).map(({ term }) => term));
    for (const term of terms) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  }
  const lengths = documents.map(documentLength);
  return {
    documentCount: documents.length,
    averageLength: lengths.reduce((a, b) => a + b, 0) / documents.length,
    documentFrequency: (term) => frequencies.get(term) ?? 0,
  };
}

function measure({ name, passages, questions }) {
  const documents = passages.map(({ title, text }) => ({ title, body: text }));
  const stats = statsOf(documents);
  const counts = { asked: 0, top1: 0, top3: 0, found: 0, foreign: 0, refused: 0 };
  const missed = [];
  let ms = 0;
  for (const { question, gold } of questions) {
    const scores = bm25(documents, questionTerms(question), stats);
    const best = scores.map((_, at) => at).sort((a, b) => scores[b] - scores[a]);
    const chosen = best.slice(0, PASSAGES).map((at) => passages[at]);
    const began = performance.now();
    const { quotes, isFound } = answerFrom(question, chosen, { stats });
    ms += performance.now() - began;
    if (gold === null) {
      counts.foreign += 1;
      if (!isFound) counts.refused += 1;
      else missed.push(`found, though foreign: ${question}`);
      continue;
    }
    const holds = ({ text }) => gold.some((words) => text.includes(words));
    counts.asked += 1;
    if (isFound) counts.found += 1;
    else missed.push(`not found: ${question}`);
    if (quotes.slice(0, 1).some(holds)) counts.top1 += 1;
    if (quotes.some(holds)) counts.top3 += 1;
    else missed.push(`not quoted: ${question}`);
  }
  const { asked, foreign } = counts;
  const answerable = counts.found / asked;
  return {
    name,
    questions: asked,
    top1: counts.top1 / asked,
    top3: counts.top3 / asked,
    found: foreign === 0 ? answerable : (answerable + counts.refused / foreign) / 2,
    ms: ms / questions.length,
    missed,
  };
}

const results = [...['zh', 'en'].map(ownSet), ...process.argv.slice(2).map(squadSet)].map(measure);
console.table(
  results.map(({ missed: _, ...row }) => ({
    ...row,
    top1: row.top1.toFixed(3),
    top3: row.top3.toFixed(3),
    found: row.found.toFixed(3),
    ms: row.ms.toFixed(2),
  })),
);
for (const { name, missed } of results)
  if (process.env.MISSED) console.log(name, missed.join('\n  '));

// A long text of ours, as often as it takes to reach so many sentences.
const notes = readSet();
for (const language of ['zh', 'en']) {
  const all = notes.filter((note) => note.language === language).map(({ content }) => content);
  const short = all.slice(0, 3).join('\n\n');
  const long = Array.from({ length: 4 }, () => all.join('\n\n')).join('\n\n');
  const timed = async (work) => {
    await work();
    const began = performance.now();
    await work();
    return `${(performance.now() - began).toFixed(1)} ms`;
  };
  console.log(
    language,
    `summary of 3 notes ${await timed(() => summarise(short))},`,
    `of ${long.length} characters ${await timed(() => summarise(long))};`,
    `keywords ${await timed(() => keywordsOf(short))}`,
  );
  const { title, content } = notes.find((note) => note.language === language);
  const stats = statsOf(all.map((body) => ({ body })));
  const words = await keywordsOf(content, { stats });
  console.log(`  ${title}: ${words.join(' ')} | ${suggestTitle(content)}`);
}

for (const { name, ...row } of results) {
  for (const [figure, floor] of Object.entries(FLOORS[name] ?? {})) {
    if (row[figure] >= floor) continue;
    console.error(`${name}: ${figure} is ${row[figure].toFixed(3)}, below ${floor}`);
    process.exitCode = 1;
  }
}
