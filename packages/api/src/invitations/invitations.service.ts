import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function listInvitations(
  _ctx: AuthedContext,
  _input: C.ListInvitationsInput,
): Promise<{ items: C.Invitation[]; nextCursor: string | null }> {
  throw new Error('to be written');
}

export async function createInvitation(
  _ctx: AuthedContext,
  _input: C.CreateInvitationInput,
): Promise<C.Invitation & { url: string }> {
  throw new Error('to be written');
}

export async function revokeInvitation(_ctx: AuthedContext, _input: { id: string }): Promise<void> {
  throw new Error('to be written');
}
