import { LIMITS } from '@ainotebook/contract';
import { schema, type Tx } from '@ainotebook/db';
import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { generateKeyBetween } from 'fractional-indexing';
import { v7 } from 'uuid';
import type { SessionRow } from './import-rows.js';

const { importNotebooks, notebooks } = schema;

/** Where a folder of a source is, and whether it could be as deep as it was. */
export interface Place {
  notebookId: string | null;
  isFull: boolean;
}

/**
 * The notebook that stands for a folder of the source, made where it is missing; one of the same name
 * in the same place is used. The caller holds the library lock.
 */
export async function placeOf(
  tx: Tx,
  session: SessionRow,
  names: readonly string[],
): Promise<Place> {
  const base = session.notebookId === null ? 0 : await depthOf(tx, session.notebookId);
  let parentId = session.notebookId;
  for (const [i, name] of names.entries()) {
    const path = JSON.stringify(names.slice(0, i + 1));
    const known = await knownNotebook(tx, session.id, path);
    if (known !== null) {
      parentId = known;
      continue;
    }
    const child = await childOf(tx, session.userId, parentId, name);
    if (child === null && (base + i >= LIMITS.notebookDepth || (await isFull(tx, session.userId))))
      return { notebookId: parentId, isFull: true };
    const notebookId: string = child ?? (await addNotebook(tx, session.userId, { parentId, name }));
    await tx
      .insert(importNotebooks)
      .values({ sessionId: session.id, path, notebookId, isNew: child === null });
    parentId = notebookId;
  }
  return { notebookId: parentId, isFull: false };
}

async function knownNotebook(tx: Tx, sessionId: string, path: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: importNotebooks.notebookId })
    .from(importNotebooks)
    .where(and(eq(importNotebooks.sessionId, sessionId), eq(importNotebooks.path, path)));
  return row?.id ?? null;
}

const inside = (userId: string, parentId: string | null) =>
  and(
    eq(notebooks.userId, userId),
    parentId === null ? isNull(notebooks.parentId) : eq(notebooks.parentId, parentId),
  );

async function childOf(
  tx: Tx,
  userId: string,
  parentId: string | null,
  name: string,
): Promise<string | null> {
  const [row] = await tx
    .select({ id: notebooks.id })
    .from(notebooks)
    .where(and(inside(userId, parentId), eq(notebooks.name, name)))
    .orderBy(asc(notebooks.position), asc(notebooks.id))
    .limit(1);
  return row?.id ?? null;
}

export function countNotebooks(tx: Tx, userId: string): Promise<number> {
  return tx.$count(notebooks, eq(notebooks.userId, userId));
}

const isFull = async (tx: Tx, userId: string): Promise<boolean> =>
  (await countNotebooks(tx, userId)) >= LIMITS.notebooksPerUser;

/** How many notebooks stand one in the other down to this one. */
export async function depthOf(tx: Tx, id: string): Promise<number> {
  const { rows } = await tx.execute<{ depth: number }>(sql`
    with recursive up as (
      select id, parent_id from notebooks where id = ${id}
      union all select n.id, n.parent_id from notebooks n join up on n.id = up.parent_id)
    select count(*)::int as depth from up`);
  return rows[0]?.depth ?? 0;
}

/** Adds a notebook behind its siblings. @returns its id */
export async function addNotebook(
  tx: Tx,
  userId: string,
  { parentId, name, id = v7() }: { parentId: string | null; name: string; id?: string },
): Promise<string> {
  const [last] = await tx
    .select({ position: notebooks.position })
    .from(notebooks)
    .where(inside(userId, parentId))
    .orderBy(desc(notebooks.position))
    .limit(1);
  const position = generateKeyBetween(last?.position, null);
  await tx.insert(notebooks).values({ id, userId, parentId, name, position });
  return id;
}
