export { AiError, type AiErrorDetail, type AiFailure, isTransient } from './ai-error.js';
export type { EmbeddingModel } from './embedding-model.js';
