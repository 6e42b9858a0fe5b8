import type { SystemInfo } from '@ainotebook/contract';
import { getSiteSettings } from '../admin/admin-site.service.js';
import { hasAdmin } from '../admin/admins.js';
import type { Context } from '../context.js';

/** What a client needs before anybody has signed in. */
export async function getSystemInfo(ctx: Pick<Context, 'db' | 'config'>): Promise<SystemInfo> {
  const { version, appName, registration, setupToken, hasMail, hasWebSearch, hasPdf, demo } =
    ctx.config;
  const { siteName, terms, privacy } = await getSiteSettings(ctx);
  const needsSetup = setupToken !== null && !(await hasAdmin(ctx.db));
  return {
    version,
    appName,
    siteName,
    registration,
    needsSetup,
    hasTerms: terms.trim() !== '',
    hasPrivacy: privacy.trim() !== '',
    hasMail,
    hasWebSearch,
    hasPdf,
    demo,
  };
}
