import { AiError } from '@ainotebook/ai';
import {
  type AiSetup,
  type AiTest,
  answerFailureSchema,
  type TestAiInput,
} from '@ainotebook/contract';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { meterCall } from '../usage/metered-call.js';
import { meterChat } from '../usage/metered-chat.js';

type Context = Pick<AuthedContext, 'auth' | 'ledger' | 'embedding' | 'aiModels'>;

/** Longest that somebody waits who tries a connection. */
const DEADLINE_MS = 20_000;
/** Of the answer: models that reason take no request for less. */
const TOKENS = 16;
const WORDS = 'ping';

/** What is set up, without any key. */
export function readAiSetup({ ledger, embedding, aiModels }: Context): AiSetup {
  const { chat, webSearch } = aiModels;
  return {
    chat: chat.map(({ provider, model }) => ({
      provider,
      model,
      hasPrice: ledger.hasPrice(model),
    })),
    embedding: embedding && {
      provider: embedding.provider,
      model: embedding.model,
      dimensions: embedding.dimensions,
      hasPrice: ledger.hasPrice(embedding.model),
    },
    webSearch: webSearch && {
      provider: webSearch.provider,
      hasPrice: ledger.hasPrice(webSearch.provider),
    },
  };
}

/** Makes the smallest real call there is, and says what came of it. @throws AppError not_found */
export async function testAi(ctx: Context, input: TestAiInput): Promise<AiTest> {
  const call = callOf(ctx, input);
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  try {
    await call(AbortSignal.timeout(DEADLINE_MS));
    return { failure: null, detail: null, ms: since() };
  } catch (error) {
    return { ...explained(error), ms: since() };
  }
}

function callOf(ctx: Context, input: TestAiInput): (signal: AbortSignal) => Promise<unknown> {
  const { ledger, embedding } = ctx;
  const { userId } = ctx.auth;
  switch (input.kind) {
    case 'chat': {
      const model = ctx.aiModels.chat.find(({ provider }) => provider === input.provider);
      if (!model) throw notFound('Model');
      const chat = meterChat(model, { ledger, models: [model], maxTokens: TOKENS });
      const messages = [{ role: 'user', content: WORDS }] as const;
      return async (signal) => {
        for await (const _ of chat.stream({ userId, feature: 'test', messages, signal }));
      };
    }
    case 'embedding':
      if (!embedding) throw notFound('Model');
      return (signal) => embedding.embed([WORDS], { kind: 'query', userId, signal });
    case 'web_search': {
      const { webSearch } = ctx.aiModels;
      if (!webSearch) throw notFound('Search engine');
      const { provider } = webSearch;
      const models = [{ provider, model: provider }] as const;
      return (signal) =>
        meterCall(ledger, { userId, feature: 'test', models, inputTokens: 0 }, async () => ({
          value: await webSearch.search(WORDS, { signal }),
          tokens: 0,
        }));
    }
  }
}

/** @throws what is a fault of ours */
function explained(error: unknown): Omit<AiTest, 'ms'> {
  if (error instanceof AppError && error.code === 'budget_spent')
    return { failure: 'budget_spent', detail: null };
  if (!(error instanceof AiError)) throw error;
  // The only signal is the deadline.
  const failure = error.kind === 'aborted' ? 'timeout' : answerFailureSchema.parse(error.kind);
  const { status, code } = error.detail;
  return { failure, detail: [status, code].filter(Boolean).join(' ') || null };
}
