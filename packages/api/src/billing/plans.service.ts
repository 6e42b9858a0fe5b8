import {
  type AdminPlan,
  type ArticleAccess,
  type CreatePlanInput,
  LIMITS,
  type Plan,
  type PlanPrice,
  planBenefitsSchema,
  type UpdatePlanInput,
} from '@ainotebook/contract';
import { type Db, dbFailure, schema, type Tx } from '@ainotebook/db';
import { and, asc, count, eq, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext, Context } from '../context.js';
import { AppError, notFound } from '../errors.js';

const { planPrices, plans, planVersions } = schema;

const isPresent = sql`${planVersions.number} = (
  select max(v.number) from plan_versions v where v.plan_id = ${plans.id})`;

const planColumns = {
  id: plans.id,
  key: plans.key,
  isActive: plans.isActive,
  versionId: planVersions.id,
  version: planVersions.number,
  name: planVersions.name,
  description: planVersions.description,
  benefits: planVersions.benefits,
  prices: sql<PlanPrice[]>`(
    select coalesce(json_agg(json_build_object('period', p.period, 'amountFen', p.amount_fen)
      order by p.amount_fen), '[]')
    from plan_prices p where p.version_id = ${planVersions.id})`,
};

async function readPlans(db: Db | Tx): Promise<(AdminPlan & { versionId: string })[]> {
  const rows = await db
    .select(planColumns)
    .from(plans)
    .innerJoin(planVersions, and(eq(planVersions.planId, plans.id), isPresent))
    .orderBy(asc(plans.createdAt), asc(plans.id))
    .limit(LIMITS.plans);
  return rows.map((row) => ({ ...row, benefits: planBenefitsSchema.parse(row.benefits) }));
}

/** What is offered, oldest first. */
export async function listPlans(ctx: Pick<Context, 'db'>): Promise<Plan[]> {
  return (await readPlans(ctx.db)).filter((plan) => plan.isActive);
}

/** All plans, those no longer offered too. */
export async function listAllPlans(ctx: Pick<Context, 'db'>): Promise<AdminPlan[]> {
  return readPlans(ctx.db);
}

/** The present version of a plan, offered or not. @throws AppError not_found */
export async function requirePlan(
  db: Db | Tx,
  planId: string,
): Promise<AdminPlan & { versionId: string }> {
  const plan = (await readPlans(db)).find((one) => one.id === planId);
  if (!plan) throw notFound('Plan');
  return plan;
}

/** The plan that an article asks for, and whether it is still sold; null when it asks for none. */
export async function readWantedPlan(
  db: Db | Tx,
  access: ArticleAccess,
): Promise<{ name: string; isActive: boolean } | null> {
  if (access.kind !== 'plan') return null;
  const { name, isActive } = await requirePlan(db, access.planId);
  return { name, isActive };
}

type AdminContext = Pick<AuthedContext, 'db' | 'auth' | 'request'>;

/** Adds a plan. @throws AppError name_taken (its key), limit_reached */
export async function createPlan(ctx: AdminContext, input: CreatePlanInput): Promise<AdminPlan> {
  const { key, ...content } = input;
  try {
    return await ctx.db.transaction(async (tx) => {
      // One after the other, so that two cannot both take the last place.
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('plans', 0))`);
      const [all] = await tx.select({ count: count() }).from(plans);
      if ((all?.count ?? 0) >= LIMITS.plans) {
        throw new AppError('limit_reached', 'There are too many plans');
      }
      const [plan] = await tx.insert(plans).values({ key }).returning({ id: plans.id });
      if (!plan) throw new Error('the insert of a plan returned no row');
      await addVersion(tx, { planId: plan.id, number: 1, content });
      return auditPlan(ctx, { tx, planId: plan.id, action: 'plan.created' });
    });
  } catch (error) {
    if (dbFailure(error)?.constraint !== 'idx_plans_key') throw error;
    throw new AppError('name_taken', 'There is a plan with this key', { cause: error });
  }
}

/** Changes what is sold from now on. @throws AppError not_found */
export async function updatePlan(
  ctx: AdminContext,
  { id, data: { isActive, ...content } }: UpdatePlanInput,
): Promise<AdminPlan> {
  return ctx.db.transaction(async (tx) => {
    const [plan] = await tx
      .update(plans)
      .set({ isActive })
      .where(eq(plans.id, id))
      .returning({ id: plans.id });
    if (!plan) throw notFound('Plan');
    const { version } = await requirePlan(tx, id);
    await addVersion(tx, { planId: id, number: version + 1, content });
    return auditPlan(ctx, { tx, planId: id, action: 'plan.updated' });
  });
}

async function addVersion(
  tx: Tx,
  version: { planId: string; number: number; content: Omit<CreatePlanInput, 'key'> },
): Promise<void> {
  const { planId, number, content } = version;
  const { prices, ...words } = content;
  const [row] = await tx
    .insert(planVersions)
    .values({ planId, number, ...words })
    .returning({ id: planVersions.id });
  if (!row) throw new Error('the insert of a version returned no row');
  if (prices.length === 0) return;
  await tx.insert(planPrices).values(prices.map((price) => ({ versionId: row.id, ...price })));
}

async function auditPlan(
  ctx: AdminContext,
  { tx, planId, action }: { tx: Tx; planId: string; action: 'plan.created' | 'plan.updated' },
): Promise<AdminPlan> {
  const plan = await requirePlan(tx, planId);
  await audit(tx, {
    ...auditBy(ctx),
    action,
    subjectType: 'plan',
    subjectId: planId,
    detail: { key: plan.key, version: plan.version },
  });
  return plan;
}
