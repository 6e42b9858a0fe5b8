import { type EmbeddingModel, estimateTokens } from '@ainotebook/ai';
import type { Ledger } from './ledger.js';
import { meterCall } from './metered-call.js';

/** The embedding model of the server; what it reads is written down for somebody. */
export interface Embedding extends Omit<EmbeddingModel, 'embed'> {
  /** As that of the model. @throws AiError, and before anything is asked AppError budget_spent */
  embed(
    texts: readonly string[],
    options: { kind: 'query' | 'passage'; userId: string; signal?: AbortSignal },
  ): ReturnType<EmbeddingModel['embed']>;
}

export function meterEmbedding(embedding: EmbeddingModel, ledger: Ledger): Embedding {
  const { provider, model, dimensions, maxBatch } = embedding;
  return {
    provider,
    model,
    dimensions,
    maxBatch,
    embed(texts, { userId, ...options }) {
      const inputTokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
      return meterCall(
        ledger,
        { userId, feature: 'embedding', models: [{ provider, model }], inputTokens },
        async () => {
          const value = await embedding.embed(texts, options);
          return { value, tokens: value.tokens };
        },
      );
    },
  };
}
