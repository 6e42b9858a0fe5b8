import {
  deleteAccountInput,
  mailedTokenInput,
  profileInput,
  publicProfileSchema,
  requestEmailChangeInput,
  updateUserInput,
  userSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure, publicProcedure } from '../procedures.js';
import { confirmEmailChange, requestEmailChange } from './email-change.js';
import { deleteAccount, getMe, getProfile, updateMe } from './users.service.js';

export const usersRouter = {
  /** The signed-in user. */
  me: authedProcedure
    .meta({ isPublic: true, scope: 'account', rest: 'GET /me' })
    .output(userSchema)
    .query(({ ctx }) => getMe(ctx)),
  /** Changes the caller's profile; what is absent stays. @throws handle_taken */
  update: authedProcedure
    .meta({ isPublic: true, settles: true, scope: 'account', rest: 'PATCH /me' })
    .input(updateUserInput)
    .output(userSchema)
    .mutation(({ ctx, input }) => updateMe(ctx, input)),
  /** What anybody may know of a user. @throws not_found */
  profile: publicProcedure
    .meta({ isPublic: true, scope: 'any', rest: 'GET /public/users/{handle}' })
    .input(profileInput)
    .output(publicProfileSchema)
    .query(({ ctx, input }) => getProfile(ctx, input)),
  requestEmailChange: authedProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(requestEmailChangeInput)
    .output(z.void())
    .mutation(({ ctx, input }) => requestEmailChange(ctx, input)),
  confirmEmailChange: publicProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(mailedTokenInput)
    .output(z.void())
    .mutation(({ ctx, input }) => confirmEmailChange(ctx, input)),
  delete: authedProcedure
    .meta({ limit: 'auth', idempotency: 'none', settles: true })
    .input(deleteAccountInput)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteAccount(ctx, input)),
} satisfies TRPCRouterRecord;
