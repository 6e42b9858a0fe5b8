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
  /** Makes a draft left by a tab that is gone this tab's own, in one step. */
  adopt: (draft: Draft, tabId: string) => Promise<void>;
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
  const ofUser = async (userId: string) =>
    (await database()).getAllFromIndex('drafts', 'byUser', userId);

  async function removeWhere(userId: string, isGone: (draft: Draft) => boolean): Promise<void> {
    const tx = (await database()).transaction('drafts', 'readwrite');
    let cursor = await tx.store.index('byUser').openCursor(userId);
    while (cursor) {
      if (isGone(cursor.value)) await cursor.delete();
      cursor = await cursor.continue();
    }
    await tx.done;
  }

  return {
    async put(draft) {
      const tx = (await database()).transaction('drafts', 'readwrite', { durability: 'strict' });
      await tx.store.put(draft);
      await tx.done;
    },
    ofUser,
    async ofArticle(userId, articleId) {
      return (await ofUser(userId)).filter((draft) => draft.articleId === articleId);
    },
    async adopt(draft, tabId) {
      if (draft.tabId === tabId) return;
      const tx = (await database()).transaction('drafts', 'readwrite', { durability: 'strict' });
      await tx.store.put({ ...draft, tabId });
      await tx.store.delete([draft.articleId, draft.tabId]);
      await tx.done;
    },
    discard: (userId, articleId, text) =>
      removeWhere(userId, (draft) => draft.articleId === articleId && sameText(draft, text)),
    clear: (userId) => removeWhere(userId, () => true),
  };
}
