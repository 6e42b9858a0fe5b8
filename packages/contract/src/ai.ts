import { z } from 'zod';
import { answerFailureSchema } from './conversations.js';

const named = { provider: z.string(), model: z.string(), hasPrice: z.boolean() };

/** What is set up; keys and addresses are not part of it. */
export const aiSetupSchema = z.object({
  /** In the order in which they are asked. */
  chat: z.array(z.object(named)),
  embedding: z.object({ ...named, dimensions: z.number().int() }).nullable(),
  webSearch: z.object({ provider: z.string(), hasPrice: z.boolean() }).nullable(),
});
export type AiSetup = z.infer<typeof aiSetupSchema>;

/** Which connection is tried: that of a chat model by its provider, or the only one of its kind. */
export const testAiInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('chat'), provider: z.string().max(60) }),
  z.strictObject({ kind: z.literal('embedding') }),
  z.strictObject({ kind: z.literal('web_search') }),
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
