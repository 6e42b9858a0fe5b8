import { z } from 'zod';
import { line } from './common.js';
import { answerFailureSchema } from './conversations.js';
import { LIMITS } from './limits.js';

const named = { provider: z.string(), model: z.string(), hasPrice: z.boolean() };

/** What is set up; keys and addresses are not part of it. */
export const aiSetupSchema = z.object({
  /** In the order in which they are asked. */
  chat: z.array(z.object(named)),
  /** For what is short; null where the first of `chat` does that too. */
  fast: z.object(named).nullable(),
  embedding: z.object({ ...named, dimensions: z.number().int() }).nullable(),
  webSearch: z.object({ provider: z.string(), hasPrice: z.boolean() }).nullable(),
});
export type AiSetup = z.infer<typeof aiSetupSchema>;

/**
 * Which connection is tried: that of a chat model by its provider, the only one of its kind, or (`model`) whatever
 * model of a provider, also before it is picked.
 */
export const testAiInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('chat'), provider: z.string().max(60) }),
  z.strictObject({ kind: z.literal('embedding') }),
  z.strictObject({ kind: z.literal('web_search') }),
  z.strictObject({
    kind: z.literal('model'),
    provider: z.string().max(60),
    model: line(LIMITS.modelNameLength).min(1),
    /** Vectors of this length instead of an answer. */
    dimensions: z.number().int().min(64).max(4096).optional(),
  }),
]);
export type TestAiInput = z.infer<typeof testAiInput>;

/** What came of a real call. */
export const aiTestSchema = z.object({
  failure: answerFailureSchema.nullable(),
  /** What the provider said of it, as a status or a word; null where it said nothing. */
  detail: z.string().nullable(),
  ms: z.number().int(),
});
export type AiTest = z.infer<typeof aiTestSchema>;
