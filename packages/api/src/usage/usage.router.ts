import { instanceUsageSchema, myUsageSchema, readUsageInput } from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { adminProcedure, authedProcedure } from '../procedures.js';
import { readInstanceUsage, readMyUsage } from './usage.service.js';

export const usageRouter = {
  /** What the AI took for the caller this month, and how much there may be. */
  get: authedProcedure.output(myUsageSchema).query(({ ctx }) => readMyUsage(ctx)),
} satisfies TRPCRouterRecord;

export const adminUsageRouter = {
  /** What the AI took by day, person and model, and the budgets of this month. */
  get: adminProcedure
    .input(readUsageInput)
    .output(instanceUsageSchema)
    .query(({ ctx, input }) => readInstanceUsage(ctx, input)),
} satisfies TRPCRouterRecord;
