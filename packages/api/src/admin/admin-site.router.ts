import {
  auditEventSchema,
  listAuditInput,
  pageOf,
  siteSettingsSchema,
  updateSiteSettingsInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { adminProcedure } from '../procedures.js';
import { getSiteSettings, listAuditEvents, updateSiteSettings } from './admin-site.service.js';

export const adminSiteRouter = {
  getSettings: adminProcedure.output(siteSettingsSchema).query(({ ctx }) => getSiteSettings(ctx)),
  updateSettings: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(updateSiteSettingsInput)
    .output(siteSettingsSchema)
    .mutation(({ ctx, input }) => updateSiteSettings(ctx, input)),
  listAudit: adminProcedure
    .input(listAuditInput)
    .output(pageOf(auditEventSchema))
    .query(({ ctx, input }) => listAuditEvents(ctx, input)),
} satisfies TRPCRouterRecord;
