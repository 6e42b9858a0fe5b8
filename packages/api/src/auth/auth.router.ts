import {
  authResult,
  byId,
  changePasswordInput,
  loginInput,
  mailedTokenInput,
  refreshInput,
  registerInput,
  requestPasswordResetInput,
  resetPasswordInput,
  sessionSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure, publicProcedure } from '../procedures.js';
import { changePassword } from './change-password.js';
import { login, logout, logoutEverywhere } from './login.js';
import { refresh } from './refresh.js';
import { register } from './register.js';
import { requestPasswordReset, resetPassword } from './reset-password.js';
import { listSessions, revokeSession } from './sessions.js';
import { requestEmailVerification, verifyEmail } from './verify-email.js';

export const authRouter = {
  register: publicProcedure
    .meta({ isPublic: true, limit: 'auth', idempotency: 'none' })
    .input(registerInput)
    .output(authResult)
    .mutation(({ ctx, input }) => register(ctx, input)),
  login: publicProcedure
    .meta({ isPublic: true, limit: 'auth', idempotency: 'none' })
    .input(loginInput)
    .output(authResult)
    .mutation(({ ctx, input }) => login(ctx, input)),
  refresh: publicProcedure
    .meta({ isPublic: true, limit: 'auth', idempotency: 'none' })
    .input(refreshInput)
    .output(authResult)
    .mutation(({ ctx, input }) => refresh(ctx, input)),
  logout: publicProcedure
    .meta({ isPublic: true, limit: 'auth', idempotency: 'none' })
    .input(refreshInput)
    .output(z.void())
    .mutation(({ ctx, input }) => logout(ctx, input)),
  logoutEverywhere: authedProcedure
    .meta({ idempotency: 'natural' })
    .output(z.void())
    .mutation(({ ctx }) => logoutEverywhere(ctx)),
  changePassword: authedProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(changePasswordInput)
    .output(authResult)
    .mutation(({ ctx, input }) => changePassword(ctx, input)),
  requestPasswordReset: publicProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(requestPasswordResetInput)
    .output(z.void())
    .mutation(({ ctx, input }) => requestPasswordReset(ctx, input)),
  resetPassword: publicProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(resetPasswordInput)
    .output(z.void())
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),
  requestEmailVerification: authedProcedure
    .meta({ limit: 'auth', idempotency: 'natural' })
    .output(z.void())
    .mutation(({ ctx }) => requestEmailVerification(ctx)),
  verifyEmail: publicProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(mailedTokenInput)
    .output(z.void())
    .mutation(({ ctx, input }) => verifyEmail(ctx, input)),
  listSessions: authedProcedure
    .output(z.array(sessionSchema))
    .query(({ ctx }) => listSessions(ctx)),
  revokeSession: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeSession(ctx, input)),
} satisfies TRPCRouterRecord;
