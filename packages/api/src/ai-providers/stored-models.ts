import type { Provider } from '@ainotebook/ai';
import {
  type ModelPick,
  type ModelPicks,
  modelPicksSchema,
  type PickProblem,
  type PickPurpose,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { KeyBox } from './key-box.js';

const { aiProviders, siteSettings } = schema;

/** Where the picks are kept. */
export const MODELS_KEY = 'ai_models';
/** Nothing is picked: the environment decides. */
export const NO_PICKS: ModelPicks = { chat: [], fast: null, embedding: null };
const ARK_DIMENSIONS = [1024, 2048];

/** A provider that an administrator has added. */
export interface StoredProvider extends Provider {
  isEnabled: boolean;
  /** The key could not be opened, so that `apiKey` is null. */
  isUnreadable: boolean;
  keyHint: string | null;
}

/** What administrators have set up of models. */
export interface StoredModels {
  providers: StoredProvider[];
  picks: ModelPicks;
}

/** What a sealed key belongs to: moved to another row, or to another address, it does not open. */
export const placeOf = ({ name, baseUrl }: Pick<Provider, 'name' | 'baseUrl'>): string =>
  `${name} ${baseUrl}`;

/** Reads what administrators have set up; what is sealed under the secret before is sealed anew. */
export async function readStoredModels(db: Db | Tx, box: KeyBox | null): Promise<StoredModels> {
  const rows = await db
    .select({
      name: aiProviders.name,
      kind: aiProviders.kind,
      baseUrl: aiProviders.baseUrl,
      sealedKey: aiProviders.sealedKey,
      keyHint: aiProviders.keyHint,
      isEnabled: aiProviders.isEnabled,
    })
    .from(aiProviders)
    .orderBy(asc(aiProviders.createdAt), asc(aiProviders.name));
  const providers: StoredProvider[] = [];
  for (const { sealedKey, ...row } of rows) {
    const apiKey = sealedKey === null ? null : (box?.open(sealedKey, placeOf(row)) ?? null);
    providers.push({ ...row, apiKey, isUnreadable: sealedKey !== null && apiKey === null });
    if (!box || sealedKey === null || apiKey === null || box.isCurrent(sealedKey)) continue;
    await db
      .update(aiProviders)
      .set({ sealedKey: box.seal(apiKey, placeOf(row)) })
      .where(and(eq(aiProviders.name, row.name), eq(aiProviders.sealedKey, sealedKey)));
  }
  return { providers, picks: await readPicks(db) };
}

/** Which models are picked; nothing where what is kept is of another release. */
export async function readPicks(db: Db | Tx): Promise<ModelPicks> {
  const [row] = await db
    .select({ value: siteSettings.value })
    .from(siteSettings)
    .where(eq(siteSettings.key, MODELS_KEY));
  return modelPicksSchema.safeParse(row?.value).data ?? NO_PICKS;
}

/** Two that change providers or picks at once see each other's changes. */
export async function lockModels(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('models of the server', 0))`);
}

/** A picked model with whoever runs it. */
export interface Picked {
  provider: Provider;
  model: string;
}

export interface UsablePicks {
  chat: Picked[];
  fast: Picked | null;
  embedding: (Picked & { dimensions: number }) | null;
  /** Why others are not asked. */
  problems: PickProblem[];
}

/**
 * Those of the picks that can be asked.
 * @param options.mayCall whether this server may call an address that an administrator named
 */
export function usablePicks(
  { providers, picks }: StoredModels,
  options: { environment: readonly Provider[]; mayCall: (url: string) => boolean },
): UsablePicks {
  const problems: PickProblem[] = [];
  function find(purpose: PickPurpose, pick: ModelPick): Picked[] {
    const { model } = pick;
    const given = options.environment.find(({ name }) => name === pick.provider);
    if (given) return [{ provider: given, model }];
    const stored = providers.find(({ name }) => name === pick.provider);
    const why = whyNot(stored, options.mayCall);
    if (stored && why === null) return [{ provider: stored, model }];
    problems.push({ purpose, provider: pick.provider, why: why ?? 'gone' });
    return [];
  }
  const { embedding } = picks;
  const [embedder] = embedding ? find('embedding', embedding) : [];
  const fits = embedder && embedding && hasLength(embedder.provider, embedding.dimensions);
  if (embedder && !fits)
    problems.push({ purpose: 'embedding', provider: embedder.provider.name, why: 'dimensions' });
  return {
    chat: picks.chat.flatMap((pick) => find('chat', pick)),
    fast: (picks.fast && find('fast', picks.fast)[0]) ?? null,
    embedding: fits ? { ...embedder, dimensions: embedding.dimensions } : null,
    problems,
  };
}

function whyNot(
  stored: StoredProvider | undefined,
  mayCall: (url: string) => boolean,
): PickProblem['why'] | null {
  if (!stored) return 'gone';
  if (!stored.isEnabled) return 'off';
  if (stored.isUnreadable) return 'unreadable';
  return mayCall(stored.baseUrl) ? null : 'address';
}

/** Whether a provider may have vectors of so many numbers. */
export const hasLength = ({ kind }: Pick<Provider, 'kind'>, dimensions: number): boolean =>
  kind !== 'ark' || ARK_DIMENSIONS.includes(dimensions);
