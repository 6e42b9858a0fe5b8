import { LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { handleJob, type JobHandler } from '@ainotebook/jobs';
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { DELETE_BATCH, deleteInBatches } from '../delete-in-batches.js';
import type { JobServices } from '../jobs.js';
import { notify } from '../notifications/notify.js';
import { disableWebhook } from './disable.js';
import { type Attempt, send } from './send.js';
import { signatureHeaders } from './signing.js';
import { deliverWebhook, queueDeliveries } from './webhook-jobs.js';

const { webhookDeliveries, webhookSubscriptions } = schema;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Between an attempt and the next: within a minute for who restarts, most of a day for who sleeps. */
const PAUSES_MS = [
  10_000,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
];
/** After so long without a success a webhook is turned off, once a delivery is given up. */
const FAILING_DAYS = 5;
const GONE = 410;

/**
 * Handlers of webhooks. A process that dies between the answer of a receiver and our note of it has the delivery
 * sent once more, with the same id: receivers know what they have.
 */
export function webhookJobHandlers(
  services: Pick<JobServices, 'config' | 'webhookEgress' | 'nudgeJobs'>,
): JobHandler[] {
  return [
    handleJob(deliverWebhook, async (run, { deliveryId, turn }) => {
      const due = await findDue(run.db, { deliveryId, turn });
      if (!due) return;
      const { id, url, payload, salts } = due;
      const headers = signatureHeaders(services.config.tokenSecret, salts, { id, body: payload });
      const attempt = await send(
        services.webhookEgress,
        { url, headers, body: payload },
        run.signal,
      );
      await run.once((tx) => record(tx, due, attempt));
      services.nudgeJobs();
    }),
  ];
}

/** A delivery that this very job may send. */
interface Due {
  id: string;
  subscriptionId: string;
  type: string;
  turn: number;
  payload: string;
  url: string;
  salts: string[];
}

/** @returns null when it was sent, given up, or made due by another job since */
async function findDue(
  db: Db,
  { deliveryId, turn }: { deliveryId: string; turn: number },
): Promise<Due | null> {
  const [row] = await db
    .select({
      id: webhookDeliveries.id,
      subscriptionId: webhookDeliveries.subscriptionId,
      type: webhookDeliveries.type,
      turn: webhookDeliveries.turn,
      payload: webhookDeliveries.payload,
      url: webhookSubscriptions.url,
      salt: webhookSubscriptions.salt,
      formerSalt: sql<string | null>`case when ${gt(webhookSubscriptions.formerUntil, sql`now()`)}
        then ${webhookSubscriptions.formerSalt} end`,
    })
    .from(webhookDeliveries)
    .innerJoin(webhookSubscriptions, eq(webhookSubscriptions.id, webhookDeliveries.subscriptionId))
    .where(stillDue({ id: deliveryId, turn }));
  if (!row) return null;
  const { salt, formerSalt, ...due } = row;
  return { ...due, salts: formerSalt === null ? [salt] : [salt, formerSalt] };
}

const stillDue = ({ id, turn }: { id: string; turn: number }) =>
  and(
    eq(webhookDeliveries.id, id),
    eq(webhookDeliveries.turn, turn),
    eq(webhookDeliveries.status, 'pending'),
  );

/** Writes down what came of an attempt, and what follows from it. */
async function record(tx: Tx, due: Due, attempt: Attempt): Promise<void> {
  // Before the delivery, as everybody does who locks both.
  const [subscription] = await tx
    .select({
      id: webhookSubscriptions.id,
      userId: webhookSubscriptions.userId,
      url: webhookSubscriptions.url,
      isSick: sql<boolean>`coalesce(${webhookSubscriptions.failingSince}
        < now() - make_interval(days => ${FAILING_DAYS}), false)`,
    })
    .from(webhookSubscriptions)
    .where(eq(webhookSubscriptions.id, due.subscriptionId))
    .for('no key update');
  if (!subscription) return;
  const [counted] = await tx
    .update(webhookDeliveries)
    .set({
      ...attempt,
      attempts: sql`${webhookDeliveries.attempts} + 1`,
      lastAttemptAt: sql`now()`,
      nextAttemptAt: null,
      ...(attempt.failure === null ? { status: 'delivered' as const } : {}),
    })
    .where(stillDue(due))
    .returning({ attempts: webhookDeliveries.attempts });
  if (!counted) return;
  if (attempt.failure === null) return noteHealth(tx, subscription.id, { isFailing: false });
  // Sent by hand, to see what happens: once is enough, and it says nothing of the others.
  if (due.type === 'webhook.test') return giveUp(tx, due);
  await noteHealth(tx, subscription.id, { isFailing: true });
  const pauseMs = PAUSES_MS[counted.attempts - 1];
  const isOver = counted.attempts >= LIMITS.webhookAttempts || pauseMs === undefined;
  const reason =
    attempt.responseStatus === GONE ? 'gone' : isOver && subscription.isSick ? 'failing' : null;
  if (isOver || reason) await giveUp(tx, due);
  else await postpone(tx, due, pauseMs);
  if (!reason) return;
  await disableWebhook(tx, subscription.id, reason);
  const { id: webhookId, userId, url } = subscription;
  const event = { kind: 'webhook_disabled', data: { webhookId, url, reason } } as const;
  await notify(tx, { userIds: [userId], event });
}

/** Writes only where something changes: every delivery of a webhook passes here. */
async function noteHealth(tx: Tx, id: string, { isFailing }: { isFailing: boolean }) {
  const { failingSince } = webhookSubscriptions;
  await tx
    .update(webhookSubscriptions)
    .set({ failingSince: isFailing ? sql`now()` : null })
    .where(
      and(
        eq(webhookSubscriptions.id, id),
        isFailing ? sql`${failingSince} is null` : sql`${failingSince} is not null`,
      ),
    );
}

async function giveUp(tx: Tx, { id }: Due): Promise<void> {
  await tx.update(webhookDeliveries).set({ status: 'failed' }).where(eq(webhookDeliveries.id, id));
}

async function postpone(tx: Tx, { id, turn }: Due, pauseMs: number): Promise<void> {
  // Receivers that were away are not all asked at one moment.
  const delayMs = Math.round(pauseMs * (0.9 + Math.random() * 0.2));
  await tx
    .update(webhookDeliveries)
    .set({ turn: turn + 1, nextAttemptAt: sql`now() + ${delayMs} * interval '1 ms'` })
    .where(eq(webhookDeliveries.id, id));
  await queueDeliveries(tx, [{ id, turn: turn + 1 }], delayMs);
}

/** Deletes what is older than `LIMITS.webhookDeliveryDays`. @returns how many went */
export async function pruneDeliveries(db: Db): Promise<number> {
  return deleteInBatches(
    db,
    sql`delete from ${webhookDeliveries} where id = any(array(
      select id from ${webhookDeliveries}
      where ${lt(webhookDeliveries.createdAt, sql`now() - make_interval(days => ${LIMITS.webhookDeliveryDays})`)}
      limit ${DELETE_BATCH} for update skip locked))`,
  );
}
