import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const KEPT = 'ainotebook-kept';

export const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 30_000 });

/** What lies on the device: the titles of kept notes, texts not yet saved, who was here. */
export function onDevice(page: Page) {
  return page.evaluate(async (name) => {
    const all = (database: string, store: string) =>
      new Promise<unknown[]>((resolve, reject) => {
        const opening = indexedDB.open(database);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          if (!db.objectStoreNames.contains(store)) {
            db.close();
            resolve([]);
            return;
          }
          const asking = db.transaction(store).objectStore(store).getAll();
          asking.onerror = () => reject(asking.error);
          asking.onsuccess = () => {
            db.close();
            resolve(asking.result);
          };
        };
      });
    const there = (await indexedDB.databases()).map((database) => database.name);
    return {
      kept: JSON.stringify(there.includes(name) ? await all(name, 'queries') : []),
      drafts: there.includes('ainotebook') ? (await all('ainotebook', 'drafts')).length : 0,
      person: localStorage.getItem('person'),
    };
  }, KEPT);
}
/** The worker has the app, so that it opens without the server. */
export const hasApp = (page: Page) =>
  eventually(() =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      return registration?.active?.state ?? null;
    }),
  ).toBe('activated');
