import { systemInfoSchema } from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { publicProcedure } from '../procedures.js';
import { getSystemInfo } from './system.service.js';

export const systemRouter = {
  /** What a client needs to know of the server before anybody has signed in. */
  info: publicProcedure
    .meta({ isPublic: true, scope: 'any', rest: 'GET /system' })
    .output(systemInfoSchema)
    .query(({ ctx }) => getSystemInfo(ctx)),
} satisfies TRPCRouterRecord;
