import type { NotificationEvent } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { v7 } from 'uuid';

/** Tells a user something, in the transaction of what happened. */
export async function notify(
  tx: Tx,
  { userId, event }: { userId: string; event: NotificationEvent },
): Promise<void> {
  const { kind, data } = event;
  await tx.insert(schema.notifications).values({ id: v7(), userId, kind, data });
}
