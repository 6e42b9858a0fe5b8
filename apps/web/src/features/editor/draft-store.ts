import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { sameText } from './save-rules.js';
import type { Draft, NoteText } from './save-types.js';

interface Schema extends DBSchema {
  drafts: { key: [string, string]; value: Draft; indexes: { byUser: string } };
}

/** Unconfirmed text on this device. Every method rejects when the browser refuses to store. */
export interface DraftStore {
  put: (draft: Draft) => Promise<void>;
  ofArticle: (userId: string, articleId: string) => Promise<Draft[]>;
  ofUser: (userId: string) => Promise<Draft[]>;
  /** Article and tab of every draft: what there is, without reading the texts. */
  keysOf: (userId: string) => Promise<[articleId: string, tabId: string][]>;
  /** Makes a draft left by a tab that is gone this tab's own; null when it is there no more. */
  adopt: (draft: Draft, tabId: string) => Promise<Draft | null>;
  /** Removes the draft one tab has of an article. */
  remove: (articleId: string, tabId: string) => Promise<void>;
  /** Removes drafts of the article that hold exactly `text`, whichever tab wrote them. */
  discard: (userId: string, articleId: string, text: NoteText) => Promise<void>;
  clear: (userId: string) => Promise<void>;
}

/** Drafts in IndexedDB, keyed by article and tab: two tabs never overwrite each other's text. */
export function createDraftStore(name = 'ainotebook'): DraftStore {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;
  const database = () => {
    opening ??= openDB<Schema>(name, 1, {
      upgrade(db) {
        const drafts = db.createObjectStore('drafts', { keyPath: ['articleId', 'tabId'] });
        drafts.createIndex('byUser', 'userId');
      },
      terminated() {
        opening = null;
      },
    }).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  /** Arrays sort after strings: every tab's key. */
  const keysOfArticle = (articleId: string) => IDBKeyRange.bound([articleId], [articleId, []]);

  return {
    async put(draft) {
      const tx = (await database()).transaction('drafts', 'readwrite', { durability: 'strict' });
      const put = tx.store.put(draft);
      // Left to itself it would be undone should the page go before the browser answers.
      tx.commit();
      await Promise.all([put, tx.done]);
    },
    async ofUser(userId) {
      return (await database()).getAllFromIndex('drafts', 'byUser', userId);
    },
    async keysOf(userId) {
      return (await database()).getAllKeysFromIndex('drafts', 'byUser', userId);
    },
    async ofArticle(userId, articleId) {
      const drafts = await (await database()).getAll('drafts', keysOfArticle(articleId));
      return drafts.filter((draft) => draft.userId === userId);
    },
    async adopt({ articleId, tabId: former }, tabId) {
      const tx = (await database()).transaction('drafts', 'readwrite', { durability: 'strict' });
      const draft = await tx.store.get([articleId, former]);
      const own = draft ? { ...draft, tabId } : null;
      if (own && former !== tabId) {
        await tx.store.put(own);
        await tx.store.delete([articleId, former]);
      }
      await tx.done;
      return own;
    },
    async remove(articleId, tabId) {
      await (await database()).delete('drafts', [articleId, tabId]);
    },
    async discard(userId, articleId, text) {
      const tx = (await database()).transaction('drafts', 'readwrite');
      let cursor = await tx.store.openCursor(keysOfArticle(articleId));
      while (cursor) {
        const draft = cursor.value;
        if (draft.userId === userId && sameText(draft, text)) await cursor.delete();
        cursor = await cursor.continue();
      }
      await tx.done;
    },
    async clear(userId) {
      const tx = (await database()).transaction('drafts', 'readwrite');
      for (const key of await tx.store.index('byUser').getAllKeys(userId))
        await tx.store.delete(key);
      await tx.done;
    },
  };
}
