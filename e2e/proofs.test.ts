// The short forms of the long proofs, with fixed seeds.
import { describe, it } from 'vitest';
import { PROOFS, runProof, scheduleOf } from '../scripts/run-proof.mjs';

const LIMIT_MS = 300_000;
const { alone, paired } = scheduleOf(PROOFS);
const breaksNothing = async (
  proof: string,
  { expect }: { expect: typeof import('vitest').expect },
) => {
  const { rows, code } = await runProof(proof, { args: ['--short'] });
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ verdict }) => verdict !== 'kept')).toEqual([]);
  expect(code).toBe(0);
};

describe('in its short form no promise is broken by', () => {
  // Two at a time: see maxConcurrency in vitest.config.ts.
  it.concurrent.for(paired)('%s, which mostly waits', breaksNothing, LIMIT_MS);
  it.for(alone)('%s', breaksNothing, LIMIT_MS);
});
