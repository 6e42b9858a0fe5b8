import type { NotificationEvent } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { enqueueMany } from '@ainotebook/jobs';
import { v7 } from 'uuid';
import { sendMail } from '../mail/mail-jobs.js';

/**
 * Tells users something, in the transaction of what happened: on the screen, and by mail. Whether a
 * mail is wanted and possible is decided when it is sent.
 */
export async function notify(
  tx: Tx,
  { userIds, event }: { userIds: string[]; event: NotificationEvent },
): Promise<void> {
  if (userIds.length === 0) return;
  const { kind, data } = event;
  const rows = userIds.map((userId) => ({ id: v7(), userId, kind, data }));
  await tx.insert(schema.notifications).values(rows);
  const mails = rows.map(({ id, userId }) => ({
    payload: { kind: 'notification' as const, notificationId: id, userId },
  }));
  await enqueueMany(tx, sendMail, mails);
}
