import { type CreateSavedPromptInput, LIMITS, type SavedPrompt } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, count, desc, eq, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { AppError, notFound } from '../errors.js';

const { savedPrompts } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

const columns = {
  id: savedPrompts.id,
  instruction: savedPrompts.instruction,
  createdAt: savedPrompts.createdAt,
};

/** The caller's kept instructions, the newest first. */
export async function listSavedPrompts({ db, auth }: Caller): Promise<{ items: SavedPrompt[] }> {
  const items = await db
    .select(columns)
    .from(savedPrompts)
    .where(eq(savedPrompts.userId, auth.userId))
    .orderBy(desc(savedPrompts.id))
    .limit(LIMITS.savedPromptsPerUser);
  return { items };
}

/** Keeps an instruction; a repeat with the same id keeps it once. @throws AppError conflict, limit_reached */
export async function createSavedPrompt(
  { db, auth: { userId } }: Caller,
  { id, instruction }: CreateSavedPromptInput,
): Promise<SavedPrompt> {
  return db.transaction(async (tx) => {
    // One after another, so that the count is right.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`prompts ${userId}`}, 0))`,
    );
    const [known] = await tx
      .select({ ...columns, userId: savedPrompts.userId })
      .from(savedPrompts)
      .where(eq(savedPrompts.id, id));
    if (known) {
      const { userId: owner, ...prompt } = known;
      if (owner === userId && prompt.instruction === instruction) return prompt;
      throw new AppError('conflict', 'Another instruction has this id');
    }
    const [held] = await tx
      .select({ count: count() })
      .from(savedPrompts)
      .where(eq(savedPrompts.userId, userId));
    if ((held?.count ?? 0) >= LIMITS.savedPromptsPerUser) {
      throw new AppError(
        'limit_reached',
        `At most ${LIMITS.savedPromptsPerUser} instructions are kept`,
      );
    }
    const [made] = await tx
      .insert(savedPrompts)
      .values({ id, userId, instruction })
      .onConflictDoNothing()
      .returning(columns);
    if (!made) throw new AppError('conflict', 'Another instruction has this id');
    return made;
  });
}

/** @throws AppError not_found */
export async function removeSavedPrompt(
  { db, auth }: Caller,
  { id }: { id: string },
): Promise<void> {
  const removed = await db
    .delete(savedPrompts)
    .where(and(eq(savedPrompts.id, id), eq(savedPrompts.userId, auth.userId)))
    .returning({ id: savedPrompts.id });
  if (removed.length === 0) throw notFound('Instruction');
}
