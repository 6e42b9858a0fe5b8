import type { DehydratedState } from '@tanstack/react-query';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type Kept, type Kind, MAX_AGE_MS, surplus } from './rules.js';

export type KeptState = DehydratedState['queries'][number];

/** An answer of the server on this device. */
export interface KeptQuery extends Kept {
  query: KeptState;
}

/** Whose data lies in the store, and which build of the app knows its shape. */
export interface Owner {
  userId: string;
  build: string;
}

interface Schema extends DBSchema {
  owner: { key: 'owner'; value: Owner };
  queries: {
    key: string;
    value: KeptQuery;
    /** All that the bounds need, without reading the texts. */
    indexes: { bySize: [Kind, number, number] };
  };
}

export const KEPT_DATABASE = 'ainotebook-kept';

export type KeptStore = ReturnType<typeof createKeptStore>;

const isSame = (a: Owner | undefined, b: Owner): boolean =>
  a?.userId === b.userId && a.build === b.build;

/**
 * What the server said, in a database of its own: deleting it as a whole touches no unsaved text.
 * Every method rejects when the browser refuses to store.
 */
export function createKeptStore(name = KEPT_DATABASE) {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;
  const forget = () => {
    opening = null;
  };
  const database = () => {
    opening ??= openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('owner');
        const queries = db.createObjectStore('queries', { keyPath: 'hash' });
        queries.createIndex('bySize', ['kind', 'at', 'bytes']);
      },
      // Another tab deletes it: somebody has signed out.
      blocking(_version, _blocked, event) {
        forget();
        // The event of a connection comes from it.
        (event.target as IDBDatabase).close();
      },
      terminated: forget,
    }).catch((error: unknown) => {
      forget();
      throw error;
    });
    return opening;
  };

  return {
    /** All that is kept of this owner; nothing of anybody else or of another build. */
    async read(owner: Owner, now: number): Promise<KeptQuery[]> {
      const tx = (await database()).transaction(['owner', 'queries']);
      if (!isSame(await tx.objectStore('owner').get('owner'), owner)) return [];
      const all = await tx.objectStore('queries').getAll();
      return all.filter(({ at }) => now - at <= MAX_AGE_MS);
    },
    /**
     * Keeps some answers and drops others, and whatever was another owner's. `isAllowed` is asked
     * last: between it and the transaction nobody can sign out.
     */
    async write(
      owner: Owner,
      change: { put: readonly KeptQuery[]; drop: readonly string[]; now: number },
      isAllowed: () => boolean,
    ): Promise<void> {
      const db = await database();
      if (!isAllowed()) return;
      const tx = db.transaction(['owner', 'queries'], 'readwrite');
      const queries = tx.objectStore('queries');
      if (!isSame(await tx.objectStore('owner').get('owner'), owner)) {
        await queries.clear();
        await tx.objectStore('owner').put(owner, 'owner');
      }
      for (const kept of change.put) await queries.put(kept);
      const all: Kept[] = [];
      let cursor = await queries.index('bySize').openKeyCursor();
      while (cursor) {
        const [kind, at, bytes] = cursor.key;
        all.push({ hash: cursor.primaryKey, kind, at, bytes });
        cursor = await cursor.continue();
      }
      for (const hash of [...change.drop, ...surplus(all, change.now)]) await queries.delete(hash);
      await tx.done;
    },
  };
}
