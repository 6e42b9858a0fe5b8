import { randomBytes } from 'node:crypto';
import type { AdminPlan, CreatePlanInput, PlanBenefits } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { v7 } from 'uuid';
import type { TestApi, TestUser } from '../test-support.js';
import { requirePlan } from './plans.service.js';

/** Those of a plan that gives nothing beyond what everybody has. */
export const NO_BENEFITS: PlanBenefits = {
  storageBytes: null,
  articles: null,
  aiTokensPerMonth: null,
  concurrentStreams: null,
  hasJobPriority: false,
  hasCustomDomain: false,
};

/** A plan of 10 GiB at 12.00 a month, 120.00 a year. */
export async function buildPlan(
  admin: TestUser,
  fields: Partial<CreatePlanInput> = {},
): Promise<AdminPlan> {
  return admin.api.admin.plans.create({
    key: `p${randomBytes(6).toString('hex')}`,
    name: 'Pro',
    benefits: { storageBytes: 10 * 1024 ** 3 },
    prices: [
      { period: 'month', amountFen: 1200 },
      { period: 'year', amountFen: 12_000 },
    ],
    ...fields,
  });
}

/** An order of 12.00 straight in the database. */
export async function buildOrder(
  t: TestApi,
  { userId, plan }: { userId: string | null; plan: AdminPlan },
  fields: Partial<typeof schema.orders.$inferInsert> = {},
): Promise<typeof schema.orders.$inferSelect> {
  const { db } = t.services();
  const { versionId } = await requirePlan(db, plan.id);
  const id = v7();
  const [row] = await db
    .insert(schema.orders)
    .values({
      id,
      checkoutId: id,
      userId,
      planId: plan.id,
      versionId,
      outTradeNo: `t-${randomBytes(12).toString('hex')}`,
      period: 'month',
      amountFen: 1200,
      channel: 'alipay',
      mode: 'qr',
      subject: 'Pro',
      expiresAt: new Date(Date.now() + 900_000),
      ...fields,
    })
    .returning();
  if (!row) throw new Error('the insert of an order returned no row');
  return row;
}

/** A month of a plan that was given by hand at some time, straight in the database. */
export async function buildTerm(
  t: TestApi,
  term: { userId: string; planId: string; grantedAt: Date },
): Promise<void> {
  const { db } = t.services();
  const { versionId } = await requirePlan(db, term.planId);
  await db.insert(schema.entitlements).values({ ...term, versionId, period: 'month', reason: 'x' });
}
