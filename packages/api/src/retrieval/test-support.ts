import { createHash } from 'node:crypto';
import type { EmbeddingModel } from '@ainotebook/ai';
import { schema } from '@ainotebook/db';
import { createDispatcher } from '@ainotebook/jobs';
import { tokenize } from '@ainotebook/text/search';
import { isNull } from 'drizzle-orm';
import { createJobHandlers } from '../jobs.js';
import { type TestApi, testJobServices } from '../test-support.js';
import type { Embedding } from '../usage/metered-embedding.js';

const DIMENSIONS = 256;

/** What was sent to a stand-in, and how it answers from now on. */
export interface StandIn extends EmbeddingModel {
  /** The texts of every call that was answered. */
  sent: string[][];
  /** Called before each answer; what it throws is the answer, what it waits for is waited for. */
  before: (texts: readonly string[]) => Promise<void> | void;
}

/**
 * A model without a network: texts with the same words are near, and words in one line of
 * `meanings` are the same to it. No measure of what a real model would find.
 */
export function standIn(
  options: { model?: string; dimensions?: number; meanings?: string[][]; maxBatch?: number } = {},
) {
  const { model = 'stand-in', dimensions = DIMENSIONS, meanings = [], maxBatch = 10 } = options;
  const concept = (text: string): string => {
    let read = text;
    meanings.forEach((words, index) => {
      for (const word of words) read = read.replaceAll(word, ` concept${index} `);
    });
    return read;
  };
  const standing: StandIn = {
    provider: 'test',
    model,
    dimensions,
    maxBatch,
    sent: [],
    before: () => undefined,
    embed: async (texts) => {
      await standing.before(texts);
      standing.sent.push([...texts]);
      const vectors = texts.map((text) => vectorOf(concept(text), dimensions));
      return { vectors, tokens: texts.join('').length };
    },
  };
  return standing;
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const { term } of tokenize(text)) {
    const bytes = createHash('sha512').update(term).digest();
    for (let at = 0; at < dimensions; at += 1) {
      const bit = (bytes[at >> 3] ?? 0) & (1 << (at & 7));
      vector[at] = (vector[at] ?? 0) + (bit ? 1 : -1);
    }
  }
  return vector;
}

/** Runs jobs with a model. */
export const dispatcherOf = (t: TestApi, model: Embedding | null) =>
  createDispatcher({
    db: t.services().db,
    handlers: createJobHandlers(
      testJobServices(t.services(), {
        models: () => ({ ...t.services().models(), embedding: model }),
      }),
    ),
  });

/** Runs what waits, also what waits for its time, until nothing does. */
export async function runEverything(t: TestApi, model: Embedding | null): Promise<void> {
  const { db } = t.services();
  const { outbox } = schema;
  const dispatcher = dispatcherOf(t, model);
  for (let ran = 1; ran > 0; ) {
    await db
      .update(outbox)
      .set({ nextAt: new Date(0) })
      .where(isNull(outbox.doneAt));
    ran = await dispatcher.runDue();
  }
}
