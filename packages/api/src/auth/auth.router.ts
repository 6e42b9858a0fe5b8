import {
  authResult,
  byId,
  changePasswordInput,
  loginInput,
  refreshInput,
  registerInput,
  resetPasswordInput,
  sessionSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure, publicProcedure } from '../procedures.js';
import { changePassword, resetPassword } from './change-password.js';
import { login, logout, logoutEverywhere } from './login.js';
import { refresh } from './refresh.js';
import { register } from './register.js';
import { listSessions, revokeSession } from './sessions.js';

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
  resetPassword: publicProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(resetPasswordInput)
    .output(z.void())
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),
  listSessions: authedProcedure
    .output(z.array(sessionSchema))
    .query(({ ctx }) => listSessions(ctx)),
  revokeSession: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeSession(ctx, input)),
} satisfies TRPCRouterRecord;
