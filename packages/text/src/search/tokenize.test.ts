import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countWords } from './count-words.js';
import { tokenize } from './tokenize.js';

function terms(text: string): string[] {
  return tokenize(text).map((token) => `${token.term}@${token.position}`);
}

describe('tokenize', () => {
  it('cuts Chinese into overlapping bigrams and the last character', () => {
    expect(terms('清华大学')).toEqual(['清华@1', '华大@2', '大学@3', '学@4']);
  });

  it('does not join characters across punctuation', () => {
    expect(terms('清华，大学')).toEqual(['清华@1', '华@2', '大学@3', '学@4']);
  });

  it('gives Traditional and Simplified the same terms', () => {
    expect(terms('資料庫索引')).toEqual(terms('资料库索引'));
  });

  it('keeps a Latin word and puts its stem at the same place', () => {
    expect(terms('Running databases')).toEqual(['running@1', 'run@1', 'databases@2', 'databas@2']);
  });

  it('separates scripts that are written together', () => {
    expect(terms('用Node写API')).toEqual(['用@1', 'node@2', '写@3', 'api@4']);
  });

  it.each([
    ['Node.js', ['node.js@1', 'node@1', 'js@2']],
    ['snake_case', ['snake_case@1', 'snake@1', 'case@2']],
    ['GPT-4o', ['gpt-4o@1', 'gpt@1', '4o@2']],
    ['3.14', ['3.14@1', '3@1', '14@2']],
    ['C++开发', ['c++@1', '开发@2', '发@3']],
    ['C#语言', ['c#@1', '语言@2', '言@3']],
    ['C++17', ['c++@1', '17@2']],
    ['# Title #tag', ['title@1', 'titl@1', 'tag@2']],
    ['a#b', ['a@1', 'b@2']],
    ['end. Next', ['end@1', 'next@2']],
    ['東京タワー', ['东京@1', '京タ@2', 'タワ@3', 'ワー@4', 'ー@5']],
    ['한국어 검색', ['한국@1', '국어@2', '어@3', '검색@4', '색@5']],
    ['𠮷野家', ['𠮷野@1', '野家@2', '家@3']],
    ['constructor', ['constructor@1']],
    ['mp3 md5', ['mp3@1', 'md5@2']],
  ])('reads %s', (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  it.each(['', ' \n', '，。！？', '😀👍🏽', '\0\ud800', "'\\:*&|!()<->"])(
    'finds nothing in %j',
    (text) => {
      expect(tokenize(text)).toEqual([]);
    },
  );

  it('cuts endless words', () => {
    const [token] = tokenize('a'.repeat(100_000));
    expect(token).toMatchObject({ term: 'a'.repeat(64), start: 0, end: 100_000 });
  });

  it('has offsets whose slice gives the term again, for any text', () => {
    const alphabet = [...'清華大學のタ한a.b_Running C++#éﬁ㎏𠮷\u0301\ud800 ，'];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 60 }),
        ),
        (text) => {
          for (const { term, start, end } of tokenize(text)) {
            const again = tokenize(text.slice(start, end)).map((token) => token.term);
            expect(again).toContain(term);
          }
        },
      ),
    );
  });
});

describe('countWords', () => {
  it.each([
    ['', 0],
    ['我爱北京天安门。', 7],
    ['我用 Node.js 写 API，共 3.14 万行', 9],
    ["don't stop", 2],
    ['😀，！？', 0],
    ['東京タワー', 5],
    ['한국어 검색', 2],
  ])('counts %j as %d', (text, expected) => {
    expect(countWords(text)).toBe(expected);
  });
});
