import { z } from 'zod';
import { line, webUrl } from './common.js';
import { LIMITS } from './limits.js';

/** `ark`: Volcengine Ark. `openai`: OpenAI, and whatever speaks like it. */
export const aiProviderKindSchema = z.enum(['ark', 'openai']);
export type AiProviderKind = z.infer<typeof aiProviderKindSchema>;

/** What vectors and the ledger are kept under, so it is never changed. */
const providerName = z
  .string()
  .trim()
  .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, 'must be lower-case letters, digits and -');

const baseUrl = webUrl
  .refine((value) => !/[?#]/.test(value), 'must be an address without ? and #')
  .transform((value) => value.replace(/\/+$/, ''));

/** What a header can carry. */
const apiKey = z
  .string()
  .trim()
  .min(1)
  .max(LIMITS.providerKeyLength)
  .regex(/^[\x21-\x7e]+$/, 'must be letters, digits and signs without spaces');

/**
 * - `none`: the server asks for no key. `kept`: there is one.
 * - `unreadable`: it was kept under another ENCRYPTION_KEY than the server has now.
 */
export const providerKeySchema = z.enum(['none', 'kept', 'unreadable']);

export const aiProviderSchema = z.object({
  name: z.string(),
  kind: aiProviderKindSchema,
  /** Null for one of the environment, whose values are not shown. */
  baseUrl: z.string().nullable(),
  /** Those of the environment are changed there. */
  source: z.enum(['environment', 'stored']),
  isEnabled: z.boolean(),
  key: providerKeySchema,
  /** The last four characters of the key; null where it is too short for that, and of the environment. */
  keyHint: z.string().nullable(),
});
export type AiProvider = z.infer<typeof aiProviderSchema>;

export const createAiProviderInput = z.strictObject({
  name: providerName,
  kind: aiProviderKindSchema,
  baseUrl,
  /** Absent or null where the server asks for none. */
  apiKey: apiKey.nullish(),
});
export type CreateAiProviderInput = z.infer<typeof createAiProviderInput>;

export const byProviderName = z.strictObject({ name: providerName });

export const updateAiProviderInput = z.strictObject({
  name: providerName,
  data: z.strictObject({
    /** Another address needs the key again, so that nobody sends a key they do not know to a place of their own. */
    baseUrl: baseUrl.optional(),
    /** Absent: as it is. Null: the server asks for none. */
    apiKey: apiKey.nullish(),
    /** One that is off is not asked, whatever it is picked for. */
    isEnabled: z.boolean().optional(),
  }),
});
export type UpdateAiProviderInput = z.infer<typeof updateAiProviderInput>;

const modelName = line(LIMITS.modelNameLength).min(1);
const pick = z.strictObject({ provider: providerName, model: modelName });
export type ModelPick = z.infer<typeof pick>;

/** Which models do what. Where nothing is picked, those of the environment do. */
export const modelPicksSchema = z.strictObject({
  /** Who writes answers, in the order in which they are asked: the next one where one fails. */
  chat: z.array(pick).max(LIMITS.chatModels),
  /** Who writes what is short: titles, tags, summaries. Null: who writes answers. */
  fast: pick.nullable(),
  /** Whose vectors are searched. Another one, or other dimensions, reads all notes anew. */
  embedding: pick.extend({ dimensions: z.number().int().min(64).max(4096) }).nullable(),
});
export type ModelPicks = z.infer<typeof modelPicksSchema>;

export const pickPurposeSchema = z.enum(['chat', 'fast', 'embedding']);
export type PickPurpose = z.infer<typeof pickPurposeSchema>;

/**
 * Why a picked model is not asked: its provider is `gone` or `off`, its key is `unreadable`, this server may not call
 * its address (`address`), or its provider has no vectors of that length (`dimensions`).
 */
export const pickProblemSchema = z.object({
  purpose: pickPurposeSchema,
  provider: z.string(),
  why: z.enum(['gone', 'off', 'unreadable', 'address', 'dimensions']),
});
export type PickProblem = z.infer<typeof pickProblemSchema>;

export const aiProvidersSchema = z.object({
  /** Those of the environment first. */
  providers: z.array(aiProviderSchema),
  picks: modelPicksSchema,
  problems: z.array(pickProblemSchema),
  /** Whether keys can be kept: the server has an ENCRYPTION_KEY. */
  canKeepKeys: z.boolean(),
});
export type AiProviders = z.infer<typeof aiProvidersSchema>;
