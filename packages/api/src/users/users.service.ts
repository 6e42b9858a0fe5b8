import type {
  DeleteAccountInput,
  PublicProfile,
  UpdateUserInput,
  User,
} from '@ainotebook/contract';
import { dbFailure, schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { provePassword } from '../auth/change-password.js';
import type { AuthedContext, Context } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { readProfile } from '../publications/list-cache.js';
import { deleteUserRows } from './delete-user.js';
import { isReservedHandle } from './handles.js';
import { userColumns } from './user-columns.js';

const { users } = schema;

/** The caller. */
export async function getMe(ctx: Pick<AuthedContext, 'db' | 'auth'>): Promise<User> {
  const [user] = await ctx.db.select(userColumns).from(users).where(eq(users.id, ctx.auth.userId));
  if (!user) throw notFound('User');
  return user;
}

/** Changes the caller's profile. @throws AppError handle_taken */
export async function updateMe(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  { data }: UpdateUserInput,
): Promise<User> {
  if (Object.values(data).every((value) => value === undefined)) return getMe(ctx);
  // A reserved handle may stay with who has it: the list can grow.
  if (data.handle !== undefined && isReservedHandle(data.handle)) {
    const me = await getMe(ctx);
    if (me.handle !== data.handle) throw handleTaken();
  }
  try {
    const [user] = await ctx.db
      .update(users)
      .set(data)
      .where(eq(users.id, ctx.auth.userId))
      .returning(userColumns);
    if (!user) throw notFound('User');
    return user;
  } catch (error) {
    if (dbFailure(error)?.constraint === 'idx_users_handle') throw handleTaken(error);
    throw error;
  }
}

function handleTaken(cause?: unknown): AppError {
  return new AppError('handle_taken', 'This handle is taken', { cause });
}

/** What anybody may know of an active user. @throws AppError not_found */
export async function getProfile(
  ctx: Pick<Context, 'db' | 'cache'>,
  { handle }: { handle: string },
): Promise<PublicProfile> {
  const profile = await readProfile(ctx, handle);
  if (!profile) throw notFound('User');
  return profile;
}

/**
 * Deletes the caller and everything of the caller.
 * @throws AppError invalid_credentials, rate_limited, last_admin
 */
export async function deleteAccount(ctx: AuthedContext, input: DeleteAccountInput): Promise<void> {
  await provePassword(ctx, input.password);
  await ctx.db.transaction((tx) => deleteUserRows(tx, ctx.auth.userId, { actorId: null }));
  ctx.request.cookies.clear();
}
