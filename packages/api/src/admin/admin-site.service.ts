import {
  type ListAuditInput,
  type SiteSettings,
  siteSettingsSchema,
  type UpdateSiteSettingsInput,
} from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { desc, eq, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { AuthedContext, Context } from '../context.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';

const { auditEvents, siteSettings } = schema;

const KEY = 'site';

/** Settings of the site; what nobody has set comes from the configuration. */
export async function getSiteSettings(ctx: Pick<Context, 'db' | 'config'>): Promise<SiteSettings> {
  const [row] = await ctx.db
    .select({ value: siteSettings.value })
    .from(siteSettings)
    .where(eq(siteSettings.key, KEY));
  const stored = siteSettingsSchema.partial().parse(row?.value ?? {});
  return {
    siteName: stored.siteName || ctx.config.appName,
    icpNumber: stored.icpNumber ?? '',
    terms: stored.terms ?? '',
    privacy: stored.privacy ?? '',
  };
}

/** Changes the settings given and leaves the others. */
export async function updateSiteSettings(
  ctx: Pick<AuthedContext, 'db' | 'auth' | 'config' | 'request'>,
  { data }: UpdateSiteSettingsInput,
): Promise<SiteSettings> {
  const changed = Object.entries(data).filter(([, value]) => value !== undefined);
  if (changed.length === 0) return getSiteSettings(ctx);
  const value = Object.fromEntries(changed);
  return ctx.db.transaction(async (tx) => {
    await tx
      .insert(siteSettings)
      .values({ key: KEY, value })
      .onConflictDoUpdate({
        target: siteSettings.key,
        set: { value: sql`${siteSettings.value} || excluded.value`, updatedAt: sql`now()` },
      });
    await audit(tx, {
      ...auditBy(ctx),
      action: 'site.settings_updated',
      subjectType: 'site',
      detail: { fields: Object.keys(value) },
    });
    return getSiteSettings({ ...ctx, db: tx });
  });
}

const auditColumns = {
  id: auditEvents.id,
  actorId: auditEvents.actorId,
  action: auditEvents.action,
  subjectType: auditEvents.subjectType,
  subjectId: auditEvents.subjectId,
  ip: auditEvents.ip,
  createdAt: auditEvents.createdAt,
};

/** Audit events, newest first. */
export async function listAuditEvents(
  ctx: Pick<AuthedContext, 'db'>,
  { limit, cursor }: ListAuditInput,
) {
  const { createdAt: instant, id } = auditEvents;
  const rows = await ctx.db
    .select({ event: auditColumns, key: selectInstantKey(instant) })
    .from(auditEvents)
    .where(afterCursor('desc', { instant, id }, cursor))
    .orderBy(desc(instant), desc(id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.key, row.event.id],
    itemOf: (row) => row.event,
  });
}
