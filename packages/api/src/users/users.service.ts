import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function getMe(_ctx: AuthedContext): Promise<C.User> {
  throw new Error('to be written');
}

export async function updateMe(_ctx: AuthedContext, _input: C.UpdateUserInput): Promise<C.User> {
  throw new Error('to be written');
}

export async function getProfile(
  _ctx: Context,
  _input: { handle: string },
): Promise<C.PublicProfile> {
  throw new Error('to be written');
}

export async function deleteAccount(
  _ctx: AuthedContext,
  _input: C.DeleteAccountInput,
): Promise<void> {
  throw new Error('to be written');
}
