import { schema } from '@ainotebook/db';

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
  createdAt: users.createdAt,
};
