import {
  listNotificationsInput,
  markReadInput,
  notificationSchema,
  pageOf,
  unreadCountSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { authedProcedure } from '../procedures.js';
import { countUnread, listNotifications, markRead } from './notifications.service.js';

export const notificationsRouter = {
  list: authedProcedure
    .input(listNotificationsInput)
    .output(pageOf(notificationSchema))
    .query(({ ctx, input }) => listNotifications(ctx, input)),
  unreadCount: authedProcedure.output(unreadCountSchema).query(({ ctx }) => countUnread(ctx)),
  markRead: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(markReadInput)
    .output(z.void())
    .mutation(({ ctx, input }) => markRead(ctx, input)),
} satisfies TRPCRouterRecord;
