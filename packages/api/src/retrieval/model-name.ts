import type { EmbeddingModel } from '@ainotebook/ai';

/** The name vectors are kept under; those of two names are not compared. */
export function modelName({ provider, model }: Pick<EmbeddingModel, 'provider' | 'model'>): string {
  return `${provider}/${model}`;
}
