import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function listUsers(
  _ctx: AuthedContext,
  _input: C.ListUsersInput,
): Promise<{ items: C.AdminUser[]; nextCursor: string | null }> {
  throw new Error('to be written');
}

export async function setUserStatus(
  _ctx: AuthedContext,
  _input: C.SetUserStatusInput,
): Promise<C.AdminUser> {
  throw new Error('to be written');
}

export async function setUserRole(
  _ctx: AuthedContext,
  _input: C.SetUserRoleInput,
): Promise<C.AdminUser> {
  throw new Error('to be written');
}

export async function createResetLink(
  _ctx: AuthedContext,
  _input: { id: string },
): Promise<{ url: string; expiresAt: Date }> {
  throw new Error('to be written');
}

export async function deleteUser(_ctx: AuthedContext, _input: { id: string }): Promise<void> {
  throw new Error('to be written');
}
