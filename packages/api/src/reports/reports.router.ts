import {
  byArticleId,
  createReportInput,
  listReportsInput,
  pageOf,
  reportSchema,
  resolveReportInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure, publicProcedure } from '../procedures.js';
import { createReport, listReports, resolveReport, unblockPublication } from './reports.service.js';

export const reportsRouter = {
  /** Reports a published article to the administrators. @throws not_found, rate_limited */
  create: publicProcedure
    .meta({ isPublic: true, idempotency: 'natural' })
    .input(createReportInput)
    .output(z.void())
    .mutation(({ ctx, input }) => createReport(ctx, input)),
} satisfies TRPCRouterRecord;

export const adminReportsRouter = {
  list: adminProcedure
    .input(listReportsInput)
    .output(pageOf(reportSchema))
    .query(({ ctx, input }) => listReports(ctx, input)),
  resolve: adminProcedure
    .meta({ idempotency: 'natural', settles: true })
    .input(resolveReportInput)
    .output(reportSchema)
    .mutation(({ ctx, input }) => resolveReport(ctx, input)),
  unblock: adminProcedure
    .meta({ idempotency: 'natural', settles: true })
    .input(byArticleId)
    .output(z.void())
    .mutation(({ ctx, input }) => unblockPublication(ctx, input)),
} satisfies TRPCRouterRecord;
