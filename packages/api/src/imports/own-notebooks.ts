import { LIMITS } from '@ainotebook/contract';
import type { ArchivedNotebook } from '@ainotebook/convert/places';
import { schema, type Tx } from '@ainotebook/db';
import type { JobRun } from '@ainotebook/jobs';
import { eq } from 'drizzle-orm';
import { isAnyOf } from '../articles/article-rows.js';
import { lockLibrary } from '../articles/library-lock.js';
import { archiveId } from '../exports/archive-ids.js';
import { addNotebook, countNotebooks, depthOf, type Place } from './import-notebooks.js';
import { lockSession, type SessionRow } from './import-rows.js';

const { importNotebooks, notebooks } = schema;

/**
 * Makes the notebooks of an archive of ours, in their order and those without notes too. One that the
 * account has already, by its id and not by its name, is used where it stands.
 * @returns where the folders of the archive are; null when the import was told to stop
 */
export function placeOwnNotebooks(
  { db, signal }: Pick<JobRun, 'db' | 'signal'>,
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
    const room: Room = {
      owners: await ownersOf(tx, wanted),
      left: LIMITS.notebooksPerUser - (await countNotebooks(tx, userId)),
      depths: new Map(),
    };
    const top: Place = { notebookId: session.notebookId, isFull: false };
    const byId = new Map<string, Place>();
    const byPath = new Map<string, Place>();
    for (const [i, { id, parentId, name, path }] of archived.entries()) {
      signal.throwIfAborted();
      const parent = (parentId === null ? undefined : byId.get(parentId)) ?? top;
      const key = JSON.stringify(path.split('/'));
      const found = known.get(key);
      const place: Place = found
        ? { notebookId: found, isFull: false }
        : await take(tx, session, { key, parent, name, id: wanted[i] ?? id }, room);
      if (place.notebookId !== null && !place.isFull) known.set(key, place.notebookId);
      byId.set(id, place);
      byPath.set(path, place);
    }
    return byPath;
  });
}

async function ownersOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
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
}

/** What may still be made; kept up to date here, since nobody else makes notebooks meanwhile. */
interface Room {
  /** Of the notebooks that the archive names, where they are there already. */
  owners: Map<string, string>;
  left: number;
  /** Of notebooks by their ids. */
  depths: Map<string, number>;
}

/** The notebook itself, made where it is missing; its parent where no more or none so deep may be made. */
async function take(
  tx: Tx,
  { id: sessionId, userId }: SessionRow,
  { key, id, name, parent }: Wanted,
  room: Room,
): Promise<Place> {
  const owner = room.owners.get(id);
  if (owner === userId) {
    await tx.insert(importNotebooks).values({ sessionId, path: key, notebookId: id, isNew: false });
    return { notebookId: id, isFull: false };
  }
  const { notebookId: parentId } = parent;
  const full: Place = { notebookId: parentId, isFull: true };
  // Most of what is too much ends here, without a question to the database.
  if (room.left <= 0) return full;
  const depth = await depthIn(tx, parentId, room);
  if (depth >= LIMITS.notebookDepth) return full;
  // An id that somebody else has says nothing to either.
  const own = owner === undefined ? { id } : {};
  const notebookId = await addNotebook(tx, userId, { parentId, name, ...own });
  room.left -= 1;
  room.owners.set(notebookId, userId);
  room.depths.set(notebookId, depth + 1);
  await tx.insert(importNotebooks).values({ sessionId, path: key, notebookId, isNew: true });
  return { notebookId, isFull: false };
}

async function depthIn(tx: Tx, id: string | null, { depths }: Room): Promise<number> {
  if (id === null) return 0;
  const depth = depths.get(id) ?? (await depthOf(tx, id));
  depths.set(id, depth);
  return depth;
}
