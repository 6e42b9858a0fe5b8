import {
  type CreatedWebhook,
  type CreateWebhookInput,
  LIMITS,
  type UpdateWebhookInput,
  type Webhook,
} from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, asc, count, eq, type SQL, sql } from 'drizzle-orm';
import { audit, auditBy } from '../audit/audit.js';
import type { Auth, AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';
import { lockUser } from '../users/lock-user.js';
import { disableWebhook, giveUpOthers } from './disable.js';
import { newSalt, secretOf } from './signing.js';

const { webhookSubscriptions } = schema;

/** For so long the secret before is good beside the new one. */
const FORMER_HOURS = 24;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;
type Maker = Caller & Pick<AuthedContext, 'config' | 'request'>;

const webhookColumns = {
  id: webhookSubscriptions.id,
  url: webhookSubscriptions.url,
  events: webhookSubscriptions.events,
  disabledReason: webhookSubscriptions.disabledReason,
  failingSince: webhookSubscriptions.failingSince,
  formerSecretUntil: sql<Date | null>`case when ${webhookSubscriptions.formerUntil} > now()
    then ${webhookSubscriptions.formerUntil} end`.mapWith(webhookSubscriptions.formerUntil),
  createdAt: webhookSubscriptions.createdAt,
};

/** The caller's webhooks. Money is closed to API keys, and with it what tells of orders. */
export function ownWebhooks(auth: Auth): SQL | undefined {
  return and(
    eq(webhookSubscriptions.userId, auth.userId),
    auth.key ? sql`not 'order.paid' = any(${webhookSubscriptions.events})` : undefined,
  );
}

function requireNoMoney(auth: Auth, events: readonly string[] | undefined): void {
  if (auth.key && events?.includes('order.paid')) {
    throw new AppError('forbidden', 'No API key makes a webhook that tells of orders');
  }
}

/** The caller's webhooks, the oldest first. */
export async function listWebhooks({ db, auth }: Caller): Promise<Webhook[]> {
  return db
    .select(webhookColumns)
    .from(webhookSubscriptions)
    .where(ownWebhooks(auth))
    .orderBy(asc(webhookSubscriptions.id))
    .limit(LIMITS.webhooksPerUser);
}

/** Makes a webhook. @throws AppError limit_reached, forbidden (orders, by key) */
export async function createWebhook(
  ctx: Maker,
  { url, events }: CreateWebhookInput,
): Promise<CreatedWebhook> {
  const { userId } = ctx.auth;
  requireNoMoney(ctx.auth, events);
  const salt = newSalt();
  const webhook = await ctx.db.transaction(async (tx) => {
    await lockUser(tx, userId);
    const [present] = await tx
      .select({ count: count() })
      .from(webhookSubscriptions)
      .where(eq(webhookSubscriptions.userId, userId));
    if ((present?.count ?? 0) >= LIMITS.webhooksPerUser) {
      throw new AppError('limit_reached', 'Too many webhooks; delete some first');
    }
    const [row] = await tx
      .insert(webhookSubscriptions)
      .values({ userId, url, events, salt })
      .returning(webhookColumns);
    if (!row) throw new Error('the insert of a webhook returned no row');
    await note(tx, ctx, 'webhook.created', row.id);
    return row;
  });
  return { ...webhook, secret: secretOf(ctx.config.tokenSecret, salt) };
}

/**
 * Changes one of the caller's webhooks. Turned off, what waits is given up, and so is what it tells of no more; turned on,
 * it begins anew.
 * @throws AppError not_found, forbidden (orders, by key)
 */
export async function updateWebhook(
  ctx: Caller,
  { id, data }: UpdateWebhookInput,
): Promise<Webhook> {
  const { isEnabled, ...values } = data;
  requireNoMoney(ctx.auth, data.events);
  return ctx.db.transaction(async (tx) => {
    // Against whoever emits, too: what it is told of meanwhile is not given up.
    const lock = data.events ? 'update' : 'no key update';
    const before = await lockWebhook(tx, ctx.auth, id, lock);
    if (data.events) await giveUpOthers(tx, id, data.events);
    if (isEnabled === false && before.disabledReason === null) {
      await disableWebhook(tx, id, 'owner');
    }
    const isNew = isEnabled === true && before.disabledReason !== null;
    const changed = {
      ...values,
      ...(isNew ? { disabledReason: null } : {}),
      // Another address, or another try: what failed before says nothing of it.
      ...(isNew || values.url !== undefined ? { failingSince: null } : {}),
    };
    const [row] = await tx
      .update(webhookSubscriptions)
      // Something has to be set, and this is by any change.
      .set({ ...changed, updatedAt: sql`now()` })
      .where(eq(webhookSubscriptions.id, id))
      .returning(webhookColumns);
    if (!row) throw notFound('Webhook');
    return row;
  });
}

/** Gives a webhook another secret; the one before is good for a day. @throws AppError not_found */
export async function rotateWebhookSecret(
  ctx: Maker,
  { id }: { id: string },
): Promise<CreatedWebhook> {
  const salt = newSalt();
  const webhook = await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(webhookSubscriptions)
      .set({
        salt,
        formerSalt: sql`${webhookSubscriptions.salt}`,
        formerUntil: sql`now() + ${FORMER_HOURS} * interval '1 hour'`,
      })
      .where(and(eq(webhookSubscriptions.id, id), ownWebhooks(ctx.auth)))
      .returning(webhookColumns);
    if (!row) throw notFound('Webhook');
    await note(tx, ctx, 'webhook.secret_rotated', id);
    return row;
  });
  return { ...webhook, secret: secretOf(ctx.config.tokenSecret, salt) };
}

/** Removes a webhook and its log; what waits is not sent. @throws AppError not_found */
export async function deleteWebhook(
  ctx: Caller & Pick<AuthedContext, 'request'>,
  { id }: { id: string },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [gone] = await tx
      .delete(webhookSubscriptions)
      .where(and(eq(webhookSubscriptions.id, id), ownWebhooks(ctx.auth)))
      .returning({ id: webhookSubscriptions.id });
    if (!gone) throw notFound('Webhook');
    await note(tx, ctx, 'webhook.deleted', id);
  });
}

/** One of the caller's webhooks, held to the end of the transaction. @throws AppError not_found */
export async function lockWebhook(
  tx: Tx,
  auth: Auth,
  id: string,
  lock: 'update' | 'no key update' = 'no key update',
) {
  const [row] = await tx
    .select({
      id: webhookSubscriptions.id,
      disabledReason: webhookSubscriptions.disabledReason,
    })
    .from(webhookSubscriptions)
    .where(and(eq(webhookSubscriptions.id, id), ownWebhooks(auth)))
    .for(lock);
  if (!row) throw notFound('Webhook');
  return row;
}

async function note(
  tx: Tx,
  { auth, request }: Pick<AuthedContext, 'auth' | 'request'>,
  action: 'webhook.created' | 'webhook.secret_rotated' | 'webhook.deleted',
  id: string,
): Promise<void> {
  const subject = { subjectType: 'webhook', subjectId: id } as const;
  await audit(tx, { ...auditBy({ auth, request }), action, ...subject });
}
