// What `pnpm chaos` shows is named by its words; this notices when those words are written otherwise, or elsewhere.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROWS } from './chaos-rows.mjs';
import { PROOFS } from './run-proof.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** Names of tests in a source, as patterns: what is filled in when they run may be anything. */
function titlesIn(file) {
  const source = readFileSync(path.join(root, file), 'utf8');
  return [...source.matchAll(/\(\s*(['"`])((?:\\.|(?!\1).)+)\1\s*,/g)].map(([, , title]) => {
    const literal = title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return new RegExp(`${literal.replace(/%\w|\\\$\\\{.*?\\\}|\\\$\w+/g, '.+')}$`);
  });
}

describe('the rows of the chaos run', () => {
  it('have names of their own, and something to show', () => {
    expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
    for (const { id, proofs = {}, tests = {} } of ROWS) {
      expect(Object.keys({ ...proofs, ...tests }), id).not.toEqual([]);
    }
  });

  it('name tests that are there', () => {
    const named = ROWS.flatMap(({ tests = {} }) =>
      Object.entries(tests).flatMap(([file, names]) => names.map((name) => ({ file, name }))),
    );
    expect(named.length).toBeGreaterThan(20);
    // A row may name the group, too: the end of its words is the test.
    const missing = named.filter(({ file, name }) => !titlesIn(file).some((t) => t.test(name)));
    expect(missing).toEqual([]);
  });

  it('name proofs that are there', () => {
    const named = ROWS.flatMap(({ proofs = {} }) => Object.keys(proofs));
    expect(named.filter((name) => !PROOFS.includes(name))).toEqual([]);
  });
});
