import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bm25, documentLength } from './bm25.js';
import { parseQuery } from './query.js';
import { snippet } from './snippet.js';
import { tokenize } from './tokenize.js';
import { queryTerms } from './tsquery.js';

const stats = {
  documentCount: 1_000,
  averageLength: 20,
  documentFrequency: (term: string) => (term === '的' || term === '我们' ? 900 : 5),
};

function scores(query: string, ...bodies: string[]): number[] {
  const documents = bodies.map((body) => ({ body }));
  return bm25(documents, queryTerms(parseQuery(query)), stats);
}

describe('bm25', () => {
  it('scores a rare term above a common one', () => {
    const [rare = 0, common = 0] = scores('我们 索引', '索引', '我们');
    expect(rare).toBeGreaterThan(common);
  });

  it('scores a short text above a long one with the same hit', () => {
    const [short = 0, long = 0] = scores('索引', '建立索引', `建立索引${'，其他文字'.repeat(50)}`);
    expect(short).toBeGreaterThan(long);
  });

  it('scores a title above a heading above the body', () => {
    const documents = [{ body: '索引' }, { headings: ['索引'] }, { title: '索引' }];
    const [body = 0, heading = 0, title = 0] = bm25(
      documents,
      queryTerms(parseQuery('索引')),
      stats,
    );
    expect(title).toBeGreaterThan(heading);
    expect(heading).toBeGreaterThan(body);
  });

  it('is 0 without a hit and finds other forms, prefixes and single characters', () => {
    expect(scores('索引', '别的文字')).toEqual([0]);
    for (const [query, text] of [
      ['running', 'he runs'],
      ['typesc', 'typescript'],
      ['桥', '长江大桥上'],
      ['清華', '清华'],
    ] as const) {
      expect(scores(query, text)[0], query).toBeGreaterThan(0);
    }
  });

  it('keeps to the formula: k1 1.2, b 0.75', () => {
    const idf = Math.log(1 + (1_000 - 5 + 0.5) / (5 + 0.5));
    const expected = (idf * 1 * 2.2) / (1 + 1.2 * (0.25 + (0.75 * 2) / 20));
    expect(scores('索引', '索引')[0]).toBeCloseTo(expected, 10);
    expect(documentLength({ title: '索引', body: 'a b' })).toBe(4);
  });
});

describe('snippet', () => {
  const marked = (text: string, query: string, length?: number) => {
    const found = snippet(text, parseQuery(query), length === undefined ? {} : { length });
    return { ...found, marks: found.ranges.map(([start, end]) => text.slice(start, end)) };
  };

  it('marks Chinese, stems and Traditional forms where they stand in the original', () => {
    const text = '我們在清華大學研究資料庫，Databases are running.';
    expect(marked(text, '清华大学 数据库 running databases').marks).toEqual([
      '清華大學',
      'Databases',
      'running',
    ]);
    expect(marked(text, '资料库').marks).toEqual(['資料庫']);
  });

  it('marks whole runs, and parts of them only where the whole is absent', () => {
    expect(marked('华大基因与清华大学', '清华大学').marks).toEqual(['清华大学']);
    expect(marked('华大基因', '清华大学').marks).toEqual(['华大']);
  });

  it('shows the window with the most distinct terms', () => {
    const filler = '无关的文字'.repeat(60);
    const text = `索引。${filler}全文检索要建立索引。${filler}`;
    const found = marked(text, '索引 检索');
    expect(found.marks).toEqual(['检索', '索引']);
    expect(found.text).toHaveLength(120);
    expect(text.slice(found.offset, found.offset + 120)).toBe(found.text);
  });

  it('shows the beginning when nothing matches', () => {
    expect(marked('没有这个词的文字', 'zebra', 4)).toMatchObject({
      text: '没有这个',
      offset: 0,
      ranges: [],
    });
    expect(marked('', '索引')).toMatchObject({ text: '', offset: 0, ranges: [] });
  });

  it('cuts no surrogate pair and marks only what the query means, for any text', () => {
    const alphabet = [...'清華大学桥运runing -.😀𠮷\u0301\n。'];
    const text = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 300 });
    const query = fc.string({ unit: fc.constantFrom(...'清华大学桥run 。"'), maxLength: 12 });
    fc.assert(
      fc.property(text, query, fc.integer({ min: 1, max: 60 }), (source, words, length) => {
        const parsed = parseQuery(words);
        const found = snippet(source, parsed, { length });
        expect(found.text.length).toBeLessThanOrEqual(length);
        expect(source.slice(found.offset, found.offset + found.text.length)).toBe(found.text);
        expect(/\p{Cs}/u.test(found.text)).toBe(false);
        const wanted = queryTerms(parsed);
        let previous = found.offset;
        for (const [start, end] of found.ranges) {
          expect(start).toBeGreaterThanOrEqual(previous);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(found.offset + found.text.length);
          previous = end;
          const terms = tokenize(source.slice(start, end)).map((token) => token.term);
          const isWanted = terms.some((term) =>
            wanted.some((one) => (one.isPrefix ? term.startsWith(one.term) : term === one.term)),
          );
          expect(isWanted, `${source.slice(start, end)} for ${words}`).toBe(true);
        }
      }),
    );
  });
});
