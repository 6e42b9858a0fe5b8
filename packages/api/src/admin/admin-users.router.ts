import {
  adminUserSchema,
  byId,
  listUsersInput,
  pageOf,
  resetLinkSchema,
  setUserRoleInput,
  setUserStatusInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure } from '../procedures.js';
import {
  createResetLink,
  deleteUser,
  listUsers,
  setUserRole,
  setUserStatus,
} from './admin-users.service.js';

export const adminUsersRouter = {
  list: adminProcedure
    .input(listUsersInput)
    .output(pageOf(adminUserSchema))
    .query(({ ctx, input }) => listUsers(ctx, input)),
  setStatus: adminProcedure
    .meta({ idempotency: 'natural', settles: true })
    .input(setUserStatusInput)
    .output(adminUserSchema)
    .mutation(({ ctx, input }) => setUserStatus(ctx, input)),
  setRole: adminProcedure
    .meta({ idempotency: 'natural', settles: true })
    .input(setUserRoleInput)
    .output(adminUserSchema)
    .mutation(({ ctx, input }) => setUserRole(ctx, input)),
  createResetLink: adminProcedure
    .meta({ idempotency: 'none' })
    .input(byId)
    .output(resetLinkSchema)
    .mutation(({ ctx, input }) => createResetLink(ctx, input)),
  delete: adminProcedure
    .meta({ idempotency: 'natural', settles: true })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteUser(ctx, input)),
} satisfies TRPCRouterRecord;
