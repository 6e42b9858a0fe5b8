import type { AiFailure } from './ai-error.js';

/** One turn of a conversation. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** What is asked of a chat model. */
export interface ChatRequest {
  messages: readonly ChatMessage[];
  /** Most tokens of the answer. */
  maxTokens: number;
  /** 0 to 2; the provider's own when absent. */
  temperature?: number;
  /** Ends the answer, here and at the provider. */
  signal?: AbortSignal;
  /** Told of each model that failed before its first piece, where others stand behind it. */
  onFailure?: (failed: FailedModel) => void;
}

/** A model that was asked and did not begin. */
export interface FailedModel {
  provider: string;
  model: string;
  failure: AiFailure;
}

/** Tokens of one call. */
export interface Usage {
  /** With the cached ones. */
  inputTokens: number;
  /** Those of the input that the provider still had. */
  cachedTokens: number;
  /** With those of the reasoning. */
  outputTokens: number;
  reasoningTokens: number;
  /** Counted by us, because the provider did not say. */
  isEstimated: boolean;
}

/**
 * - `start`: who answers; right before the first delta.
 * - `text`, `reasoning`: the next piece. Reasoning is not part of the answer.
 * - `finish`: the whole answer was there; `length` when it reached `maxTokens`, `filtered` when the provider
 *   stopped it. Only an answer with this event is complete.
 */
export type ChatEvent =
  | { type: 'start'; provider: string; model: string }
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'finish'; reason: 'stop' | 'length' | 'filtered'; usage: Usage };

/** What answers a conversation. */
export interface ChatModel {
  /** `volcengine`, `openai`, ... */
  readonly provider: string;
  readonly model: string;
  /** Tokens of the question and the answer together. */
  readonly contextTokens: number;
  /**
   * The answer as it comes. What came before a failure stands: the caller keeps it. Leaving the loop ends the
   * request at the provider.
   * @throws AiError from the iteration
   */
  stream(request: ChatRequest): AsyncGenerator<ChatEvent, void, undefined>;
}
