import {
  type ChatModel,
  type ChatOptions,
  createChatModel,
  createEmbeddingModel,
  createFallback,
  createWebSearch,
  type EmbeddingModel,
  type ModelCall,
  observeChat,
  observeEmbedding,
  observeWebSearch,
  type Provider,
  type WebSearch,
} from '@ainotebook/ai';
import type { PROVIDERS } from './env/ai.js';
import { EnvError, type Settings } from './env.js';
import type { Env } from './env-schema.js';

/** The models and the search engine of the environment; null where none is. */
export interface GivenModels {
  /** Whoever runs them. */
  providers: Provider[];
  chat: ChatModel | null;
  /** Those behind `chat`, in the order in which they are asked. */
  chatModels: ChatModel[];
  embedding: EmbeddingModel | null;
  webSearch: WebSearch | null;
}

export interface Listeners {
  warn: (line: string) => void;
  /** Told of every call of a model or a search engine when it is over. */
  onCall: (call: ModelCall) => void;
}

type ProviderName = (typeof PROVIDERS)[number];

/** A provider with what it runs. */
interface Offer {
  provider: Provider;
  chatModel: string;
  /** Null where it has none. */
  embeddingModel: string | null;
}

const OPENAI_HOST = 'api.openai.com';
/** The search engine that an operator runs. */
const OWN_ENGINE = 'searxng';
const ARK_DIMENSIONS = [1024, 2048];

/**
 * The models and the search engine of the settings. What is half set up is off with a warning, and in production a reason not to start.
 * @throws EnvError
 */
export function createModels(
  { env, isProduction }: Settings,
  { warn, onCall }: Listeners,
): GivenModels {
  const problems: string[] = [];
  const offers = new Map<ProviderName, Offer>();
  const volcengine = volcengineOf(env);
  if (volcengine) offers.set('volcengine', volcengine);
  const openai = openaiOf(env);
  if (typeof openai === 'string') problems.push(openai);
  else if (openai) offers.set('openai', openai);

  const order = env.AI_PROVIDERS ?? [...offers.keys()];
  const chosen = order.flatMap((name) => {
    const offer = offers.get(name);
    if (offer) return [offer];
    problems.push(`AI_PROVIDERS names ${name}, which is not set up: ${needOf(name)} is missing.`);
    return [];
  });
  const embedding = embedderOf(env, chosen, offers, problems);
  const webSearch = webSearchOf(env, problems);
  const chatModels = chatModelsOf(env, chosen).map((model) => observeChat(model, onCall));
  const unpriced = unpricedOf(env, [
    ...[...chatModels, ...(embedding ? [embedding] : [])].map(({ model }) => model),
    // One of one's own asks nothing for a search.
    ...(webSearch && webSearch.provider !== OWN_ENGINE ? [webSearch.provider] : []),
  ]);
  if (problems.length + unpriced.length > 0 && isProduction)
    throw new EnvError([...problems, ...unpriced]);
  for (const line of problems) warn(`${line} It stays off.`);
  for (const line of unpriced) warn(`${line} Its calls are not counted.`);

  for (const { provider } of chosen) {
    if (!/\/v\d+$/.test(provider.baseUrl))
      warn(`The address of ${provider.name} does not end in /v1 or the like: ${provider.baseUrl}`);
  }
  const [first, ...others] = chatModels;
  return {
    providers: [...offers.values()].map(({ provider }) => provider),
    chat: first ? createFallback([first, ...others]) : null,
    chatModels,
    embedding: embedding && observeEmbedding(embedding, onCall),
    webSearch: webSearch && observeWebSearch(webSearch, onCall),
  };
}

/** A line for each model and search engine without a price, where money is counted. */
function unpricedOf(env: Env, names: readonly string[]): string[] {
  if (env.AI_BUDGET_YUAN === undefined) return [];
  return names
    .filter((name) => !env.AI_PRICES_JSON?.has(name))
    .map((name) => `AI_BUDGET_YUAN needs a price of ${name} in AI_PRICES_JSON.`);
}

function volcengineOf(env: Env): Offer | null {
  if (env.VOLCENGINE_API_KEY === undefined) return null;
  return {
    provider: {
      name: 'volcengine',
      kind: 'ark',
      baseUrl: env.VOLCENGINE_BASE_URL,
      apiKey: env.VOLCENGINE_API_KEY,
    },
    chatModel: env.VOLCENGINE_CHAT_MODEL,
    embeddingModel: env.VOLCENGINE_EMBEDDING_MODEL,
  };
}

