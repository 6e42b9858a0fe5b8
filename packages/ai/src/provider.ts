/** A server that models run on. */
export interface Provider {
  /** `volcengine`, `openai`, or what an operator calls it. Letters, digits and `-`. */
  name: string;
  /**
   * - `ark`: Volcengine Ark: thinking can be switched, embeddings have a shape of their own.
   * - `openai`: OpenAI and what speaks like it: Ollama, vLLM, DeepSeek, Qwen, SiliconFlow.
   */
  kind: 'ark' | 'openai';
  /** With its `/v1` or `/api/v3`, without a slash at the end. */
  baseUrl: string;
  /** Null where the server asks for none. */
  apiKey: string | null;
  /** How it is reached; the platform's own when absent. */
  fetch?: typeof fetch;
}
