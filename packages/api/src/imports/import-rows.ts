import { type ImportSession, LIMITS } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { notFound } from '../errors.js';

const { importItems, importSessions } = schema;

const countOf = (result: string) => sql`count(*) filter (where i.result = ${result})::int`;

/** A session as it goes over the wire. The id is written out: Drizzle would drop its table's name. */
export const sessionColumns = {
  id: importSessions.id,
  status: importSessions.status,
  program: importSessions.program,
  sourceName: importSessions.sourceName,
  sourceSize: sql<number | null>`(
    select s.size from import_sources s where s.session_id = "import_sessions"."id")`.mapWith(
    (size) => (size === null ? null : Number(size)),
  ),
  upload: sql<ImportSession['upload']>`case
    when ${importSessions.status} = 'receiving' and ${importSessions.uploadSize} is not null
    then jsonb_build_object(
      'size', ${importSessions.uploadSize}, 'received', ${importSessions.uploadReceived},
      'chunkBytes', ${LIMITS.importChunkBytes}::int) end`,
  failure: importSessions.failure,
  notebookId: importSessions.notebookId,
  readCount: importSessions.readCount,
  totalCount: importSessions.totalCount,
  counts: sql<ImportSession['counts']>`(
    select jsonb_build_object(
      'pending', ${countOf('pending')}, 'accepted', ${countOf('accepted')},
      'rejected', ${countOf('rejected')}, 'duplicate', ${countOf('duplicate')},
      'undone', ${countOf('undone')}, 'kept', ${countOf('kept')})
    from import_items i where i.session_id = "import_sessions"."id")`,
  createdAt: importSessions.createdAt,
  startedAt: importSessions.startedAt,
  finishedAt: importSessions.finishedAt,
};

/** One session of a user. */
export function ownSession(userId: string, id: string): SQL | undefined {
  return and(eq(importSessions.id, id), eq(importSessions.userId, userId));
}

/** @throws AppError not_found */
export async function readSession(db: Db | Tx, userId: string, id: string): Promise<ImportSession> {
  const [row] = await db.select(sessionColumns).from(importSessions).where(ownSession(userId, id));
  if (!row) throw notFound('Import');
  return row;
}

/** A session as the jobs know it. */
export type SessionRow = typeof importSessions.$inferSelect;

/** A session whoever's it is, for a job; null once it is removed. */
export async function findSession(db: Db | Tx, id: string): Promise<SessionRow | null> {
  const [row] = await db.select().from(importSessions).where(eq(importSessions.id, id));
  return row ?? null;
}

/**
 * The session, which nobody else changes before the transaction ends; null when it has left `status`:
 * whoever paused, undid or removed it is obeyed.
 */
export async function lockSession(
  tx: Tx,
  id: string,
  status: SessionRow['status'],
): Promise<SessionRow | null> {
  const [row] = await tx
    .select()
    .from(importSessions)
    .where(and(eq(importSessions.id, id), eq(importSessions.status, status)))
    .for('update');
  return row ?? null;
}

/**
 * Marks what a note was already made of, or what was made of a note that is unchanged since, and takes the
 * mark off what no note is there of any more.
 * @param ids of the items that are looked at; all of the session when absent
 */
export async function markDuplicates(
  tx: Tx,
  sessionId: string,
  ids?: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    update ${importItems} i set result = case when known.is_there then 'duplicate' else 'pending' end
    from (
      select one.id, exists (
        select 1 from import_items other
        join articles a on a.id = other.article_id and a.deleted_at is null
        where other.user_id = one.user_id and other.source_hash = one.source_hash
          and other.result = 'accepted')
      or exists (
        select 1 from articles a
        where a.id = one.note_id and a.user_id = one.user_id and a.deleted_at is null
          and a.title = one.title
          and date_trunc('milliseconds', a.updated_at) = one.changed_at) as is_there
      from import_items one
      where one.session_id = ${sessionId} and one.result in ('pending', 'duplicate')
        ${ids ? sql`and one.id = any(${sql.param(ids)}::uuid[])` : sql``}
    ) known
    where i.id = known.id and (i.result = 'duplicate') <> known.is_there`);
}
