import { type CacheClass, cacheClass, type Frozen } from '@ainotebook/cache';
import type { PublicProfile } from '@ainotebook/contract';
import { type CachedReads, currentVersion, readInScope } from '../scopes.js';
import { getPublicProfile } from './public-articles.js';
import {
  listPublicArticles,
  listPublicTags,
  type PublicArticleSummary,
  type PublicListOptions,
  type PublicTag,
} from './public-lists.js';

/** Everything that visitors see in lists, of all authors. */
const SCOPE = 'publications';

type StoredProfile = Omit<PublicProfile, 'createdAt'> & { createdAt: number };
type StoredSummary = Omit<PublicArticleSummary, 'publishedAt' | 'updatedAt' | 'author'> & {
  publishedAt: number;
  updatedAt: number;
  author: StoredProfile;
};

export const profileClass = cacheClass<StoredProfile>('profile');
export const listClass = cacheClass<{ items: StoredSummary[]; nextCursor: string | null }>('list');
export const tagsClass = cacheClass<PublicTag[]>('public-tags');

/** `getPublicProfile` through the cache: at most two seconds old. */
export async function readProfile(
  reads: CachedReads,
  handle: string,
): Promise<PublicProfile | null> {
  const profile = await inLists(reads, profileClass, handle.toLowerCase(), async () => {
    const found = await getPublicProfile(reads.db, handle);
    return found && toStored(found);
  });
  return profile && fromStored(profile);
}

/** `listPublicArticles` through the cache. @throws AppError bad_input on a forged cursor */
export async function readPublicList(
  reads: CachedReads,
  options: PublicListOptions,
): Promise<{ items: PublicArticleSummary[]; nextCursor: string | null }> {
  const { limit, cursor = null, handle = null, tag = null } = options;
  const id = JSON.stringify([limit, cursor, handle, tag]);
  const page = await inLists(reads, listClass, id, async () => {
    const { items, nextCursor } = await listPublicArticles(reads.db, options);
    return {
      nextCursor,
      items: items.map((item) => ({
        ...item,
        publishedAt: item.publishedAt.getTime(),
        updatedAt: item.updatedAt.getTime(),
        author: toStored(item.author),
      })),
    };
  });
  const items = page?.items ?? [];
  return {
    nextCursor: page?.nextCursor ?? null,
    items: items.map((item) => ({
      ...item,
      tags: [...item.tags],
      publishedAt: new Date(item.publishedAt),
      updatedAt: new Date(item.updatedAt),
      author: fromStored(item.author),
    })),
  };
}

/** `listPublicTags` through the cache. */
export async function readPublicTags(
  reads: CachedReads,
  options: { limit: number },
): Promise<PublicTag[]> {
  const load = () => listPublicTags(reads.db, options);
  const tags = await inLists(reads, tagsClass, String(options.limit), load);
  return tags?.map((tag) => ({ ...tag })) ?? [];
}

function inLists<T>(
  reads: CachedReads,
  cls: CacheClass<T>,
  id: string,
  load: () => Promise<T | null>,
): Promise<Frozen<T> | null> {
  return readInScope(reads, { scope: SCOPE, cls, id }, async () => {
    const ver = await currentVersion(reads.db);
    const value = await load();
    return value === null ? null : { ver, value };
  });
}

const toStored = (profile: PublicProfile): StoredProfile => ({
  ...profile,
  createdAt: profile.createdAt.getTime(),
});
const fromStored = (profile: StoredProfile): PublicProfile => ({
  ...profile,
  createdAt: new Date(profile.createdAt),
});
