import {
  type AiProvider,
  type AiProviders,
  type CreateAiProviderInput,
  LIMITS,
  type ModelPicks,
  type UpdateAiProviderInput,
} from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { count, eq, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { queueCatchUp, queueRetry } from '../retrieval/embedding.jobs.js';
import type { KeyBox } from './key-box.js';
import {
  hasLength,
  lockModels,
  MODELS_KEY,
  placeOf,
  readPicks,
  readStoredModels,
  type StoredProvider,
  usablePicks,
} from './stored-models.js';

const { aiProviders, siteSettings } = schema;

/** So long a key must be that its last four characters tell nothing of the rest. */
const HINTED_LENGTH = 16;
/** Until every process has learned of another model. */
const LEARNED_MS = 5_000;

type Context = Pick<
  AuthedContext,
  'db' | 'auth' | 'request' | 'modelControl' | 'ledger' | 'nudgeJobs'
>;

/** Who runs models, and which of them do what; no key. */
export async function listAiProviders({
  db,
  modelControl,
}: Pick<Context, 'db' | 'modelControl'>): Promise<AiProviders> {
  const { environment, box } = modelControl;
  const stored = await readStoredModels(db, box);
  const given = environment.map(
    ({ name, kind, apiKey }): AiProvider => ({
      name,
      kind,
      baseUrl: null,
      source: 'environment',
      isEnabled: true,
      key: apiKey === null ? 'none' : 'kept',
      keyHint: null,
    }),
  );
  return {
    providers: [...given, ...stored.providers.map(shown)],
    picks: stored.picks,
    problems: usablePicks(stored, modelControl).problems,
    canKeepKeys: box !== null,
  };
}

function shown(provider: StoredProvider): AiProvider {
  const { name, kind, baseUrl, isEnabled, keyHint, apiKey, isUnreadable } = provider;
  const key = isUnreadable ? 'unreadable' : apiKey === null ? 'none' : 'kept';
  return { name, kind, baseUrl, source: 'stored', isEnabled, key, keyHint };
}

/**
 * Adds a provider; its key is sealed, and no answer has it.
 * @throws AppError name_taken, limit_reached, bad_input (an address this server may not call), encryption_off
 */
export async function createAiProvider(
  ctx: Context,
  { name, kind, baseUrl, apiKey = null }: CreateAiProviderInput,
): Promise<AiProviders> {
  const { environment, box } = ctx.modelControl;
  requireCallable(ctx, baseUrl);
  const kept = sealedColumns(box, apiKey, { name, baseUrl });
  await ctx.db.transaction(async (tx) => {
    await lockModels(tx);
    const [present] = await tx.select({ count: count() }).from(aiProviders);
    if ((present?.count ?? 0) >= LIMITS.aiProviders)
      throw new AppError('limit_reached', 'Too many providers; delete some first');
    const isGiven = environment.some((one) => one.name === name);
    const added = isGiven
      ? []
      : await tx
          .insert(aiProviders)
          .values({ name, kind, baseUrl, ...kept })
          .onConflictDoNothing()
          .returning({ name: aiProviders.name });
    if (added.length === 0) throw new AppError('name_taken', 'There is a provider of this name');
    await note(tx, ctx, 'ai.provider_created', name, { kind, baseUrl });
  });
  return settled(ctx);
}

/**
 * Changes a provider. @throws AppError not_found, encryption_off, bad_input (an address this server may not call, or
 * another address without the key)
 */
export async function updateAiProvider(
  ctx: Context,
  { name, data }: UpdateAiProviderInput,
): Promise<AiProviders> {
  const { box } = ctx.modelControl;
  await ctx.db.transaction(async (tx) => {
    await lockModels(tx);
    const [row] = await tx
      .select({ baseUrl: aiProviders.baseUrl, sealedKey: aiProviders.sealedKey })
      .from(aiProviders)
      .where(eq(aiProviders.name, name));
    if (!row) throw notFound('Provider');
    const { baseUrl = row.baseUrl, apiKey, isEnabled } = data;
    const isElsewhere = baseUrl !== row.baseUrl;
    if (isElsewhere) requireCallable(ctx, baseUrl);
    if (isElsewhere && row.sealedKey !== null && apiKey === undefined)
      throw badField('data.apiKey', 'The key is needed again at another address');
    const kept = apiKey === undefined ? {} : sealedColumns(box, apiKey, { name, baseUrl });
    await tx
      .update(aiProviders)
      .set({ baseUrl, ...kept, ...(isEnabled === undefined ? {} : { isEnabled }) })
      .where(eq(aiProviders.name, name));
    const fields = Object.entries(data).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    );
    await note(tx, ctx, 'ai.provider_updated', name, { fields, baseUrl });
    if ((await readPicks(tx)).embedding?.provider === name)
      await queueRetry(tx, { delayMs: LEARNED_MS });
  });
  return settled(ctx);
}

