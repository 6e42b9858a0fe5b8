import { z } from 'zod';
import { id } from './common.js';

/** `chat`: answers to questions. `editor`: help while writing. `test`: an administrator tries a connection. */
export const usageFeatureSchema = z.enum(['chat', 'editor', 'embedding', 'web_search', 'test']);
export type UsageFeature = z.infer<typeof usageFeatureSchema>;

/** `open`: under way. `stopped`: by who asked. `interrupted`: the process that asked is gone. */
export const usageOutcomeSchema = z.enum(['open', 'done', 'stopped', 'failed', 'interrupted']);
export type UsageOutcome = z.infer<typeof usageOutcomeSchema>;

const count = z.number().int();
/** Millionths of a yuan; null where no price is known. */
const cost = z.number().int().nullable();

/** What the AI took for the caller in this calendar month of Beijing. */
export const myUsageSchema = z.object({
  /** When the next month begins, and the budget anew. */
  endsAt: z.date(),
  /** Tokens of what a model wrote for the caller, with what it read for that. */
  tokens: count,
  /** Tokens that are set aside for what is being written. */
  reservedTokens: count,
  /** Tokens of the month; null where there is no limit. */
  limitTokens: count.nullable(),
  /** The budget of the whole server is used up. */
  isInstanceSpent: z.boolean(),
  features: z.array(
    z.object({ feature: usageFeatureSchema, calls: count, tokens: count, costMicroYuan: cost }),
  ),
});
export type MyUsage = z.infer<typeof myUsageSchema>;

export const readUsageInput = z
  .strictObject({ days: z.number().int().min(1).max(90).default(30) })
  .default({ days: 30 });
export type ReadUsageInput = z.infer<typeof readUsageInput>;

/** What one model took for one person on one day of Beijing. */
export const usageRowSchema = z.object({
  /** `2026-11-29` */
  day: z.string(),
  /** Null once the account is gone. */
  userId: id.nullable(),
  email: z.string().nullable(),
  provider: z.string(),
  model: z.string(),
  calls: count,
  failed: count,
  inputTokens: count,
  cachedTokens: count,
  outputTokens: count,
  costMicroYuan: cost,
});
export type UsageRow = z.infer<typeof usageRowSchema>;

/** A budget of a month, and what is used of it with what is set aside; null where there is no limit. */
const budgetSchema = z.object({ used: count, limit: count.nullable() });

export const instanceUsageSchema = z.object({
  tokens: budgetSchema,
  microYuan: budgetSchema,
  /** Tokens of a month that each person has; null where there is no limit. */
  userTokens: count.nullable(),
  /** The latest day first; 500 at most. */
  rows: z.array(usageRowSchema),
});
export type InstanceUsage = z.infer<typeof instanceUsageSchema>;
