import { authenticateApiKey } from '../api-keys/api-key-access.js';
import type { Auth, Context, Services } from '../context.js';
import { toAppError, toTRPCError } from '../errors.js';
import type { CachedReads } from '../scopes.js';
import { readSession, readUserAccess } from './access-cache.js';
import { sessionRevoked, suspended } from './authenticate.js';

/** How often the caller of an open stream is asked about; what is asked is two seconds old at most. */
const CHECK_MS = 500;

type Caller = CachedReads & Pick<Services, 'config'> & Pick<Context, 'request'>;

/**
 * A stream for as long as its caller may have it: a key or a session that ends, ends what it has opened.
 * @throws TRPCError of what the stream throws, and of unauthenticated (a key), session_revoked, account_suspended
 */
export async function* whileAllowed<T>(
  ctx: Caller,
  auth: Auth,
  events: AsyncIterable<T>,
): AsyncGenerator<T, void, void> {
  const check = await checkOf(ctx, auth);
  const source = events[Symbol.asyncIterator]();
  let checkedAt = performance.now();
  let isWaiting = false;
  try {
    for (;;) {
      isWaiting = true;
      const next = source.next();
      // Where the check fails, nobody waits for it.
      next.catch(() => undefined);
      for (;;) {
        const isThere = await isWithin(next, CHECK_MS);
        if (!isThere || performance.now() - checkedAt >= CHECK_MS) {
          await check();
          checkedAt = performance.now();
        }
        if (isThere) break;
      }
      isWaiting = false;
      const { done, value } = await next;
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw toTRPCError(toAppError(error));
  } finally {
    const ended = source.return?.();
    // One that is about to send something ends after that: by then nobody is there.
    if (isWaiting) ended?.catch(() => undefined);
    else await ended;
  }
}

/** Whether a promise is settled within that time. */
async function isWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = () => true;
  try {
    return await Promise.race([promise.then(settled, settled), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Throws once the caller may no longer be here. An access token that has run out meanwhile is none of its business. */
async function checkOf(ctx: Caller, auth: Auth): Promise<() => Promise<void>> {
  const { userId, sessionId } = auth;
  if (sessionId === null) {
    return async () => void (await authenticateApiKey(ctx, ctx.request.accessToken ?? ''));
  }
  // Every session of an account ends with its epoch.
  const epoch = (await readUserAccess(ctx, userId))?.epoch;
  return async () => {
    const [session, user] = await Promise.all([
      readSession(ctx, sessionId),
      readUserAccess(ctx, userId),
    ]);
    if (user?.status === 'suspended') throw suspended();
    const isLive = session && !session.isRevoked && session.expiresAt > Date.now();
    if (!isLive || user?.epoch !== epoch) throw sessionRevoked();
  };
}
