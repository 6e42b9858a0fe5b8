import {
  adminPlanSchema,
  byId,
  codeBatchSchema,
  codesFileSchema,
  createPlanInput,
  entitlementSchema,
  generateCodesInput,
  grantInput,
  listCodeBatchesInput,
  listEntitlementsInput,
  myPlanSchema,
  pageOf,
  planSchema,
  redeemInput,
  updatePlanInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure, authedProcedure, publicProcedure } from '../procedures.js';
import {
  exportCodes,
  generateCodes,
  listCodeBatches,
  redeemCode,
  revokeCodes,
} from './codes.service.js';
import { grantByHand, listEntitlements, readMyPlan, revokeByHand } from './entitlements.js';
import { createPlan, listAllPlans, listPlans, updatePlan } from './plans.service.js';

export const plansRouter = {
  /** What is on sale, and what each plan gives. */
  list: publicProcedure
    .meta({ isPublic: true, scope: 'any', rest: 'GET /plans' })
    .output(z.array(planSchema))
    .query(({ ctx }) => listPlans(ctx)),
} satisfies TRPCRouterRecord;

export const billingRouter = {
  /** The plan that the caller has, until when, and what it gives. */
  myPlan: authedProcedure
    .meta({ isPublic: true, scope: 'account', rest: 'GET /plan' })
    .output(myPlanSchema)
    .query(({ ctx }) => readMyPlan(ctx.db, ctx.auth.userId)),
  redeem: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(redeemInput)
    .output(myPlanSchema)
    .mutation(({ ctx, input }) => redeemCode(ctx, input)),
} satisfies TRPCRouterRecord;

export const adminPlansRouter = {
  list: adminProcedure.output(z.array(adminPlanSchema)).query(({ ctx }) => listAllPlans(ctx)),
  create: adminProcedure
    .input(createPlanInput)
    .output(adminPlanSchema)
    .mutation(({ ctx, input }) => createPlan(ctx, input)),
  update: adminProcedure
    .input(updatePlanInput)
    .output(adminPlanSchema)
    .mutation(({ ctx, input }) => updatePlan(ctx, input)),
} satisfies TRPCRouterRecord;

export const adminCodesRouter = {
  list: adminProcedure
    .input(listCodeBatchesInput)
    .output(pageOf(codeBatchSchema))
    .query(({ ctx, input }) => listCodeBatches(ctx, input)),
  generate: adminProcedure
    .input(generateCodesInput)
    .output(codeBatchSchema)
    .mutation(({ ctx, input }) => generateCodes(ctx, input)),
  /** A mutation: who saw the codes is written down. */
  export: adminProcedure
    .meta({ idempotency: 'none' })
    .input(byId)
    .output(codesFileSchema)
    .mutation(({ ctx, input }) => exportCodes(ctx, input)),
  revoke: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeCodes(ctx, input)),
} satisfies TRPCRouterRecord;

export const adminEntitlementsRouter = {
  list: adminProcedure
    .input(listEntitlementsInput)
    .output(z.array(entitlementSchema))
    .query(({ ctx, input }) => listEntitlements(ctx, input)),
  grant: adminProcedure
    .input(grantInput)
    .output(byId)
    .mutation(({ ctx, input }) => grantByHand(ctx, input)),
  revoke: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeByHand(ctx, input)),
} satisfies TRPCRouterRecord;
