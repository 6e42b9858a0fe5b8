import { AbortError } from './errors.js';
import type { AnswerEvent, ConversationScope, Message, Resources } from './generated/types.js';
import { newId } from './ids.js';
import type { EventStream, RequestOptions } from './runtime-types.js';

/** A question of a conversation. */
export interface ChatParams {
  question: string;
  /** The answer it follows, as its `end` had it; a new conversation when absent. */
  follows?: Pick<Message, 'id' | 'conversationId'> | undefined;
  /** Which notes a new conversation is about; all of them when absent. */
  scope?: ConversationScope | undefined;
}

/** Per-call options of `conversations.chat`. */
export type ChatOptions = Omit<RequestOptions, 'idempotencyKey'>;

export type Chat = (params: ChatParams, options?: ChatOptions) => EventStream<AnswerEvent>;

/** A server that does not hear of it ends the answer after a while by itself. */
const STOP_TIMEOUT_MS = 5_000;

/** Asks, and hands the answer on as it is written. */
export function createChat({
  conversations,
  messages,
}: Pick<Resources, 'conversations' | 'messages'>): Chat {
  return async function* chat({ question, follows, scope }, options) {
    const created = scope === undefined ? {} : { scope };
    const { conversationId } = follows ?? {
      conversationId: (await conversations.create(created, options)).id,
    };
    const parentId = follows?.id ?? null;
    const sent = { conversationId, id: newId(), parentId, content: question };
    const { answer } = await messages.send(sent, options);
    // Who does not read on wants no more of it. A line that is lost is another matter: the answer can still be read.
    let isLeft = true;
    try {
      yield* messages.stream({ id: answer.id }, options);
      isLeft = false;
    } catch (error) {
      isLeft = error instanceof AbortError;
      throw error;
    } finally {
      if (isLeft) {
        const stop = { ...options, signal: undefined, timeoutMs: STOP_TIMEOUT_MS, maxRetries: 0 };
        await messages.stop({ id: answer.id }, stop).catch(() => undefined);
      }
    }
  };
}
