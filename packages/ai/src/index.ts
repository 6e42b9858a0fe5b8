export { AiError, type AiErrorDetail, type AiFailure, isTransient } from './ai-error.js';
export { type ChatOptions, createChatModel } from './chat.js';
export type {
  ChatEvent,
  ChatMessage,
  ChatModel,
  ChatRequest,
  FailedModel,
  Usage,
} from './chat-model.js';
export { affordableTokens, costLimitMicroYuan, costMicroYuan, type Price } from './cost.js';
export type { EmbeddingModel } from './embedding-model.js';
export { createEmbeddingModel, type EmbeddingOptions } from './embeddings.js';
export { createFallback } from './fallback.js';
export { fetchThrough } from './guarded-fetch.js';
export {
  type AnswerOptions,
  answerFrom,
  type LocalAnswer,
  type Passage,
  type Quote,
} from './local/answer.js';
export { type KeywordOptions, keywordsOf } from './local/keywords.js';
export type { Sentence } from './local/sentences.js';
export { suggestTags, suggestTitle } from './local/suggest.js';
export { type LocalSummary, summarise } from './local/summary.js';
export {
  type ModelCall,
  observeChat,
  observeEmbedding,
  observeWebSearch,
} from './observe.js';
export type { Provider } from './provider.js';
export {
  estimateMessages,
  estimateTokens,
  estimateUsage,
  MOST_CHARACTERS_PER_TOKEN,
} from './tokens.js';
export type { EngineName, Since } from './web/engines.js';
export { type ReadHtml, type ReadPagesOptions, readPages, type WebPage } from './web/pages.js';
export type { WebResult } from './web/results.js';
export { createWebSearch, type WebSearch, type WebSearchOptions } from './web/web-search.js';
