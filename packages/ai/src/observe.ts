import { AiError, type AiFailure } from './ai-error.js';
import type { ChatEvent, ChatModel, ChatRequest, Usage } from './chat-model.js';
import type { EmbeddingModel } from './embedding-model.js';
import type { WebSearch } from './web/web-search.js';

/** A call that is over. */
export interface ModelCall {
  provider: string;
  /** The engine's name where the web was searched. */
  model: string;
  /** `unknown` for what is no `AiError`. */
  failure: AiFailure | 'unknown' | null;
  /** Null where the answer broke off, and where nobody counts. */
  usage: Pick<Usage, 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'reasoningTokens'> | null;
  /** To the first piece of the answer; null where it does not come in pieces, or none came. */
  firstWordMs: number | null;
  ms: number;
}

type Tell = (call: ModelCall) => void;

const failureOf = (error: unknown) => (error instanceof AiError ? error.kind : 'unknown');

/** The same model, each of whose calls is told of when it is over. */
export function observeChat(model: ChatModel, tell: Tell): ChatModel {
  async function* stream(request: ChatRequest): AsyncGenerator<ChatEvent, void, undefined> {
    const began = performance.now();
    const { provider, model: name } = model;
    // Who leaves before the end has stopped it.
    const call: Omit<ModelCall, 'ms'> = {
      provider,
      model: name,
      failure: 'aborted',
      usage: null,
      firstWordMs: null,
    };
    try {
      for await (const event of model.stream(request)) {
        if (event.type === 'start') call.firstWordMs = performance.now() - began;
        if (event.type === 'finish') {
          call.usage = event.usage;
          call.failure = null;
        }
        yield event;
      }
    } catch (error) {
      call.failure = failureOf(error);
      throw error;
    } finally {
      tell({ ...call, ms: performance.now() - began });
    }
  }
  return { ...model, stream };
}

/** The same model, each of whose calls is told of when it is over. */
export function observeEmbedding(model: EmbeddingModel, tell: Tell): EmbeddingModel {
  return {
    ...model,
    embed: (texts, options) =>
      told(
        { provider: model.provider, model: model.model, tell },
        () => model.embed(texts, options),
        ({ tokens }) => tokens,
      ),
  };
}

/** The same engine, each of whose searches is told of when it is over. */
export function observeWebSearch(search: WebSearch, tell: Tell): WebSearch {
  const { provider } = search;
  return {
    provider,
    search: (query, options) =>
      told({ provider, model: provider, tell }, () => search.search(query, options)),
  };
}

async function told<T>(
  { tell, ...by }: { provider: string; model: string; tell: Tell },
  run: () => Promise<T>,
  tokensOf?: (answer: T) => number,
): Promise<T> {
  const began = performance.now();
  const end = (failure: ModelCall['failure'], tokens?: number) => {
    const usage =
      tokens === undefined
        ? null
        : { inputTokens: tokens, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    tell({ ...by, failure, usage, firstWordMs: null, ms: performance.now() - began });
  };
  try {
    const answer = await run();
    end(null, tokensOf?.(answer));
    return answer;
  } catch (error) {
    end(failureOf(error));
    throw error;
  }
}
