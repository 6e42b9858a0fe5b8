import { schema, type Tx } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { notFound } from '../errors.js';

const { users } = schema;

/** Until the transaction ends only one works on this account: two at once must not both take the last place. @throws AppError not_found */
export async function lockUser(tx: Tx, userId: string): Promise<void> {
  const [user] = await tx
    .select({ id: users.id })
    .from(users)
    .where(eq(users.id, userId))
    .for('no key update');
  if (!user) throw notFound('User');
}
