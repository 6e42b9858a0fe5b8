import { billComparisonSchema, markBillSeenInput } from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure } from '../procedures.js';
import { listComparisons, markBillSeen } from './compare-bill.js';

export const adminBillsRouter = {
  /** The bills of the channels beside the ledger, of the last two months, the newest first. */
  list: adminProcedure
    .output(z.array(billComparisonSchema))
    .query(({ ctx }) => listComparisons(ctx)),
  /** @throws not_found */
  markSeen: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(markBillSeenInput)
    .output(z.void())
    .mutation(({ ctx, input }) => markBillSeen(ctx, input)),
} satisfies TRPCRouterRecord;
