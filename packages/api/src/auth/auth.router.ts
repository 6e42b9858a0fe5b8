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
  /**
   * Makes an account and signs it in. Programs ask for `session: 'token'`.
   * @throws registration_closed, invitation_invalid, setup_token_invalid, consent_required,
   *   email_taken, handle_taken, rate_limited
   */
  register: publicProcedure
    .meta({ isPublic: true, limit: 'auth', idempotency: 'none' })
    .input(registerInput)
    .output(authResult)
    .mutation(({ ctx, input }) => register(ctx, input)),
  /**
   * Signs in with a new session. Programs ask for `session: 'token'`.
   * @throws invalid_credentials, account_suspended, rate_limited
   */
  login: publicProcedure
    .meta({ isPublic: true, limit: 'auth', idempotency: 'none' })
    .input(loginInput)
    .output(authResult)
    .mutation(({ ctx, input }) => login(ctx, input)),
  /**
   * Exchanges a refresh token, which is used up, for the next one and a new access token.
   * `client.withSession` does it by itself.
   * @throws session_revoked, account_suspended, token_invalid
   */
  refresh: publicProcedure
    // Every window does it as it opens, and such a token cannot be guessed: an office is not held to the few sign-ins.
    .meta({ isPublic: true, limit: 'write', idempotency: 'natural' })
    .input(refreshInput)
    .output(authResult)
    .mutation(({ ctx, input }) => refresh(ctx, input)),
  /** Ends the session of the refresh token, or else of the caller. Harmless when repeated. */
  logout: publicProcedure
    .meta({ isPublic: true, limit: 'auth', idempotency: 'natural', settles: true })
    .input(refreshInput)
    .output(z.void())
    .mutation(({ ctx, input }) => logout(ctx, input)),
  logoutEverywhere: authedProcedure
    .meta({ idempotency: 'natural', settles: true })
    .output(z.void())
    .mutation(({ ctx }) => logoutEverywhere(ctx)),
  changePassword: authedProcedure
    .meta({ limit: 'auth', idempotency: 'none', settles: true })
    .input(changePasswordInput)
    .output(authResult)
    .mutation(({ ctx, input }) => changePassword(ctx, input)),
  requestPasswordReset: publicProcedure
    .meta({ limit: 'auth', idempotency: 'none' })
    .input(requestPasswordResetInput)
    .output(z.void())
    .mutation(({ ctx, input }) => requestPasswordReset(ctx, input)),
  resetPassword: publicProcedure
    .meta({ limit: 'auth', idempotency: 'none', settles: true })
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
    .meta({ idempotency: 'natural', settles: true })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeSession(ctx, input)),
} satisfies TRPCRouterRecord;
