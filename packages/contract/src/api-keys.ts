import { z } from 'zod';
import { id, line } from './common.js';
import { LIMITS } from './limits.js';

/** What keys are given access to; each for reading and for writing, and neither includes the other. */
export const API_RESOURCES = [
  'account',
  'articles',
  'assist',
  'conversations',
  'exports',
  'files',
  'imports',
  'notebooks',
  'publications',
  'search',
  'shares',
  'tags',
  'webhooks',
] as const;
export type ApiResource = (typeof API_RESOURCES)[number];
export type ApiScope = `${ApiResource}:${'read' | 'write'}`;

/** Every scope there is: `articles:read`, `articles:write`, ... */
export const API_SCOPES: readonly ApiScope[] = API_RESOURCES.flatMap((resource): ApiScope[] => [
  `${resource}:read`,
  `${resource}:write`,
]);
export const apiScopeSchema = z.enum(API_SCOPES);

/** What every key begins with, so that one is known where it should not be. */
export const API_KEY_PREFIX = 'anb_';

export const apiKeySchema = z.object({
  id,
  name: z.string(),
  /** The first characters of the key, to tell it from others. */
  prefix: z.string(),
  scopes: z.array(apiScopeSchema),
  status: z.enum(['live', 'revoked', 'expired']),
  /** To the minute; null: never. */
  lastUsedAt: z.date().nullable(),
  expiresAt: z.date().nullable(),
  createdAt: z.date(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export const createApiKeyInput = z.strictObject({
  /** For its owner: what the key is for. */
  name: line(LIMITS.apiKeyNameLength).refine((value) => value.length > 0, 'is required'),
  scopes: z
    .array(apiScopeSchema)
    .min(1)
    .max(API_SCOPES.length)
    .transform((scopes) => [...new Set(scopes)]),
  /** Null: until it is revoked. */
  expiresInDays: z.number().int().min(1).max(LIMITS.apiKeyDays).nullable(),
});
export type CreateApiKeyInput = z.infer<typeof createApiKeyInput>;

/** The key itself is shown this once; only its hash is stored. */
export const createdApiKeySchema = apiKeySchema.extend({ secret: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;
