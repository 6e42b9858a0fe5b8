import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function register(_ctx: Context, _input: C.RegisterInput): Promise<C.AuthResult> {
  throw new Error('to be written');
}

export async function login(_ctx: Context, _input: C.LoginInput): Promise<C.AuthResult> {
  throw new Error('to be written');
}

export async function refresh(_ctx: Context, _input: C.RefreshInput): Promise<C.AuthResult> {
  throw new Error('to be written');
}

export async function logout(_ctx: Context, _input: C.RefreshInput): Promise<void> {
  throw new Error('to be written');
}

export async function logoutEverywhere(_ctx: AuthedContext): Promise<void> {
  throw new Error('to be written');
}

export async function changePassword(
  _ctx: AuthedContext,
  _input: C.ChangePasswordInput,
): Promise<C.AuthResult> {
  throw new Error('to be written');
}

export async function resetPassword(_ctx: Context, _input: C.ResetPasswordInput): Promise<void> {
  throw new Error('to be written');
}

export async function listSessions(_ctx: AuthedContext): Promise<C.Session[]> {
  throw new Error('to be written');
}

export async function revokeSession(_ctx: AuthedContext, _input: { id: string }): Promise<void> {
  throw new Error('to be written');
}
