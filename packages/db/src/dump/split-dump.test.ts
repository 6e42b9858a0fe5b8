import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IncompleteDumpError, splitDump } from './split-dump.js';

const END = '--\n-- PostgreSQL database dump complete\n--\n\n';

/** The text in pieces of these lengths, over and over. */
async function* inPieces(text: string, lengths: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function partsOf(text: string, lengths: readonly number[] = [1_000]) {
  const parts: { kind: string; text: string; rows?: string }[] = [];
  for await (const part of splitDump(inPieces(text, lengths))) {
    if (part.kind === 'sql') parts.push(part);
    else {
      const rows: Buffer[] = [];
      for await (const chunk of part.rows) rows.push(chunk);
      parts.push({ kind: 'copy', text: part.statement, rows: Buffer.concat(rows).toString() });
    }
  }
  return parts;
}

describe('a plain dump', () => {
  it('is SQL and rows, in order, without what only psql understands', async () => {
    const dump = `\\restrict abc\nSET x = 1;\nCREATE TABLE t (a text);\n\nCOPY public.t (a) FROM stdin;\n一\\\\.\nb\n\\.\n\n\nSELECT 1;\n\\unrestrict abc\n${END}`;
    expect(await partsOf(dump)).toEqual([
      { kind: 'sql', text: 'SET x = 1;\nCREATE TABLE t (a text);\n' },
      { kind: 'copy', text: 'COPY public.t (a) FROM stdin;', rows: '一\\\\.\nb\n' },
      { kind: 'sql', text: `\n\nSELECT 1;\n${END}`.replace(/\n$/, '') },
    ]);
  });

  it('is the same in whatever pieces it comes', async () => {
    // A backslash within a row is written as two; a row of a table without columns is empty.
    const row = fc
      .string({ unit: fc.constantFrom('a', '\\\\', '.', '\\N', '\t', '龙') })
      .map((text) => `${text}\n`);
    const table = fc.array(row, { maxLength: 5 });
    const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(table, { maxLength: 3 }), lengths, async (tables, pieces) => {
        const text = tables
          .map((rows, i) => `COPY public.t${i} (a) FROM stdin;\n${rows.join('')}\\.\n\n`)
          .join('');
        const parts = await partsOf(text + END, pieces);
        const rows = parts.filter(({ kind }) => kind === 'copy').map((part) => part.rows);
        expect(rows).toEqual(tables.map((lines) => lines.join('')));
      }),
      { numRuns: 300 },
    );
  });

  it('is refused wherever it is cut off', async () => {
    const dump = `SELECT 1;\nCOPY public.t (a) FROM stdin;\na\nb\n\\.\n\n${END}`;
    const shortest = dump.lastIndexOf('complete') + 'complete'.length;
    for (let length = 0; length < shortest; length += 1) {
      await expect(partsOf(dump.slice(0, length)), String(length)).rejects.toThrow(
        IncompleteDumpError,
      );
    }
    expect(await partsOf(dump.slice(0, shortest))).toHaveLength(3);
  });
});
