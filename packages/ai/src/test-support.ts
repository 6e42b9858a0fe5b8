import { AiError } from './ai-error.js';
import type { ChatEvent, ChatModel, ChatRequest } from './chat-model.js';

export const KEY = 'sk-a-key-nobody-may-see';

/** A question in a conversation. */
export function ask(content: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return { messages: [{ role: 'user', content }], maxTokens: 100, ...more };
}

/** What came, and what it ended with. */
export interface Outcome {
  events: ChatEvent[];
  text: string;
  reasoning: string;
  error: unknown;
}

/** All of an answer, to its end or its failure. */
export async function outcomeOf(model: ChatModel, request: ChatRequest): Promise<Outcome> {
  const events: ChatEvent[] = [];
  const textOf = (type: 'text' | 'reasoning') =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  let error: unknown;
  try {
    for await (const event of model.stream(request)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  return { events, text: textOf('text'), reasoning: textOf('reasoning'), error };
}

/** The failure a promise ends with. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Everything an error would bring into a log. */
export function everythingIn(error: unknown): string {
  if (!(error instanceof AiError)) return String(error);
  return JSON.stringify([error.message, error.stack, error.detail, error.cause, { ...error }]);
}
