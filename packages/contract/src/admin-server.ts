import { z } from 'zod';

/**
 * Where a variable of the server comes from: of the process itself, of the file `.env`, its default, or
 * nowhere. `placeholder`: it still has the one of `.env.example`, and counts as not set.
 */
export const variableSourceSchema = z.enum([
  'environment',
  'file',
  'default',
  'unset',
  'placeholder',
]);
export const serverVariableSchema = z.object({
  name: z.string(),
  group: z.string(),
  source: variableSourceSchema,
  isSecret: z.boolean(),
});
export type ServerVariable = z.infer<typeof serverVariableSchema>;

export const slowQueriesInput = z.strictObject({ by: z.enum(['total', 'mean']) });
export type SlowQueriesInput = z.infer<typeof slowQueriesInput>;

/** A statement without its values; times in milliseconds. */
export const slowQuerySchema = z.object({
  text: z.string(),
  calls: z.number(),
  totalMs: z.number(),
  meanMs: z.number(),
  maxMs: z.number(),
  rows: z.number(),
});
export type SlowQuery = z.infer<typeof slowQuerySchema>;

export const slowQueriesSchema = z.object({
  /** Whether the database counts statements, and what it lacks for that. */
  state: z.enum(['on', 'not_loaded', 'not_created']),
  /** Since when it counts. */
  since: z.date().nullable(),
  queries: z.array(slowQuerySchema),
});
export type SlowQueries = z.infer<typeof slowQueriesSchema>;

export const indexUseSchema = z.object({
  name: z.string(),
  table: z.string(),
  bytes: z.number(),
  /** How often something was looked up in it. */
  scans: z.number(),
});
export type IndexUse = z.infer<typeof indexUseSchema>;

export const indexUsesSchema = z.object({
  /** Since when uses are counted. */
  since: z.date().nullable(),
  count: z.number().int(),
  /** Looked up in never, and no rule stands on it; the largest first. */
  unused: z.array(indexUseSchema),
  /** The most used first. */
  used: z.array(indexUseSchema),
});
export type IndexUses = z.infer<typeof indexUsesSchema>;
