import {
  type Entitlement,
  type MyPlan,
  type PlanBenefits,
  type PlanPeriod,
  planBenefitsSchema,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { type Actor, audit, auditBy } from '../audit/audit.js';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { entitlementsNow } from './entitlements-now.js';
import { requirePlan } from './plans.service.js';

const { entitlements, orders, planVersions, users } = schema;

/** What a person has now. */
export async function readMyPlan(db: Db | Tx, userId: string): Promise<MyPlan> {
  const plans = await readPlansOf(db, [userId]);
  return plans.get(userId) ?? entitlementsNow([], new Date());
}

/** What each of these people has now; who was never given anything is left out. */
export async function readPlansOf(
  db: Db | Tx,
  userIds: readonly string[],
): Promise<Map<string, MyPlan>> {
  const rows = await db
    .select({
      userId: entitlements.userId,
      planId: entitlements.planId,
      name: planVersions.name,
      benefits: planVersions.benefits,
      period: entitlements.period,
      grantedAt: entitlements.grantedAt,
      revokedAt: entitlements.revokedAt,
      amountFen: orders.amountFen,
      refundedFen: orders.refundedFen,
      now: sql`now()`.mapWith(entitlements.grantedAt),
    })
    .from(entitlements)
    .innerJoin(planVersions, eq(planVersions.id, entitlements.versionId))
    .leftJoin(orders, eq(orders.id, entitlements.orderId))
    .where(inArray(entitlements.userId, [...userIds]))
    .orderBy(asc(entitlements.grantedAt), asc(entitlements.id));
  const terms = rows.map((row) => ({
    ...row,
    benefits: keptOf(planBenefitsSchema.parse(row.benefits), row),
  }));
  const now = rows[0]?.now ?? new Date();
  const plansOf = (userId: string) =>
    entitlementsNow(
      terms.filter((term) => term.userId === userId),
      now,
    );
  return new Map([...new Set(terms.map(({ userId }) => userId))].map((id) => [id, plansOf(id)]));
}

/** What is left of a plan of which a part was given back: the tokens that were paid for, and all that has no measure. */
function keptOf(
  benefits: PlanBenefits,
  { amountFen, refundedFen }: { amountFen: number | null; refundedFen: number | null },
): PlanBenefits {
  const { aiTokensPerMonth } = benefits;
  if (!amountFen || !refundedFen || aiTokensPerMonth === null) return benefits;
  const share = (amountFen - refundedFen) / amountFen;
  return { ...benefits, aiTokensPerMonth: Math.floor(aiTokensPerMonth * share) };
}

/** Gives a term, in the transaction of what it is given for. */
export async function grantTerm(
  tx: Tx,
  term: {
    userId: string;
    planId: string;
    versionId: string;
    period: PlanPeriod;
    /** What it is given for: exactly one of these. */
    source: { orderId: string } | { codeId: string } | { reason: string; grantedBy: string };
  },
  by: Actor,
): Promise<string> {
  const { source, ...fields } = term;
  const [row] = await tx
    .insert(entitlements)
    .values({ ...fields, ...source })
    .returning({ id: entitlements.id });
  if (!row) throw new Error('the insert of an entitlement returned no row');
  await audit(tx, {
    ...by,
    action: 'entitlement.granted',
    subjectType: 'entitlement',
    subjectId: row.id,
    detail: { userId: term.userId, planId: term.planId, period: term.period },
  });
  return row.id;
}

/** Ends a term, once. @returns whether it was still there */
export async function revokeTerm(
  tx: Tx,
  which: { id: string } | { orderId: string },
  by: Actor & { reason: string },
): Promise<boolean> {
  const { reason, ...actor } = by;
  const isIt =
    'id' in which ? eq(entitlements.id, which.id) : eq(entitlements.orderId, which.orderId);
  const [row] = await tx
    .update(entitlements)
    .set({ revokedAt: sql`now()` })
    .where(and(isIt, isNull(entitlements.revokedAt)))
    .returning({ id: entitlements.id });
  if (!row) return false;
  await audit(tx, {
    ...actor,
    action: 'entitlement.revoked',
    subjectType: 'entitlement',
    subjectId: row.id,
    detail: { reason },
  });
  return true;
}

type AdminContext = Pick<AuthedContext, 'db' | 'auth' | 'request'>;

/** Everything somebody was given, newest first; at most 200. */
export async function listEntitlements(
  ctx: Pick<AuthedContext, 'db'>,
  { userId }: { userId: string },
): Promise<Entitlement[]> {
  return ctx.db
    .select({
      id: entitlements.id,
      planId: entitlements.planId,
      planName: planVersions.name,
      period: entitlements.period,
      source: sql<Entitlement['source']>`case
        when ${entitlements.orderId} is not null then 'order'
        when ${entitlements.codeId} is not null then 'code'
        else 'grant' end`,
      reason: entitlements.reason,
      grantedAt: entitlements.grantedAt,
      revokedAt: entitlements.revokedAt,
    })
    .from(entitlements)
    .innerJoin(planVersions, eq(planVersions.id, entitlements.versionId))
    .where(eq(entitlements.userId, userId))
    .orderBy(desc(entitlements.grantedAt), desc(entitlements.id))
    .limit(200);
}

/** Gives a term by hand. @throws AppError not_found (person or plan) */
export async function grantByHand(
  ctx: AdminContext,
  input: { userId: string; planId: string; period: PlanPeriod; reason: string },
): Promise<{ id: string }> {
  const { userId, planId, period, reason } = input;
  const { userId: grantedBy } = ctx.auth;
  return ctx.db.transaction(async (tx) => {
    const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.id, userId));
    if (!user) throw notFound('User');
    const { versionId } = await requirePlan(tx, planId);
    const term = { userId, planId, versionId, period, source: { reason, grantedBy } };
    return { id: await grantTerm(tx, term, auditBy(ctx)) };
  });
}

/** Ends a term by hand; again is harmless. @throws AppError not_found */
export async function revokeByHand(ctx: AdminContext, { id }: { id: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const by = { ...auditBy(ctx), reason: 'by hand' };
    if (await revokeTerm(tx, { id }, by)) return;
    const [known] = await tx
      .select({ id: entitlements.id })
      .from(entitlements)
      .where(eq(entitlements.id, id));
    if (!known) throw notFound('Entitlement');
  });
}
