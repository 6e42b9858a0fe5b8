import { type Sentence, sentencesOf } from './sentences.js';
import { termsOf } from './terms.js';

/** Sentences of a text that stand for it. */
export interface LocalSummary {
  /** Always: the sentences are the text's own. */
  isQuoted: true;
  /** In the order of the text. */
  sentences: Sentence[];
}

/** Beyond this the comparison of every sentence with every other takes too long; a text says early what it is about. */
const MAX_SENTENCES = 400;
const DAMPING = 0.85;
const MAX_ROUNDS = 50;
const SETTLED = 1e-5;
/** A sentence that shares so much with a chosen one says nothing new. */
const REDUNDANT = 0.6;
/** Shorter ones are headings and labels. */
const MIN_TERMS = 3;

interface Node {
  sentence: Sentence;
  terms: ReadonlySet<string>;
}

/**
 * The `max` sentences most like the rest of the text.
 * @see https://aclanthology.org/W04-3252 Mihalcea and Tarau, TextRank
 */
export function summarise(text: string, { max = 3 }: { max?: number } = {}): LocalSummary {
  const nodes = sentencesOf(text, MAX_SENTENCES)
    .map((sentence) => ({ sentence, terms: new Set(termsOf(sentence.text)) }))
    .filter(({ terms }) => terms.size >= MIN_TERMS);
  const ranks = rank(nodes);
  const order = nodes.map((_, at) => at).sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0));
  const chosen: Node[] = [];
  for (const at of order) {
    if (chosen.length >= max) break;
    const node = nodes[at];
    if (node && !chosen.some((other) => isRedundant(node, other))) chosen.push(node);
  }
  const sentences = chosen.map(({ sentence }) => sentence).sort((a, b) => a.start - b.start);
  return { isQuoted: true, sentences };
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let count = 0;
  for (const term of small) if (large.has(term)) count += 1;
  return count;
}

const isRedundant = (a: Node, b: Node) =>
  shared(a.terms, b.terms) / Math.min(a.terms.size, b.terms.size) > REDUNDANT;

/** Terms that each two sentences share, as a square; by way of the terms, since most sentences share none. */
function overlaps(nodes: readonly Node[]): Uint16Array {
  const count = nodes.length;
  const common = new Uint16Array(count * count);
  const earlier = new Map<string, number[]>();
  for (const [i, { terms }] of nodes.entries()) {
    for (const term of terms) {
      const others = earlier.get(term) ?? [];
      for (const j of others) {
        const at = i * count + j;
        common[at] = (common[at] ?? 0) + 1;
      }
      others.push(i);
      earlier.set(term, others);
    }
  }
  return common;
}

/** How much each sentence is like the others, by the paper's measure and by its rounds. */
function rank(nodes: readonly Node[]): Float64Array {
  const count = nodes.length;
  const common = overlaps(nodes);
  const logs = nodes.map(({ terms }) => Math.log(terms.size));
  const weights = new Float64Array(count * count);
  const sums = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const shared = common[i * count + j] ?? 0;
      if (shared === 0) continue;
      const weight = shared / ((logs[i] ?? 0) + (logs[j] ?? 0));
      weights[i * count + j] = weight;
      weights[j * count + i] = weight;
      sums[i] = (sums[i] ?? 0) + weight;
      sums[j] = (sums[j] ?? 0) + weight;
    }
  }
  let ranks = new Float64Array(count).fill(1);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = new Float64Array(count).fill(1 - DAMPING);
    let change = 0;
    for (let i = 0; i < count; i += 1) {
      const share = sums[i] ? (DAMPING * (ranks[i] ?? 0)) / (sums[i] ?? 1) : 0;
      if (share === 0) continue;
      for (let j = 0; j < count; j += 1)
        next[j] = (next[j] ?? 0) + share * (weights[i * count + j] ?? 0);
    }
    for (let i = 0; i < count; i += 1) change += Math.abs((next[i] ?? 0) - (ranks[i] ?? 0));
    ranks = next;
    if (change < SETTLED * count) break;
  }
  return ranks;
}
