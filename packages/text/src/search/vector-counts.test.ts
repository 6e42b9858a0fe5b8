import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bm25, bm25OfCounts, documentLength } from './bm25.js';
import { parseQuery } from './query.js';
import { queryTerms } from './tsquery.js';
import { toTsvector } from './tsvector.js';
import { countInVector } from './vector-counts.js';

const stats = { documentCount: 100, averageLength: 10, documentFrequency: () => 3 };
const word = fc.constantFrom(
  '清华',
  '大学',
  '图',
  "don't",
  "o'a",
  'running',
  'run',
  'node.js',
  'ab',
  'abc',
  '，',
  '\\',
);
const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));

it('scores a document by its vector as by its text', () => {
  fc.assert(
    fc.property(text, text, text, text, (title, heading, body, q) => {
      const document = { title, headings: [heading], body };
      const terms = queryTerms(parseQuery(q));
      const counts = countInVector(toTsvector(document), terms);
      const frequencies = counts.map(({ frequency }) => frequency);
      const fromVector = bm25OfCounts(
        [{ length: documentLength(document), frequencies }],
        terms,
        stats,
      );
      expect(fromVector[0]).toBeCloseTo(bm25([document], terms, stats)[0] ?? Number.NaN, 9);
    }),
    { numRuns: 500, seed: 7 },
  );
});

it('tells a term of the title from one of the text', () => {
  const vector = toTsvector({ title: '清华', body: '大学 runs' });
  const [title, body, none] = countInVector(vector, [
    { term: '清华', isPrefix: false },
    { term: '大', isPrefix: true },
    { term: 'absent', isPrefix: false },
  ]);
  expect(title).toEqual({ frequency: 4, isInTitle: true });
  expect(body).toEqual({ frequency: 1, isInTitle: false });
  expect(none).toEqual({ frequency: 0, isInTitle: false });
});

it('does not take the end of a longer word for the word', () => {
  expect(countInVector("'x''a':1 'b':2", [{ term: 'a', isPrefix: false }])[0]?.frequency).toBe(0);
});
