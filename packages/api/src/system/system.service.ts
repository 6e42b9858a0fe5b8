import type { SystemInfo } from '@ainotebook/contract';
import { hasAdmin } from '../admin/admins.js';
import type { Context } from '../context.js';

/** What a client needs before anybody has signed in. */
export async function getSystemInfo(ctx: Pick<Context, 'db' | 'config'>): Promise<SystemInfo> {
  const { version, appName, registration, setupToken, demo } = ctx.config;
  const needsSetup = setupToken !== null && !(await hasAdmin(ctx.db));
  return { version, appName, registration, needsSetup, demo };
}
