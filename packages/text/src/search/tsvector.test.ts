import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteLexeme, toTsvector, utf8Length } from './tsvector.js';

interface Lexeme {
  term: string;
  positions: string[];
}

/** Reads the literal as PostgreSQL does; fails on anything it would refuse. */
function parseVector(literal: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  const entry = /'((?:[^'\\]|''|\\\\)+)':(\d+[ABC]?(?:,\d+[ABC]?)*)(?: |$)/y;
  while (entry.lastIndex < literal.length) {
    const match = entry.exec(literal);
    if (!match) throw new Error('not a tsvector literal');
    const term = (match[1] ?? '').replaceAll("''", "'").replaceAll('\\\\', '\\');
    lexemes.push({ term, positions: (match[2] ?? '').split(',') });
  }
  return lexemes;
}

describe('toTsvector', () => {
  it('weighs title A, tags B, headings C and body D, each apart from the next', () => {
    expect(
      toTsvector({ title: '索引', tags: ['数据库'], headings: ['Running'], body: '索引' }),
    ).toBe("'索引':1A,37 '引':2A,38 '数据':13B '据库':14B '库':15B 'running':26C 'run':26C");
  });

  it('is empty for a text without terms', () => {
    expect(toTsvector({ title: '', body: '。😀' })).toBe('');
  });

  it('doubles quotes and backslashes', () => {
    expect(quoteLexeme("o'b\\")).toBe("'o''b\\\\'");
    expect(toTsvector({ body: "rock'n'roll" })).toContain("'rock''n''roll':1");
  });

  it('keeps at most 255 positions of a lexeme, none beyond 16383', () => {
    const [word] = parseVector(toTsvector({ body: 'word '.repeat(1_000) }));
    expect(word?.positions).toHaveLength(255);
    const tail = parseVector(toTsvector({ body: `${'x y '.repeat(10_000)}z` }));
    expect(tail.find((lexeme) => lexeme.term === 'z')?.positions).toEqual(['16383']);
  });

  it('stays under a megabyte and keeps the title when the body is far too long', () => {
    let body = '';
    for (let i = 0; i < 120_000; i += 1) body += `${i.toString(36).padStart(8, 'q')} `;
    const literal = toTsvector({ title: '标题', body });
    expect(utf8Length(literal)).toBeLessThanOrEqual(1_000_000);
    expect(parseVector(literal)[0]).toEqual({ term: '标题', positions: ['1A'] });
  });

  it('writes a valid literal with ascending positions for any text', () => {
    const part = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(part, fc.array(part, { maxLength: 3 }), part, (title, tags, body) => {
        for (const { term, positions } of parseVector(toTsvector({ title, tags, body }))) {
          expect(utf8Length(term)).toBeLessThanOrEqual(2_046);
          const numbers = positions.map((position) => Number.parseInt(position, 10));
          expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
          expect(numbers[0]).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });
});
