import {
  indexUsesSchema,
  serverVariableSchema,
  slowQueriesInput,
  slowQueriesSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure } from '../procedures.js';
import { listSlowQueries, readIndexUse } from './admin-server.service.js';

export const adminServerRouter = {
  /** Which variables are set, and where; no value. */
  variables: adminProcedure
    .output(z.array(serverVariableSchema))
    .query(({ ctx }) => [...ctx.config.variables]),
  slowQueries: adminProcedure
    .input(slowQueriesInput)
    .output(slowQueriesSchema)
    .query(({ ctx, input }) => listSlowQueries(ctx, input)),
  indexes: adminProcedure.output(indexUsesSchema).query(({ ctx }) => readIndexUse(ctx)),
} satisfies TRPCRouterRecord;
