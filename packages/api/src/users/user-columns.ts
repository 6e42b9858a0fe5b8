import { schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';

const { users } = schema;

/** What a user sees of himself. */
export const userColumns = {
  id: users.id,
  email: users.email,
  handle: users.handle,
  displayName: users.displayName,
  bio: users.bio,
  locale: users.locale,
  role: users.role,
  isEmailVerified: sql<boolean>`(${users.emailVerifiedAt} is not null)`,
  hasNotificationMail: users.hasNotificationMail,
  createdAt: users.createdAt,
};