/** A line where it is half set up. */
function openaiOf(env: Env): Offer | string | null {
  const isOpenai = new URL(env.OPENAI_BASE_URL).hostname === OPENAI_HOST;
  const apiKey = env.OPENAI_API_KEY ?? null;
  if (isOpenai && apiKey === null) return null;
  const chatModel = env.OPENAI_CHAT_MODEL ?? (isOpenai ? 'gpt-6-luna' : null);
  if (chatModel === null)
    return 'OPENAI_BASE_URL is half configured: OPENAI_CHAT_MODEL is missing.';
  return {
    provider: { name: 'openai', kind: 'openai', baseUrl: env.OPENAI_BASE_URL, apiKey },
    chatModel,
    embeddingModel: env.OPENAI_EMBEDDING_MODEL ?? (isOpenai ? 'text-embedding-3-small' : null),
  };
}

const needOf = (name: ProviderName) =>
  name === 'volcengine' ? 'VOLCENGINE_API_KEY' : 'OPENAI_API_KEY (or OPENAI_BASE_URL)';

function chatModelsOf(env: Env, offers: readonly Offer[]): ChatModel[] {
  return offers.map(({ provider, chatModel }) =>
    createChatModel(provider, { model: chatModel, ...chatOptions(env, offers.length) }),
  );
}

/** How the models of this server are asked. @param count how many stand behind each other */
export const chatOptions = (env: Env, count: number): Omit<ChatOptions, 'model'> => ({
  contextTokens: env.AI_CONTEXT_TOKENS,
  totalMs: env.AI_TIMEOUT_MS,
  firstChunkMs: env.AI_FIRST_CHUNK_MS,
  chunkMs: env.AI_CHUNK_MS,
  thinking: env.VOLCENGINE_THINKING,
  // Who has nobody behind him is asked twice.
  retries: count > 1 ? 0 : 1,
});

/** Vectors of two models cannot be compared, so it is one, and nothing falls back. */
function embedderOf(
  env: Env,
  chosen: readonly Offer[],
  offers: ReadonlyMap<ProviderName, Offer>,
  problems: string[],
): EmbeddingModel | null {
  const wanted = env.AI_EMBEDDING_PROVIDER;
  if (wanted === 'off') return null;
  const offer = wanted
    ? offers.get(wanted)
    : chosen.find(({ embeddingModel }) => embeddingModel !== null);
  if (wanted && !offer?.embeddingModel) {
    const missing = offer ? 'OPENAI_EMBEDDING_MODEL' : needOf(wanted);
    problems.push(`AI_EMBEDDING_PROVIDER names ${wanted}: ${missing} is missing.`);
  }
  if (!offer?.embeddingModel) return null;
  const dimensions = env.EMBEDDING_DIMENSIONS;
  if (offer.provider.kind === 'ark' && !ARK_DIMENSIONS.includes(dimensions)) {
    problems.push(
      `EMBEDDING_DIMENSIONS must be 1024 or 2048 with Volcengine (it is ${dimensions}).`,
    );
    return null;
  }
  return createEmbeddingModel(offer.provider, { model: offer.embeddingModel, dimensions });
}

function webSearchOf(env: Env, problems: string[]): WebSearch | null {
  const { SEARCH_ENGINE_API_KEY: apiKey = null, SEARCH_ENGINE_BASE_URL: baseUrl } = env;
  const usual = apiKey === null ? (baseUrl ? OWN_ENGINE : null) : 'bocha';
  const provider = env.SEARCH_ENGINE_PROVIDER ?? usual;
  if (provider === null) return null;
  const isOwn = provider === OWN_ENGINE;
  if (isOwn ? baseUrl === undefined : apiKey === null) {
    const missing = isOwn ? 'SEARCH_ENGINE_BASE_URL' : 'SEARCH_ENGINE_API_KEY';
    problems.push(`Web search by ${provider} is half configured: ${missing} is missing.`);
    return null;
  }
  return createWebSearch({
    provider,
    apiKey,
    ...(baseUrl ? { baseUrl } : {}),
    timeoutMs: env.SEARCH_TIMEOUT_MS,
    maxResults: env.SEARCH_MAX_RESULTS,
  });
}