/** Forgets a provider and its key. @throws AppError not_found, conflict (a model of it is picked) */
export async function deleteAiProvider(
  ctx: Context,
  { name }: { name: string },
): Promise<AiProviders> {
  await ctx.db.transaction(async (tx) => {
    await lockModels(tx);
    const { chat, fast, embedding } = await readPicks(tx);
    if ([...chat, fast, embedding].some((pick) => pick?.provider === name))
      throw new AppError('conflict', 'A model of this provider is picked; pick another one first');
    const gone = await tx
      .delete(aiProviders)
      .where(eq(aiProviders.name, name))
      .returning({ name: aiProviders.name });
    if (gone.length === 0) throw notFound('Provider');
    await note(tx, ctx, 'ai.provider_deleted', name, {});
  });
  return settled(ctx);
}

/**
 * Picks which models do what.
 * @throws AppError not_found (a provider), bad_input (vectors of a length the provider has not, a model without a price
 *   where money is counted)
 */
export async function pickModels(ctx: Context, picks: ModelPicks): Promise<AiProviders> {
  const { environment, box } = ctx.modelControl;
  requirePrices(ctx, picks);
  await ctx.db.transaction(async (tx) => {
    await lockModels(tx);
    const { providers, picks: before } = await readStoredModels(tx, box);
    const known = [...environment, ...providers];
    const { chat, fast, embedding } = picks;
    for (const pick of [...chat, fast, embedding]) {
      if (pick && !known.some(({ name }) => name === pick.provider)) throw notFound('Provider');
    }
    const embedder = embedding && known.find(({ name }) => name === embedding.provider);
    if (embedding && embedder && !hasLength(embedder, embedding.dimensions))
      throw badField('embedding.dimensions', 'Volcengine has vectors of 1024 and 2048 numbers');
    await tx
      .insert(siteSettings)
      .values({ key: MODELS_KEY, value: picks })
      .onConflictDoUpdate({
        target: siteSettings.key,
        set: { value: sql`excluded.value`, updatedAt: sql`now()` },
      });
    const names = (all: ({ provider: string; model: string } | null)[]) =>
      all.flatMap((pick) => (pick ? [`${pick.provider}/${pick.model}`] : []));
    await note(tx, ctx, 'ai.models_picked', null, {
      chat: names(chat),
      fast: names([fast]),
      embedding: names([embedding]),
    });
    // What little there is to read is read at once; much waits for a word.
    if (JSON.stringify(before.embedding) !== JSON.stringify(embedding)) {
      await queueCatchUp(tx, { delayMs: LEARNED_MS });
      await queueRetry(tx, { delayMs: LEARNED_MS });
    }
  });
  return settled(ctx);
}

/** This process uses what was stored with its answer; the others a second later. */
async function settled(ctx: Context): Promise<AiProviders> {
  await ctx.modelControl.reload();
  return listAiProviders(ctx);
}

/** @throws AppError bad_input */
function requireCallable({ modelControl }: Context, baseUrl: string): void {
  if (modelControl.mayCall(baseUrl)) return;
  throw badField(
    'baseUrl',
    'This server calls no private address and no unusual port unless AI_ALLOW_PRIVATE_HOSTS names it',
  );
}

/** @throws AppError bad_input */
function requirePrices({ ledger }: Context, { chat, fast, embedding }: ModelPicks): void {
  if (ledger.budgets.microYuan === null) return;
  const models = [
    ...chat.map(({ model }, at) => ({ path: `chat.${at}.model`, model })),
    ...(fast ? [{ path: 'fast.model', model: fast.model }] : []),
    ...(embedding ? [{ path: 'embedding.model', model: embedding.model }] : []),
  ];
  const unpriced = models.find(({ model }) => !ledger.hasPrice(model));
  if (unpriced) throw badField(unpriced.path, `AI_BUDGET_YUAN needs a price of ${unpriced.model}`);
}

/** @throws AppError encryption_off */
function sealedColumns(
  box: KeyBox | null,
  apiKey: string | null,
  provider: { name: string; baseUrl: string },
): { sealedKey: string | null; keyHint: string | null } {
  if (apiKey === null) return { sealedKey: null, keyHint: null };
  if (!box)
    throw new AppError('encryption_off', 'Keys cannot be kept: this server has no ENCRYPTION_KEY');
  const keyHint = apiKey.length >= HINTED_LENGTH ? apiKey.slice(-4) : null;
  return { sealedKey: box.seal(apiKey, placeOf(provider)), keyHint };
}

const badField = (path: string, message: string) =>
  new AppError('bad_input', message, { fields: [{ path, message }] });

function note(
  tx: Tx,
  { auth, request }: Context,
  action:
    | 'ai.provider_created'
    | 'ai.provider_updated'
    | 'ai.provider_deleted'
    | 'ai.models_picked',
  name: string | null,
  detail: Record<string, string | string[]>,
): Promise<void> {
  return audit(tx, {
    ...auditBy({ auth, request }),
    action,
    ...(name === null ? { subjectType: 'site' } : { subjectType: 'ai_provider', subjectId: name }),
    detail,
  });
}
