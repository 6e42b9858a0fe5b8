import { LIMITS } from '@ainotebook/contract';
import type { ArchivedNotebook } from '@ainotebook/convert/places';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { isAnyOf } from '../articles/article-rows.js';
import { lockLibrary } from '../articles/library-lock.js';
import { archiveId } from '../exports/archive-ids.js';
import { addNotebook, depthOf, isFull, type Place } from './import-notebooks.js';
import { lockSession, type SessionRow } from './import-rows.js';

const { importNotebooks, notebooks } = schema;

/**
 * Makes the notebooks of an archive of ours, in their order and those without notes too. One that the
 * account has already, by its id and not by its name, is used where it stands.
 * @returns where the folders of the archive are; null when the import was told to stop
 */
export function placeOwnNotebooks(
  db: Db,
  { id: sessionId, userId }: SessionRow,
  archived: readonly ArchivedNotebook[],
): Promise<ReadonlyMap<string, Place> | null> {
  return db.transaction(async (tx) => {
    const session = await lockSession(tx, sessionId, 'running');
    if (!session) return null;
    await lockLibrary(tx, userId);
    const made = await tx
      .select({ path: importNotebooks.path, notebookId: importNotebooks.notebookId })
      .from(importNotebooks)
      .where(eq(importNotebooks.sessionId, sessionId));
    const known = new Map(made.map(({ path, notebookId }) => [path, notebookId]));
    const wanted = archived.map(({ id }) => archiveId(userId, id));
    const owners = await ownersOf(tx, wanted);
    const top: Place = { notebookId: session.notebookId, isFull: false };
    const byId = new Map<string, Place>();
    const byPath = new Map<string, Place>();
    for (const [i, { id, parentId, name, path }] of archived.entries()) {
      const parent = (parentId === null ? undefined : byId.get(parentId)) ?? top;
      const key = JSON.stringify(path.split('/'));
      const found = known.get(key);
      const place: Place = found
        ? { notebookId: found, isFull: false }
        : await take(tx, session, { key, parent, name, id: wanted[i] ?? id, owners });
      byId.set(id, place);
      byPath.set(path, place);
    }
    return byPath;
  });
}

async function ownersOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await tx
    .select({ id: notebooks.id, userId: notebooks.userId })
    .from(notebooks)
    .where(isAnyOf(notebooks.id, ids));
  return new Map(rows.map(({ id, userId }) => [id, userId]));
}

interface Wanted {
  /** In `import_notebooks`. */
  key: string;
  id: string;
  name: string;
  parent: Place;
  owners: ReadonlyMap<string, string>;
}

/** The notebook itself, made where it is missing; its parent where no more or none so deep may be made. */
async function take(
  tx: Tx,
  { id: sessionId, userId }: SessionRow,
  { key, id, name, parent, owners }: Wanted,
): Promise<Place> {
  const owner = owners.get(id);
  const isThere = owner === userId;
  const depth = parent.notebookId === null ? 0 : await depthOf(tx, parent.notebookId);
  if (!isThere && (depth >= LIMITS.notebookDepth || (await isFull(tx, userId))))
    return { notebookId: parent.notebookId, isFull: true };
  const notebookId = isThere
    ? id
    : // An id that somebody else has says nothing to either.
      await addNotebook(tx, userId, {
        parentId: parent.notebookId,
        name,
        ...(owner === undefined ? { id } : {}),
      });
  await tx.insert(importNotebooks).values({ sessionId, path: key, notebookId, isNew: !isThere });
  return { notebookId, isFull: false };
}
