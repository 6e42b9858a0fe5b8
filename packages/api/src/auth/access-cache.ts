import { cacheClass } from '@ainotebook/cache';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import type { CachedReads } from '../scopes.js';

const { sessions, users } = schema;

/** What a session says of its holder's access. */
interface SessionAccess {
  userId: string;
  isRevoked: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** What an account says of it; nothing here is secret. */
interface UserAccess {
  epoch: number;
  role: 'user' | 'admin';
  status: 'active' | 'suspended';
}

export const sessionClass = cacheClass<SessionAccess>('session', { isStrict: true });
export const userClass = cacheClass<UserAccess>('user', { isStrict: true, ttlMs: 1_800_000 });

/** A session, at most two seconds old; null when there is none. */
export function readSession({ cache, db }: CachedReads, id: string) {
  return cache.get(sessionClass, id, async () => {
    const [row] = await db
      .select({
        ver: sessions.ver,
        userId: sessions.userId,
        isRevoked: sql<boolean>`${sessions.revokedAt} is not null`,
        expiresAt: sessions.expiresAt,
      })
      .from(sessions)
      .where(eq(sessions.id, id));
    if (!row) return null;
    const { ver, expiresAt, ...value } = row;
    return { ver, value: { ...value, expiresAt: expiresAt.getTime() } };
  });
}

/** What an account may do, at most two seconds old; null when there is none. */
export function readUserAccess({ cache, db }: CachedReads, id: string) {
  return cache.get(userClass, id, async () => {
    const [row] = await db
      .select({ ver: users.ver, epoch: users.epoch, role: users.role, status: users.status })
      .from(users)
      .where(eq(users.id, id));
    if (!row) return null;
    const { ver, ...value } = row;
    return { ver, value };
  });
}
