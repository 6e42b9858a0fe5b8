import {
  type ChatModel,
  createChatModel,
  createEmbeddingModel,
  createFallback,
  fetchThrough,
  observeChat,
  observeEmbedding,
  type Provider,
} from '@ainotebook/ai';
import {
  type Chat,
  createKeyBox,
  createLedger,
  createModelsInUse,
  type Models,
  type ModelsInUse,
  meterChat,
  meterEmbedding,
  type Picked,
  type Services,
  type StoredModels,
  usablePicks,
} from '@ainotebook/api';
import type { ChangeFeed, Db } from '@ainotebook/db';
import { createEgress } from '@ainotebook/egress';
import { chatOptions, createModels, type Listeners } from './ai.js';
import { listOf, type Settings } from './env.js';
import { hideValues } from './redact.js';
import type { Secrets } from './secrets.js';

/** An answer holds its connection to its end; how many are written at once is not decided there. */
const CONNECTIONS = 256;

interface Options extends Listeners {
  db: Db;
  feed: Pick<ChangeFeed, 'subscribe'>;
  encryption: Secrets['encryption'];
  /** Told what could not be written down, or read. */
  onFault: (message: string, error: unknown) => void;
}

/**
 * The models as the rest of the server has them: those of the environment until `inUse.reload`, then those that an
 * administrator picked, and those of the environment where none is. Every call is in the ledger.
 * @throws EnvError
 */
export function createAi(
  settings: Settings,
  { db, feed, encryption, onFault, ...listeners }: Options,
): Pick<Services, 'models' | 'modelControl' | 'ledger'> & { inUse: ModelsInUse } {
  const { env } = settings;
  const given = createModels(settings, listeners);
  const ledger = createLedger({
    db,
    onFault: (error) => onFault('What a model took could not be written down', error),
    atOnce: env.AI_STREAMS_AT_ONCE ?? null,
    prices: env.AI_PRICES_JSON ?? new Map(),
    budgets: {
      userTokens: env.AI_BUDGET_USER_TOKENS ?? null,
      tokens: env.AI_BUDGET_TOKENS ?? null,
      microYuan: env.AI_BUDGET_YUAN === undefined ? null : env.AI_BUDGET_YUAN * 1_000_000,
    },
  });
  const egress = createEgress({
    privateHosts: listOf(env.AI_ALLOW_PRIVATE_HOSTS),
    connections: CONNECTIONS,
  });
  const reachable = fetchThrough(egress, { timeoutMs: env.AI_TIMEOUT_MS });
  // What the operator has set is the operator's business.
  const reach = (provider: Provider): Provider =>
    given.providers.includes(provider) ? provider : { ...provider, fetch: reachable };
  const box = encryption && createKeyBox(encryption);

  function chainOf(models: readonly ChatModel[]): Chat | null {
    const [first, ...others] = models;
    if (!first) return null;
    const maxTokens = env.AI_MAX_OUTPUT_TOKENS;
    return meterChat(createFallback([first, ...others]), {
      ledger,
      models: [first, ...others],
      maxTokens,
    });
  }

  function build(stored: StoredModels): Models {
    hideValues(
      stored.providers.flatMap(({ apiKey }) => apiKey ?? []),
      'keys of providers',
    );
    for (const { name, isUnreadable } of stored.providers) {
      if (isUnreadable)
        listeners.warn(
          `The key of the AI provider ${name} cannot be read: ENCRYPTION_KEY is missing or another one. It is not asked.`,
        );
    }
    const picked = usablePicks(stored, { environment: given.providers, mayCall: egress.allows });
    const made = ({ provider, model }: Picked, count: number) =>
      observeChat(
        createChatModel(reach(provider), { model, ...chatOptions(env, count) }),
        listeners.onCall,
      );
    const { embedding } = picked;
    const chat =
      stored.picks.chat.length > 0
        ? picked.chat.map((pick) => made(pick, picked.chat.length))
        : given.chatModels;
    const fast = picked.fast && made(picked.fast, chat.length + 1);
    const vectors =
      stored.picks.embedding === null
        ? given.embedding
        : embedding &&
          observeEmbedding(
            createEmbeddingModel(reach(embedding.provider), embedding),
            listeners.onCall,
          );
    const writer = chainOf(chat);
    return {
      chat: writer,
      fast: fast ? chainOf([fast, ...chat]) : writer,
      embedding: vectors && meterEmbedding(vectors, ledger),
      aiModels: { chat, fast, webSearch: given.webSearch },
    };
  }

  const inUse = createModelsInUse({
    db,
    feed,
    box,
    build,
    onFault: (error) => onFault('The models that are picked could not be read', error),
  });
  return {
    ledger,
    models: inUse.current,
    modelControl: {
      environment: given.providers,
      box,
      mayCall: egress.allows,
      reach,
      reload: inUse.reload,
    },
    inUse,
  };
}
