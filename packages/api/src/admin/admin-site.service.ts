import type * as C from '@ainotebook/contract';
import type { AuthedContext, Context } from '../context.js';

export async function getSiteSettings(_ctx: AuthedContext): Promise<C.SiteSettings> {
  throw new Error('to be written');
}

export async function updateSiteSettings(
  _ctx: AuthedContext,
  _input: C.UpdateSiteSettingsInput,
): Promise<C.SiteSettings> {
  throw new Error('to be written');
}

export async function listAuditEvents(
  _ctx: AuthedContext,
  _input: C.ListAuditInput,
): Promise<{
  items: {
    id: string;
    actorId: string | null;
    action: string;
    subjectType: string | null;
    subjectId: string | null;
    ip: string | null;
    createdAt: Date;
  }[];
  nextCursor: string | null;
}> {
  throw new Error('to be written');
}
