import {
  byId,
  createdInvitationSchema,
  createInvitationInput,
  invitationSchema,
  listInvitationsInput,
  pageOf,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure } from '../procedures.js';
import { createInvitation, listInvitations, revokeInvitation } from './invitations.service.js';

export const invitationsRouter = {
  list: adminProcedure
    .input(listInvitationsInput)
    .output(pageOf(invitationSchema))
    .query(({ ctx, input }) => listInvitations(ctx, input)),
  create: adminProcedure
    .meta({ idempotency: 'none' })
    .input(createInvitationInput)
    .output(createdInvitationSchema)
    .mutation(({ ctx, input }) => createInvitation(ctx, input)),
  revoke: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeInvitation(ctx, input)),
} satisfies TRPCRouterRecord;
