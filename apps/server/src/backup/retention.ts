import type { ListingStore } from '@ainotebook/files';
import { listBackups, type Manifest } from './manifest.js';
import { placeOf, readList } from './uploads.js';

const DAY_MS = 86_400_000;

/**
 * Removes backups older than `keepDays`, and the uploaded files that only they had. The newest is never
 * removed, and nothing is that this command did not write.
 * @returns names of the removed backups
 */
export async function pruneBackups(
  store: ListingStore,
  { keepDays, now = new Date() }: { keepDays: number; now?: Date },
): Promise<string[]> {
  const { good, damaged } = await listBackups(store);
  const oldest = now.getTime() - keepDays * DAY_MS;
  const isOld = ({ madeAt }: Manifest) => Date.parse(madeAt) < oldest;
  const [, ...others] = good;
  const old = others.filter(isOld);
  for (const { name, dump, uploads } of old) {
    // First what makes it a backup: half removed it is none.
    await store.remove(`${name}.json`);
    for (const file of [dump.file, `${dump.file}.sha256`, uploads?.file]) {
      if (file !== undefined) await store.remove(file);
    }
  }
  // A manifest that cannot be read may name any file.
  if (old.length > 0 && damaged.length === 0) {
    await removeUnnamed(
      store,
      good.filter((one) => !old.includes(one)),
    );
  }
  return old.map(({ name }) => name);
}

async function removeUnnamed(store: ListingStore, kept: Manifest[]): Promise<void> {
  const named = new Set<string>();
  for (const manifest of kept) {
    const hashes = await readList(store, manifest).catch(() => null);
    if (hashes === null) return;
    for (const key of hashes.keys()) named.add(placeOf(key, manifest.recipient));
  }
  for await (const { key } of store.list('files')) {
    if (!named.has(key)) await store.remove(key);
  }
}
