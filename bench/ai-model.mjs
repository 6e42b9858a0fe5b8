// A stand-in for an embedding model: vectors of clustered Gaussians, the same for the same text, at no cost of a network.
import { createHash } from 'node:crypto';
import { random } from './data.mjs';

const DIMENSIONS = 1024;
/** Of a vector around the middle of its cluster, whose own components have deviation 1. */
const SPREAD = 0.7;

/** Two independent numbers of the normal distribution a turn. */
function gaussian(next) {
  const vector = new Float32Array(DIMENSIONS);
  for (let at = 0; at < DIMENSIONS; at += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    vector[at] = radius * Math.cos(angle);
    vector[at + 1] = radius * Math.sin(angle);
  }
  return vector;
}

/** A model whose texts fall into `clusters` by chance, the first of them the largest. */
export function clusteredModel(clusters) {
  const centres = Array.from({ length: clusters }, (_, n) => gaussian(random(n + 1)));
  const vectorOf = (text) => {
    const next = random(createHash('sha256').update(text).digest().readInt32LE(0));
    const centre = centres[Math.floor(clusters * next() ** 2)];
    return gaussian(next).map((component, at) => centre[at] + SPREAD * component);
  };
  return {
    provider: 'bench',
    model: `clusters-${clusters}`,
    dimensions: DIMENSIONS,
    maxBatch: 64,
    embed: async (texts) => ({ vectors: texts.map(vectorOf), tokens: 0 }),
  };
}
