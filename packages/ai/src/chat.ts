import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, InvalidResponseDataError, RetryError, streamText } from 'ai';
import { AiError } from './ai-error.js';
import type { ChatEvent, ChatMessage, ChatModel, ChatRequest, Usage } from './chat-model.js';
import { Deadline } from './deadline.js';
import { aiError, midStreamError, refusalError } from './failures.js';
import type { Provider } from './provider.js';
import { estimateMessages, estimateUsage, MOST_CHARACTERS_PER_TOKEN } from './tokens.js';

/** A model of a provider, and how long it is waited for. */
export interface ChatOptions {
  model: string;
  /** Tokens of the question and the answer together; what cannot fit is not sent. Default 32,000. */
  contextTokens?: number;
  /** Ark thinks unless told not to. Default `disabled`. */
  thinking?: 'enabled' | 'disabled' | 'auto';
  /** Longest whole answer. Default 120,000. */
  totalMs?: number;
  /** Longest wait for the first piece, retries included. Default 30,000. */
  firstChunkMs?: number;
  /** Longest silence in the middle of an answer. Default 20,000. */
  chunkMs?: number;
  /** How often a request that brought nothing is sent again: 0 where another model stands by. Default 1. */
  retries?: number;
}

/** Models that count their reasoning into the limit call it otherwise, and have one temperature. */
const REASONING_MODEL = /^(o\d|gpt-[5-9])/;

/** A chat model behind `/chat/completions`. Nothing is connected before the first call. */
export function createChatModel(provider: Provider, options: ChatOptions): ChatModel {
  const { contextTokens = 32_000, totalMs = 120_000, retries = 1 } = options;
  const { firstChunkMs = 30_000, chunkMs = 20_000, thinking = 'disabled' } = options;
  const sdk = createOpenAICompatible({
    name: provider.name,
    baseURL: provider.baseUrl,
    // Servers without keys are sent one all the same: some of them want the header.
    apiKey: provider.apiKey ?? 'none',
    includeUsage: true,
    ...(provider.fetch ? { fetch: provider.fetch } : {}),
    transformRequestBody: (body) => asTaken(body, options.model),
  });
  const providerOptions =
    provider.kind === 'ark' ? { [provider.name]: { thinking: { type: thinking } } } : undefined;

  async function* stream(request: ChatRequest): AsyncGenerator<ChatEvent, void, undefined> {
    const { messages, maxTokens, temperature } = request;
    if (!isWithin(contextTokens - maxTokens, messages)) throw aiError('too_long', provider.name);
    const deadline = new Deadline(totalMs, request.signal);
    const said = { text: '', reasoning: '' };
    let hasBegun = false;
    try {
      const parts = streamText({
        model: sdk(options.model),
        messages: [...messages],
        allowSystemInMessages: true,
        maxOutputTokens: maxTokens,
        temperature,
        providerOptions,
        maxRetries: retries,
        abortSignal: deadline.signal,
        // Its default prints the request, and with it what somebody wrote.
        onError: () => undefined,
      }).fullStream[Symbol.asyncIterator]();
      for (;;) {
        const next = hasBegun
          ? await deadline.within(chunkMs, 'stalled', parts.next())
          : await deadline.within(firstChunkMs, 'timeout', parts.next());
        // A stream that was ended from outside does not say so in every case: it just ends.
        if (deadline.why !== undefined) throw aiError(deadline.why, provider.name);
        if (next.done) throw aiError('cut_off', provider.name);
        const part = next.value;
        if (part.type === 'error') throw part.error;
        if (part.type === 'abort') throw aiError('timeout', provider.name);
        if (part.type === 'finish') {
          if (part.finishReason === 'error') throw aiError('cut_off', provider.name);
          if (!hasBegun) yield { type: 'start', provider: provider.name, model: options.model };
          const usage =
            usageOf(part.totalUsage) ?? estimateUsage(messages, said.text, said.reasoning);
          yield { type: 'finish', reason: reasonOf(part.finishReason), usage };
          return;
        }
        if (part.type !== 'text-delta' && part.type !== 'reasoning-delta') continue;
        if (part.text === '') continue;
        if (!hasBegun) yield { type: 'start', provider: provider.name, model: options.model };
        hasBegun = true;
        const type = part.type === 'text-delta' ? 'text' : 'reasoning';
        said[type] += part.text;
        yield { type, text: part.text };
      }
    } catch (error) {
      throw deadline.why === undefined
        ? explained(error, provider.name, hasBegun)
        : aiError(deadline.why, provider.name);
    } finally {
      deadline.close();
    }
  }

  return { provider: provider.name, model: options.model, contextTokens, stream };
}

/** Estimating megabytes would hold up everybody else. */
function isWithin(tokens: number, messages: readonly ChatMessage[]): boolean {
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  return length <= tokens * MOST_CHARACTERS_PER_TOKEN && estimateMessages(messages) <= tokens;
}

function asTaken(body: Record<string, unknown>, model: string): Record<string, unknown> {
  if (!REASONING_MODEL.test(model)) return body;
  const { max_tokens, temperature: _, ...rest } = body;
  return { ...rest, max_completion_tokens: max_tokens };
}

/** Null where the provider did not count. */
function usageOf(total: {
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  inputTokenDetails: { cacheReadTokens: number | undefined };
  outputTokenDetails: { reasoningTokens: number | undefined };
}): Usage | null {
  if (total.inputTokens === undefined || total.outputTokens === undefined) return null;
  return {
    inputTokens: total.inputTokens,
    cachedTokens: total.inputTokenDetails.cacheReadTokens ?? 0,
    outputTokens: total.outputTokens,
    reasoningTokens: total.outputTokenDetails.reasoningTokens ?? 0,
    isEstimated: false,
  };
}

function reasonOf(reason: string): 'stop' | 'length' | 'filtered' {
  if (reason === 'length') return 'length';
  return reason === 'content-filter' ? 'filtered' : 'stop';
}

/** What the SDK throws, in our words and without the request it carries. */
function explained(error: unknown, provider: string, hasBegun: boolean): AiError {
  if (RetryError.isInstance(error)) return explained(error.lastError, provider, hasBegun);
  if (APICallError.isInstance(error)) {
    const { statusCode: status, responseHeaders, responseBody: body } = error;
    if (status === undefined) return aiError('unreachable', provider);
    // The answer had begun well, and then the connection broke.
    if (status < 400) return aiError(hasBegun || !body ? 'cut_off' : 'bad_answer', provider);
    const refusal = { status, headers: new Headers(responseHeaders ?? {}) };
    return refusalError(provider, body === undefined ? refusal : { ...refusal, body });
  }
  // The SDK's word for a stream that ended before the model said that it had.
  if (InvalidResponseDataError.isInstance(error)) return aiError('cut_off', provider);
  if (error instanceof AiError) return error;
  // fetch throws a TypeError where a connection breaks; the rest is about what came over it.
  if (error instanceof Error)
    return aiError(error instanceof TypeError ? 'cut_off' : 'bad_answer', provider);
  return midStreamError(provider, error);
}
