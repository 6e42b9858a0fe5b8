import { admit, scopeOf } from './auth/admit.js';
import { whileAllowed } from './auth/while-allowed.js';
import type { AuthedContext } from './context.js';
import { AppError, toAppError, toTRPCError } from './errors.js';
import { withStoredReply } from './idempotency.js';
import { isStream } from './stream-of.js';
import { t } from './trpc.js';

/**
 * What every call goes through, in one step, since each costs a copy of the context. It is counted against its limit:
 * per call, not per HTTP request, so that a batch is no way around it, and a key is let in where its scopes reach. Every
 * error leaves as a TRPCError whose cause is an AppError. Whoever changed who may do or see what finds it changed with the
 * reply.
 */
const guarded = t.middleware(async ({ ctx, meta, type, next }) => {
  try {
    const limit = meta?.limit ?? (type === 'query' ? 'read' : 'write');
    const auth = await admit(ctx, { limit, scope: scopeOf(meta?.scope, type) });
    const result = await next();
    if (!result.ok) throw result.error;
    // A socket looks after its own.
    if (auth && type !== 'subscription' && isStream(result.data)) {
      return { ...result, data: whileAllowed(ctx, auth, result.data) };
    }
    if (meta?.settles) await ctx.settleCaches();
    return result;
  } catch (error) {
    throw toTRPCError(toAppError(error));
  }
});

const requireAuth = t.middleware(async ({ ctx, next }) => {
  const auth = await ctx.authenticate();
  if (!auth) throw new AppError('unauthenticated', 'Sign in first');
  return next({ ctx: { ...ctx, ...ctx.models(), auth } satisfies AuthedContext });
});

const requireAdmin = t.middleware(async ({ ctx, next }) => {
  const auth = await ctx.authenticate();
  if (!auth) throw new AppError('unauthenticated', 'Sign in first');
  if (auth.role !== 'admin') throw new AppError('forbidden', 'Only an administrator may do this');
  return next({ ctx: { ...ctx, ...ctx.models(), auth } satisfies AuthedContext });
});

/** Runs a mutation that carries an idempotency key at most once; see `withStoredReply`. */
const idempotent = t.middleware(async ({ ctx, meta, type, path, getRawInput, next }) => {
  const auth = await ctx.authenticate();
  const key = ctx.request.idempotencyKey;
  if (
    type !== 'mutation' ||
    key === null ||
    !auth ||
    (meta?.idempotency ?? 'stored') !== 'stored'
  ) {
    return next();
  }
  // Work that is nudged before the commit would find nothing to do.
  let hasWork = false;
  const nudgeJobs = () => {
    hasWork = true;
  };
  const outcome = await withStoredReply(
    { db: ctx.db, userId: auth.userId, path, key, input: await getRawInput() },
    (db) => next({ ctx: { ...ctx, db, nudgeJobs } }),
  );
  if (hasWork) ctx.nudgeJobs();
  return outcome;
});

const base = t.procedure.use(guarded);

/** Anybody. */
export const publicProcedure = base;
/** A signed-in user; rows are always filtered by `ctx.auth.userId`. */
export const authedProcedure = base.use(requireAuth).use(idempotent);
/** A signed-in administrator. */
export const adminProcedure = base.use(requireAdmin).use(idempotent);
