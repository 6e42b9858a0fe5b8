import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_QUERY_TERMS, parseQuery, runsOfClause } from './query.js';
import { queryTerms, toTsquery } from './tsquery.js';

function clauses(text: string) {
  return parseQuery(text).clauses.map(({ kind, text: words, isNegated, isPrefix }) =>
    [isNegated ? '-' : '', kind === 'phrase' ? `"${words}"` : words, isPrefix ? '*' : ''].join(''),
  );
}

describe('parseQuery', () => {
  it.each([
    ['数据库 index', ['数据库', 'index*']],
    ['index 数据库', ['index', '数据库']],
    ['"exact words" rest', ['"exact words"', 'rest*']],
    ['“全文检索”与「索引」', ['"全文检索"', '与', '"索引"']],
    ['数据库 -mysql', ['数据库', '-mysql']],
    ['－甲 乙', ['-甲', '乙']],
    ['-"two words" a', ['-"two words"', 'a']],
    ['e-mail', ['e-mail*']],
    ['"未完', ['未完']],
    ['全角　空格', ['全角', '空格']],
    ['😀 ，。 - ""', []],
  ])('reads %j', (text, expected) => {
    expect(clauses(text)).toEqual(expected);
  });

  it('takes out filters', () => {
    const text = 'tag:#随笔 notebook:"工作 日志" is:Published after:2026-5 before：2026/06/01 水';
    expect(parseQuery(text)).toEqual({
      clauses: [
        { kind: 'term', text: '水', start: text.indexOf('水'), isNegated: false, isPrefix: false },
      ],
      filters: {
        tags: ['随笔'],
        notebooks: ['工作 日志'],
        statuses: ['published'],
        before: '2026-06-01',
        after: '2026-05-01',
      },
      isTruncated: false,
    });
  });

  it.each(['is:lost', 'before:2026-02-30', 'after:soon', 'before:0000', 'tag:', 'tag:""'])(
    'leaves %s as text, since it means nothing as a filter',
    (text) => {
      const query = parseQuery(text);
      expect(query.filters).toEqual({
        tags: [],
        notebooks: [],
        statuses: [],
        before: null,
        after: null,
      });
      expect(query.clauses.length).toBeGreaterThan(0);
    },
  );

  it('reads the first 200 units and says so', () => {
    expect(parseQuery('中'.repeat(200)).isTruncated).toBe(false);
    const query = parseQuery(`${'中'.repeat(199)}😀😀`);
    expect(query.isTruncated).toBe(true);
    expect(query.clauses[0]?.text).toBe('中'.repeat(199));
  });

  it('reads the first 20 terms and says so', () => {
    const query = parseQuery('中a'.repeat(15));
    expect(query.isTruncated).toBe(true);
    expect(query.clauses.flatMap(runsOfClause)).toHaveLength(MAX_QUERY_TERMS);
  });

  it('never throws, keeps the limits, and answers at once for a million characters', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({
        unit: fc.constantFrom(...'"“”「」-－:：tagis \0\ud800中a.#+\'\\'),
        maxLength: 300,
      }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const query = parseQuery(text);
        expect(query.clauses.flatMap(runsOfClause).length).toBeLessThanOrEqual(MAX_QUERY_TERMS);
        expect(query.clauses.every((clause) => runsOfClause(clause).length > 0)).toBe(true);
      }),
    );
    expect(parseQuery('tag:"'.repeat(200_000)).isTruncated).toBe(true);
  });
});

function all(text: string): string | null {
  return toTsquery(parseQuery(text), { mode: 'all' });
}

function any(text: string): string | null {
  return toTsquery(parseQuery(text), { mode: 'any' });
}

describe('toTsquery', () => {
  it.each([
    ['清华大学', "('清华' <-> '华大' <-> '大学')"],
    ['清華', "'清华'"],
    ['桥', "'桥':*"],
    ['typesc', "'typesc':*"],
    ['running shoes', "'run' & ('shoes':* | 'shoe')"],
    ['running 数据库', "'run' & ('数据' <-> '据库')"],
    ['node.js', "('node.js':* | ('node' <-> 'js':*))"],
    ['node.js 后端', "('node.js' | ('node' <-> 'js')) & '后端'"],
    ['c', "'c'"],
    ['c++', "'c++':*"],
    ['"running shoes"', "('running' <-> 'shoes')"],
    ['"服务器 node"', "('服务' <-> '务器' <2> 'node')"],
    ['"a 桥"', "('a' <-> '桥':*)"],
    ['数据 -mysql -"旧 版"', "'数据' & !'mysql' & !('旧':* <-> '版':*)"],
    ['用node -用go', "('用':* & 'node') & !('用':* & 'go')"],
    ["o'reilly", "('o''reilly':* | ('o' <-> 'reilly':*))"],
  ])('all: %s becomes %s', (text, expected) => {
    expect(all(text)).toBe(expected);
  });

  it.each([
    ['清华大学在哪', "('清华' | '华大' | '大学' | '学在' | '在哪')"],
    ['running shoes -old', "('run' | 'shoe') & !'old'"],
    ['running shoes', "('run' | 'shoes':* | 'shoe')"],
    ['水', "'水':*"],
  ])('any: %s becomes %s', (text, expected) => {
    expect(any(text)).toBe(expected);
  });

  it.each(['', '   ', '😀', "'; -- % _ \\ :* &|!()", '-only -not', 'tag:x', '\0', '""'])(
    'is null for %j, where there is nothing to search for',
    (text) => {
      expect(all(text)).toBeNull();
      expect(any(text)).toBeNull();
    },
  );

  it('is always a well-formed expression of quoted lexemes', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 220 }),
      fc.string({
        unit: fc.constantFrom(...'\'\\:*&|!()<->"- 中国ab.c+#_’ー한\u0301𠮷'),
        maxLength: 80,
      }),
    );
    fc.assert(
      fc.property(hostile, fc.constantFrom('all' as const, 'any' as const), (text, mode) => {
        const query = toTsquery(parseQuery(text), { mode });
        if (query === null) return;
        let shape = query.replace(/'(?:[^'\\]|''|\\\\)+'(?::\*)?/g, 'x');
        const reductions: [RegExp, string][] = [
          [/!x/g, 'x'],
          [/\(x\)/g, 'x'],
          [/x (?:<->|<[1-9]\d*>|&|\|) x/g, 'x'],
        ];
        for (let previous = ''; previous !== shape; ) {
          previous = shape;
          for (const [pattern, replacement] of reductions) {
            shape = shape.replace(pattern, replacement);
          }
        }
        expect(shape).toBe('x');
      }),
    );
  });
});

describe('queryTerms', () => {
  it('lists what is looked for once, without the negated', () => {
    expect(queryTerms(parseQuery('清华清华 running run -旧版 桥'))).toEqual([
      { term: '清华', isPrefix: false },
      { term: '华清', isPrefix: false },
      { term: 'run', isPrefix: false },
      { term: '桥', isPrefix: true },
    ]);
  });
});
