import {
  AiError,
  type ChatModel,
  createChatModel,
  createEmbeddingModel,
  type Provider,
} from '@ainotebook/ai';
import {
  type AiSetup,
  type AiTest,
  answerFailureSchema,
  type TestAiInput,
} from '@ainotebook/contract';
import { readStoredModels } from '../ai-providers/stored-models.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { meterCall } from '../usage/metered-call.js';
import { meterChat } from '../usage/metered-chat.js';
import { meterEmbedding } from '../usage/metered-embedding.js';

type Context = Pick<AuthedContext, 'auth' | 'ledger' | 'embedding' | 'aiModels'>;
type Tester = Context & Pick<AuthedContext, 'db' | 'modelControl'>;

/** Longest that somebody waits who tries a connection. */
const DEADLINE_MS = 20_000;
/** Of the answer: models that reason take no request for less. */
const TOKENS = 16;
const WORDS = 'ping';

/** What is set up, without any key. */
export function readAiSetup({ ledger, embedding, aiModels }: Context): AiSetup {
  const { chat, fast, webSearch } = aiModels;
  const described = ({ provider, model }: { provider: string; model: string }) => ({
    provider,
    model,
    hasPrice: ledger.hasPrice(model),
  });
  return {
    chat: chat.map(described),
    fast: fast && described(fast),
    embedding: embedding && { ...described(embedding), dimensions: embedding.dimensions },
    webSearch: webSearch && {
      provider: webSearch.provider,
      hasPrice: ledger.hasPrice(webSearch.provider),
    },
  };
}

/**
 * Makes the smallest real call there is, and says what came of it.
 * @throws AppError not_found, encryption_off (its key cannot be read)
 */
export async function testAi(ctx: Tester, input: TestAiInput): Promise<AiTest> {
  const call = input.kind === 'model' ? await modelCallOf(ctx, input) : callOf(ctx, input);
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  try {
    await call(AbortSignal.timeout(DEADLINE_MS));
    return { failure: null, detail: null, ms: since() };
  } catch (error) {
    return { ...explained(error), ms: since() };
  }
}

type Call = (signal: AbortSignal) => Promise<unknown>;

/** Of any model of a provider as it is stored now, whatever this process uses. */
async function modelCallOf(
  ctx: Tester,
  input: Extract<TestAiInput, { kind: 'model' }>,
): Promise<Call> {
  const { model, dimensions } = input;
  const provider = await findProvider(ctx, input.provider);
  if (dimensions === undefined)
    return chatCall(ctx, createChatModel(provider, { model, retries: 0 }));
  const vectors = createEmbeddingModel(provider, { model, dimensions });
  const embedding = meterEmbedding(vectors, ctx.ledger);
  const { userId } = ctx.auth;
  return (signal) => embedding.embed([WORDS], { kind: 'query', userId, signal });
}

/** @throws AppError not_found, encryption_off */
async function findProvider({ db, modelControl }: Tester, name: string): Promise<Provider> {
  const given = modelControl.environment.find((one) => one.name === name);
  if (given) return given;
  const { providers } = await readStoredModels(db, modelControl.box);
  const stored = providers.find((one) => one.name === name);
  if (!stored) throw notFound('Provider');
  if (stored.isUnreadable)
    throw new AppError(
      'encryption_off',
      'The key was kept under another ENCRYPTION_KEY than this server has; enter it again',
    );
  return modelControl.reach(stored);
}

function chatCall({ ledger, auth: { userId } }: Context, model: ChatModel): Call {
  const chat = meterChat(model, { ledger, models: [model], maxTokens: TOKENS });
  const messages = [{ role: 'user', content: WORDS }] as const;
  return async (signal) => {
    for await (const _ of chat.stream({ userId, feature: 'test', messages, signal }));
  };
}

function callOf(ctx: Context, input: Exclude<TestAiInput, { kind: 'model' }>): Call {
  const { ledger, embedding } = ctx;
  const { userId } = ctx.auth;
  switch (input.kind) {
    case 'chat': {
      const model = ctx.aiModels.chat.find(({ provider }) => provider === input.provider);
      if (!model) throw notFound('Model');
      return chatCall(ctx, model);
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
