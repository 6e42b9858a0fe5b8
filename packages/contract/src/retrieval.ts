import { z } from 'zod';
import { id, text } from './common.js';
import { LIMITS } from './limits.js';

/** Where passages may come from; notebooks with those inside them. Ids of others name nothing. */
export const retrievalScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({
    kind: z.literal('notebook'),
    ids: z.array(id).min(1).max(LIMITS.retrievalScopeIds),
  }),
  z.strictObject({
    kind: z.literal('articles'),
    ids: z.array(id).min(1).max(LIMITS.retrievalScopeIds),
  }),
]);
export type RetrievalScope = z.infer<typeof retrievalScopeSchema>;

export const retrieveInput = z.strictObject({
  /** In words of any language; nothing in it is an operator. */
  question: text(LIMITS.questionLength),
  scope: retrievalScopeSchema.default({ kind: 'all' }),
  limit: z.number().int().min(1).max(LIMITS.passages).default(8),
});
export type RetrieveInput = z.infer<typeof retrieveInput>;

/** Why a passage was chosen; a part is null where the passage was not found that way. */
const passageScoreSchema = z.object({
  /** What the order is by: the ranks below, fused. */
  fused: z.number(),
  words: z
    .object({
      /** 1 for the best. */
      rank: z.number().int(),
      score: z.number(),
      /** Share of the question's words that stand in it, the rare ones weighing more: 0 to 1. */
      coverage: z.number(),
    })
    .nullable(),
  vector: z
    .object({
      rank: z.number().int(),
      /** Cosine: 1 for the same. */
      similarity: z.number(),
    })
    .nullable(),
});

export const passageSchema = z.object({
  /** 1, 2, 3 … in the order of relevance: what an answer cites. */
  number: z.number().int(),
  articleId: id,
  title: z.string(),
  /** The revision whose Markdown has `quote` at `[start, end)`, in UTF-16 units. */
  revision: z.number().int(),
  start: z.number().int(),
  end: z.number().int(),
  /** Headings the passage stands under, outermost first. */
  headingPath: z.array(z.string()),
  quote: z.string(),
  score: passageScoreSchema,
});
export type Passage = z.infer<typeof passageSchema>;

/** What was searched, and how: an answer shows it. */
export const retrievalReceiptSchema = z.object({
  how: z.enum(['lexical', 'hybrid']),
  /**
   * Why meaning was not searched, null when it was: no model is set up, nothing in reach has vectors
   * of it yet, it did not answer within two seconds, it failed, or the search by vectors did.
   */
  why: z
    .enum(['no_model', 'nothing_embedded', 'model_timeout', 'model_failed', 'search_failed'])
    .nullable(),
  /** The embedding model, where there is one. */
  model: z.string().nullable(),
  /** Passages given. */
  passages: z.number().int(),
  /** Passages that were weighed, by their words and by their vectors. */
  candidates: z.object({ words: z.number().int(), vectors: z.number().int() }),
  /** Milliseconds. */
  ms: z.number(),
  /** Tokens the embedding model counted for the question. */
  tokens: z.number().int(),
});
export type RetrievalReceipt = z.infer<typeof retrievalReceiptSchema>;

export const retrievedSchema = z.object({
  passages: z.array(passageSchema),
  receipt: retrievalReceiptSchema,
});
export type Retrieved = z.infer<typeof retrievedSchema>;

export const relatedInput = z.strictObject({
  id,
  limit: z.number().int().min(1).max(20).default(5),
  /** Without those that it links to, and those that link to it. */
  isUnlinked: z.boolean().default(false),
});
export type RelatedInput = z.infer<typeof relatedInput>;

export const relatedSchema = z.object({
  items: z.array(z.object({ articleId: id, title: z.string(), updatedAt: z.date() })),
  /** By what they are alike: their words, or their meaning as an embedding model has it. */
  how: z.enum(['words', 'vectors']),
});
export type Related = z.infer<typeof relatedSchema>;

/** `off`: no embedding model is set up. */
export const articleEmbeddingSchema = z.object({
  status: z.enum(['off', 'pending', 'done', 'failed']),
  /** Why it failed, as a code. */
  reason: z.string().nullable(),
  model: z.string().nullable(),
  passages: z.number().int(),
  /** Passages with a vector of the model. */
  embedded: z.number().int(),
  updatedAt: z.date().nullable(),
});
export type ArticleEmbedding = z.infer<typeof articleEmbeddingSchema>;

/** Articles by how far their embedding is. */
export const embeddingCountsSchema = z.object({
  /** The model that is set up; null where there is none. */
  model: z.string().nullable(),
  pending: z.number().int(),
  done: z.number().int(),
  failed: z.number().int(),
});
export type EmbeddingCounts = z.infer<typeof embeddingCountsSchema>;

/** What it would take to embed all notes that the model has not seen. */
export const embeddingEstimateSchema = z.object({
  /** The model that is set up; null where there is none. */
  model: z.string().nullable(),
  articles: z.number().int(),
  /** About how many it would read. */
  tokens: z.number().int(),
  /** About what that would cost, in millionths of a yuan; null where no price is known. */
  costMicroYuan: z.number().int().nullable(),
  /** It is so much that nothing is sent before an administrator says so. */
  isWaiting: z.boolean(),
});
export type EmbeddingEstimate = z.infer<typeof embeddingEstimateSchema>;

/** The model the estimate was for. */
export const runEmbeddingInput = z.strictObject({ model: z.string().min(1).max(500) });
export type RunEmbeddingInput = z.infer<typeof runEmbeddingInput>;

/** One article, or without `articleId` all that failed. */
export const retryEmbeddingInput = z.strictObject({ articleId: id.optional() }).default({});
export type RetryEmbeddingInput = z.infer<typeof retryEmbeddingInput>;
