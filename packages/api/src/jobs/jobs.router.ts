import {
  byId,
  deadLetterSchema,
  jobCountsSchema,
  jobSchema,
  listJobsInput,
  pageOf,
  runningJobSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure, authedProcedure } from '../procedures.js';
import {
  cancelJob,
  countJobs,
  discardDeadLetter,
  getJob,
  listDeadLetters,
  listJobs,
  listRunningJobs,
  retryDeadLetter,
} from './jobs.service.js';

export const jobsRouter = {
  get: authedProcedure
    .input(byId)
    .output(jobSchema)
    .query(({ ctx, input }) => getJob(ctx, input)),
  list: authedProcedure
    .input(listJobsInput)
    .output(pageOf(jobSchema))
    .query(({ ctx, input }) => listJobs(ctx, input)),
  cancel: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(jobSchema)
    .mutation(({ ctx, input }) => cancelJob(ctx, input)),
} satisfies TRPCRouterRecord;

export const adminJobsRouter = {
  counts: adminProcedure.output(jobCountsSchema).query(({ ctx }) => countJobs(ctx)),
  listRunning: adminProcedure
    .output(z.array(runningJobSchema))
    .query(({ ctx }) => listRunningJobs(ctx)),
  listFailed: adminProcedure
    .input(listJobsInput)
    .output(pageOf(deadLetterSchema))
    .query(({ ctx, input }) => listDeadLetters(ctx, input)),
  retry: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => retryDeadLetter(ctx, input)),
  discard: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => discardDeadLetter(ctx, input)),
} satisfies TRPCRouterRecord;
