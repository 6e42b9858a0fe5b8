// The short forms of the long proofs, with fixed seeds.
import { describe, it } from 'vitest';
import { PROOFS, runProof, scheduleOf } from '../scripts/run-proof.mjs';

const LIMIT_MS = 300_000;
const { alone, paired } = scheduleOf(PROOFS);
const breaksNothing = async (
  proof: string,
  { expect }: { expect: typeof import('vitest').expect },
) => {
  const { rows, code, complaints } = await runProof(proof, { args: ['--short'] });
  const broken = rows.filter(({ verdict }) => verdict !== 'kept');
  // As one text: what is cut off of a long object is what one would want to know.
  const said = `${JSON.stringify(broken)}\n${complaints}`;
  expect(rows.length, said).toBeGreaterThan(0);
  expect(broken.length, said).toBe(0);
  expect(code, said).toBe(0);
};

describe('in its short form no promise is broken by', () => {
  // Two at a time: see maxConcurrency in vitest.config.ts.
  it.concurrent.for(paired)('%s, which mostly waits', breaksNothing, LIMIT_MS);
  it.for(alone)('%s', breaksNothing, LIMIT_MS);
});
