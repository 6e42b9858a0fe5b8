import type {
  CodeBatch,
  GenerateCodesInput,
  ListCodeBatchesInput,
  MyPlan,
} from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, asc, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { grantTerm, readMyPlan } from './entitlements.js';
import { requirePlan } from './plans.service.js';
import { codeOf, hashCode } from './redemption-code.js';

const { planVersions, redemptionBatches, redemptionCodes } = schema;

const ofBatch = sql`from redemption_codes c where c.batch_id = ${redemptionBatches.id}`;

const batchColumns = {
  id: redemptionBatches.id,
  note: redemptionBatches.note,
  planId: planVersions.planId,
  planName: planVersions.name,
  period: redemptionBatches.period,
  codeCount: sql<number>`(select count(*) ${ofBatch})`.mapWith(Number),
  redeemedCount: sql<number>`(select count(c.redeemed_at) ${ofBatch})`.mapWith(Number),
  expiresAt: redemptionBatches.expiresAt,
  revokedAt: redemptionBatches.revokedAt,
  createdAt: redemptionBatches.createdAt,
};

type AdminContext = Pick<AuthedContext, 'db' | 'auth' | 'request'>;

async function requireBatch(db: Db | Tx, id: string): Promise<CodeBatch> {
  const [batch] = await db
    .select(batchColumns)
    .from(redemptionBatches)
    .innerJoin(planVersions, eq(planVersions.id, redemptionBatches.versionId))
    .where(eq(redemptionBatches.id, id));
  if (!batch) throw notFound('Batch');
  return batch;
}

/** Batches of all admins, newest first. */
export async function listCodeBatches(
  ctx: Pick<AuthedContext, 'db'>,
  { limit, cursor }: ListCodeBatchesInput,
): Promise<{ items: CodeBatch[]; nextCursor: string | null }> {
  const { createdAt: instant, id } = redemptionBatches;
  const rows = await ctx.db
    .select({ batch: batchColumns, key: selectInstantKey(instant) })
    .from(redemptionBatches)
    .innerJoin(planVersions, eq(planVersions.id, redemptionBatches.versionId))
    .where(afterCursor('desc', { instant, id }, cursor))
    .orderBy(desc(instant), desc(id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.key, row.batch.id],
    itemOf: (row) => row.batch,
  });
}

/** Makes codes for one term of a plan each. @throws AppError not_found, bad_input (expired already) */
export async function generateCodes(
  ctx: AdminContext & Pick<AuthedContext, 'config'>,
  input: GenerateCodesInput,
): Promise<CodeBatch> {
  const { planId, period, count, note, expiresAt } = input;
  if (expiresAt <= new Date()) throw new AppError('bad_input', 'The codes would be expired');
  return ctx.db.transaction(async (tx) => {
    const { versionId } = await requirePlan(tx, planId);
    const id = v7();
    const { userId: createdBy } = ctx.auth;
    await tx
      .insert(redemptionBatches)
      .values({ id, note, versionId, period, expiresAt, createdBy });
    const codes = Array.from({ length: count }, () => {
      const codeId = v7();
      return { id: codeId, batchId: id, hash: hashCode(codeOf(ctx.config.tokenSecret, codeId)) };
    });
    await tx.insert(redemptionCodes).values(codes);
    await audit(tx, {
      ...auditBy(ctx),
      action: 'codes.generated',
      subjectType: 'codes',
      subjectId: id,
      detail: { planId, period, count },
    });
    return requireBatch(tx, id);
  });
}

/**
 * The codes of a batch as CSV, whenever an admin needs them. @throws AppError not_found, conflict
 * (made under a former JWT_REFRESH_SECRET: they are good, but cannot be shown again)
 */
export async function exportCodes(
  ctx: AdminContext & Pick<AuthedContext, 'config'>,
  { id }: { id: string },
): Promise<{ fileName: string; csv: string }> {
  return ctx.db.transaction(async (tx) => {
    await requireBatch(tx, id);
    const rows = await tx
      .select()
      .from(redemptionCodes)
      .where(eq(redemptionCodes.batchId, id))
      .orderBy(asc(redemptionCodes.id));
    const lines = rows.map((row) => {
      const code = codeOf(ctx.config.tokenSecret, row.id);
      if (hashCode(code) !== row.hash) {
        throw new AppError('conflict', 'The secret of the server has changed since');
      }
      return `${code},${row.redeemedAt?.toISOString() ?? ''}`;
    });
    await audit(tx, {
      ...auditBy(ctx),
      action: 'codes.exported',
      subjectType: 'codes',
      subjectId: id,
    });
    const csv = `${['code,redeemed_at', ...lines].join('\r\n')}\r\n`;
    return { fileName: `codes-${id.slice(0, 8)}.csv`, csv };
  });
}

/** Ends a batch: what was not redeemed never will be. Again is harmless. @throws AppError not_found */
export async function revokeCodes(ctx: AdminContext, { id }: { id: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [batch] = await tx
      .update(redemptionBatches)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(redemptionBatches.id, id), isNull(redemptionBatches.revokedAt)))
      .returning({ id: redemptionBatches.id });
    if (!batch) return void (await requireBatch(tx, id));
    await audit(tx, {
      ...auditBy(ctx),
      action: 'codes.revoked',
      subjectType: 'codes',
      subjectId: id,
    });
  });
}

/**
 * Takes a code for its term. The same code again, by the same person, changes nothing.
 * @throws AppError code_invalid (unknown, used, expired or revoked), rate_limited
 */
export async function redeemCode(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'request' | 'limits'>,
  { code }: { code: string },
): Promise<MyPlan> {
  const { userId } = ctx.auth;
  const attempts = `redeem:${userId}`;
  await ctx.limits.consumeSecret(attempts);
  const { plan, isFree } = await ctx.db.transaction(async (tx) => {
    const [found] = await tx
      .select({
        id: redemptionCodes.id,
        redeemedBy: redemptionCodes.redeemedBy,
        redeemedAt: redemptionCodes.redeemedAt,
        period: redemptionBatches.period,
        versionId: redemptionBatches.versionId,
        planId: planVersions.planId,
      })
      .from(redemptionCodes)
      .innerJoin(redemptionBatches, eq(redemptionBatches.id, redemptionCodes.batchId))
      .innerJoin(planVersions, eq(planVersions.id, redemptionBatches.versionId))
      .where(
        and(
          eq(redemptionCodes.hash, hashCode(code)),
          isNull(redemptionBatches.revokedAt),
          gt(redemptionBatches.expiresAt, sql`now()`),
        ),
      )
      .for('update', { of: redemptionCodes });
    const isFree = found !== undefined && found.redeemedAt === null;
    if (!found || (!isFree && found.redeemedBy !== userId)) {
      throw new AppError('code_invalid', 'This code is not valid, or was used already');
    }
    if (isFree) {
      const { id: codeId, planId, versionId, period } = found;
      await tx
        .update(redemptionCodes)
        .set({ redeemedBy: userId, redeemedAt: sql`now()` })
        .where(eq(redemptionCodes.id, codeId));
      await grantTerm(tx, { userId, planId, versionId, period, source: { codeId } }, auditBy(ctx));
    }
    return { plan: await readMyPlan(tx, userId), isFree };
  });
  // One that was used up already proves nothing, however often it is typed.
  if (isFree) await ctx.limits.clearSecret(attempts);
  return plan;
}
