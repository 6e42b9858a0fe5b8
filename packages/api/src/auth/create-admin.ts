import { displayNameSchema, emailSchema, passwordSchema } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { lockAdmins } from '../admin/admins.js';
import { revokeApiKeysOf } from '../api-keys/api-keys.service.js';
import { audit } from '../audit/audit.js';
import type { Services } from '../context.js';
import { AppError } from '../errors.js';
import { notify } from '../notifications/notify.js';
import { createUser } from '../users/create-user.js';
import { disableWebhooksOf } from '../webhooks/disable.js';
import { endTokens } from './one-time-tokens.js';
import { endSessions } from './sessions.js';

const { users } = schema;

const input = z.object({
  email: emailSchema,
  password: passwordSchema,
  displayName: displayNameSchema,
});

/**
 * Makes an active admin for the command line. An existing account is promoted, with the new
 * password, without its sessions and API keys, and with its webhooks off: whoever registered that address must
 * neither become an admin nor be told of what one does.
 * @throws AppError bad_input (with `fields`)
 */
export async function createAdmin(
  services: Pick<Services, 'db' | 'passwords'>,
  person: { email: string; password: string; displayName: string },
): Promise<{ id: string; email: string; isNew: boolean }> {
  const parsed = input.safeParse(person);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => ({
      path: issue.path.join('.'),
      message: issue.message,
    }));
    throw new AppError('bad_input', 'The input is not valid', { fields });
  }
  const { email, displayName, password } = parsed.data;
  const passwordHash = await services.passwords.hash(password);
  return services.db.transaction(async (tx) => {
    await lockAdmins(tx);
    const [promoted] = await tx
      .update(users)
      .set({ role: 'admin', status: 'active', passwordHash })
      .where(eq(users.email, email))
      .returning({ id: users.id });
    if (promoted) {
      await endSessions(tx, promoted.id);
      await endTokens(tx, promoted.id);
      await revokeApiKeysOf(tx, promoted.id);
      await disableWebhooksOf(tx, promoted.id);
      await notify(tx, { userIds: [promoted.id], event: { kind: 'password_changed', data: {} } });
    }
    const { id } =
      promoted ?? (await createUser(tx, { email, displayName, passwordHash, role: 'admin' }));
    await audit(tx, {
      actorId: null,
      action: 'admin.created',
      subjectType: 'user',
      subjectId: id,
      detail: { isNew: !promoted },
    });
    return { id, email, isNew: !promoted };
  });
}
