import {
  deleteAccountInput,
  profileInput,
  publicProfileSchema,
  updateUserInput,
  userSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure, publicProcedure } from '../procedures.js';
import { deleteAccount, getMe, getProfile, updateMe } from './users.service.js';

export const usersRouter = {
  me: authedProcedure
    .meta({ isPublic: true })
    .output(userSchema)
    .query(({ ctx }) => getMe(ctx)),
  update: authedProcedure
    .meta({ isPublic: true })
    .input(updateUserInput)
    .output(userSchema)
    .mutation(({ ctx, input }) => updateMe(ctx, input)),
  profile: publicProcedure
    .meta({ isPublic: true })
    .input(profileInput)
    .output(publicProfileSchema)
    .query(({ ctx, input }) => getProfile(ctx, input)),
  delete: authedProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(deleteAccountInput)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteAccount(ctx, input)),
} satisfies TRPCRouterRecord;
