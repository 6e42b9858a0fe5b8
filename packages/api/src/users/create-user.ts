import type { Locale } from '@ainotebook/contract';
import { dbFailure, schema, type Tx } from '@ainotebook/db';
import type { SQL } from 'drizzle-orm';
import type { Auth } from '../context.js';
import { AppError } from '../errors.js';
import { handleCandidates, isReservedHandle } from './handles.js';
import { userColumns } from './user-columns.js';

const { users } = schema;

interface NewUser {
  email: string;
  displayName: string;
  passwordHash: string;
  handle?: string | undefined;
  locale?: Locale;
  role?: Auth['role'];
  lastLoginAt?: SQL;
}

/**
 * Inserts a user; without a handle one is made of the name. The unique indexes decide what is taken.
 * @throws AppError email_taken, handle_taken
 */
export async function createUser(tx: Tx, person: NewUser) {
  const handles = person.handle === undefined ? handleCandidates(person) : [person.handle];
  for (const handle of handles) {
    if (isReservedHandle(handle)) break;
    const user = await insertUser(tx, { ...person, handle });
    if (user) return user;
  }
  throw new AppError('handle_taken', 'This handle is taken');
}

/** @returns undefined when the handle is taken, with the transaction still usable */
async function insertUser(tx: Tx, row: NewUser & { handle: string }) {
  try {
    const [user] = await tx
      .insert(users)
      .values(row)
      .onConflictDoNothing({ target: users.handle })
      .returning(userColumns);
    return user;
  } catch (error) {
    if (dbFailure(error)?.constraint === 'idx_users_email') {
      throw new AppError('email_taken', 'This e-mail address is taken', { cause: error });
    }
    throw error;
  }
}
