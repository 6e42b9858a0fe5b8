import { z } from 'zod';
import { dateInput, id, line, pageInput, text } from './common.js';
import { LIMITS } from './limits.js';

/** How long a term is. */
export const planPeriodSchema = z.enum(['month', 'year', 'lifetime']);
export type PlanPeriod = z.infer<typeof planPeriodSchema>;

const allowance = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable();

/** What a plan gives; null: what everybody has. */
export const planBenefitsSchema = z.strictObject({
  /** Bytes of all files. */
  storageBytes: allowance.default(null),
  articles: allowance.default(null),
  /** Tokens of the AI in a calendar month. */
  aiTokensPerMonth: allowance.default(null),
  /** Answers of the AI at the same time. */
  concurrentStreams: allowance.default(null),
  /** Background work goes before that of others. */
  hasJobPriority: z.boolean().default(false),
  hasCustomDomain: z.boolean().default(false),
});
export type PlanBenefits = z.infer<typeof planBenefitsSchema>;

const amountFen = z.number().int().min(1).max(LIMITS.amountFen);
/** What a term costs, in whole fen of CNY. */
export const planPriceSchema = z.object({ period: planPeriodSchema, amountFen });
export type PlanPrice = z.infer<typeof planPriceSchema>;

/** A plan as it is sold now. */
export const planSchema = z.object({
  id,
  /** Names the plan for good. */
  key: z.string(),
  /** Of the present version. */
  version: z.number().int(),
  name: z.string(),
  description: z.string(),
  benefits: planBenefitsSchema,
  prices: z.array(planPriceSchema),
});
export type Plan = z.infer<typeof planSchema>;
export const adminPlanSchema = planSchema.extend({ isActive: z.boolean() });
export type AdminPlan = z.infer<typeof adminPlanSchema>;

const planContent = {
  name: line(60).pipe(z.string().min(1)),
  description: text(2000).default(''),
  benefits: planBenefitsSchema,
  prices: z
    .array(planPriceSchema)
    .max(3)
    .refine((prices) => new Set(prices.map((one) => one.period)).size === prices.length, {
      message: 'holds a period twice',
    }),
};
export const createPlanInput = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, 'must be like pro or pro-2'),
  ...planContent,
});
export type CreatePlanInput = z.infer<typeof createPlanInput>;
/** Makes a new version; what was sold stays as it was. */
export const updatePlanInput = z.strictObject({
  id,
  data: z.strictObject({ ...planContent, isActive: z.boolean() }),
});
export type UpdatePlanInput = z.infer<typeof updatePlanInput>;

/** A plan that somebody has now. */
export const heldPlanSchema = z.object({
  planId: id,
  name: z.string(),
  benefits: planBenefitsSchema,
  /** When the last of its terms ends, as they follow each other; null: never. */
  endsAt: z.date().nullable(),
  /** It has ended, and gives what it gave for some days more: `LIMITS.planGraceDays`. */
  isInGrace: z.boolean(),
});
export type HeldPlan = z.infer<typeof heldPlanSchema>;

/** What the caller has. */
export const myPlanSchema = z.object({
  plans: z.array(heldPlanSchema),
  /** Those that were left to end, and are over with their days of grace. */
  ended: z.array(z.object({ planId: id, name: z.string(), endedAt: z.date() })),
  /** The most of what any of `plans` gives. */
  benefits: planBenefitsSchema,
});
export type MyPlan = z.infer<typeof myPlanSchema>;

/** Letters and digits as they are typed; case, spaces and hyphens do not matter. */
export const redeemInput = z.strictObject({ code: line(60) });

export const codeBatchSchema = z.object({
  id,
  note: z.string(),
  planId: id,
  planName: z.string(),
  period: planPeriodSchema,
  codeCount: z.number().int(),
  redeemedCount: z.number().int(),
  expiresAt: z.date(),
  revokedAt: z.date().nullable(),
  createdAt: z.date(),
});
export type CodeBatch = z.infer<typeof codeBatchSchema>;
export const generateCodesInput = z.strictObject({
  planId: id,
  period: planPeriodSchema,
  count: z.number().int().min(1).max(LIMITS.codesPerBatch),
  note: line(100).default(''),
  expiresAt: dateInput,
});
export type GenerateCodesInput = z.infer<typeof generateCodesInput>;
export const listCodeBatchesInput = z
  .strictObject({ ...pageInput })
  .default({ limit: LIMITS.pageSize });
export type ListCodeBatchesInput = z.infer<typeof listCodeBatchesInput>;
/** The codes of a batch, with what became of each, as CSV. */
export const codesFileSchema = z.object({ fileName: z.string(), csv: z.string() });

export const entitlementSchema = z.object({
  id,
  planId: id,
  planName: z.string(),
  period: planPeriodSchema,
  source: z.enum(['order', 'code', 'grant']),
  reason: z.string().nullable(),
  grantedAt: z.date(),
  revokedAt: z.date().nullable(),
});
export type Entitlement = z.infer<typeof entitlementSchema>;
export const listEntitlementsInput = z.strictObject({ userId: id });
export const grantInput = z.strictObject({
  userId: id,
  planId: id,
  period: planPeriodSchema,
  reason: line(200).pipe(z.string().min(1)),
});
export type GrantInput = z.infer<typeof grantInput>;
