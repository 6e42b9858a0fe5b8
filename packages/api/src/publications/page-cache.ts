import { cacheClass, type Frozen, type IdFilter } from '@ainotebook/cache';
import { isStorableText, LIMITS, type PublicProfile } from '@ainotebook/contract';
import { schema, snapshotVersion } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { type CachedReads, currentVersion, readInScope } from '../scopes.js';
import { type LivePublication, type ResolvedSlug, resolveSlug } from './public-articles.js';
import { storedSlug } from './slugs.js';

const { articles, publications, slugs } = schema;

type StoredPublication = Omit<LivePublication, 'publishedAt' | 'updatedAt' | 'author' | 'views'> & {
  publishedAt: number;
  updatedAt: number;
  author: Omit<PublicProfile, 'createdAt'> & { createdAt: number };
};
type StoredPage =
  | { kind: 'live'; publication: StoredPublication }
  | Exclude<ResolvedSlug, { kind: 'live' }>;

/** Whose article an address under `/p/` leads to. */
export const slugClass = cacheClass<{ authorId: string }>('slug');
/**
 * The article, redirect or absence behind an address, within the scope of its author. Of an article that
 * is not for everybody it holds the beginning: the rest is in no cache.
 */
export const pageClass = cacheClass<StoredPage>('page');
/** What an article says of itself to everybody. */
export const articleClass = cacheClass<{ views: number }>('article', { jitterMs: 600_000 });

/** What reading a page takes. */
export interface PageReads extends CachedReads {
  slugFilter: Pick<IdFilter, 'mayExist'>;
}

/** `resolveSlug` through the cache: at most two seconds old. */
export async function readPage(reads: PageReads, slug: string): Promise<ResolvedSlug> {
  const wanted = storedSlug(slug);
  if (!isStorableText(wanted) || wanted.length > LIMITS.slugLength) return { kind: 'missing' };
  if (!(await reads.slugFilter.mayExist(wanted))) return { kind: 'missing' };
  const address = await reads.cache.get(slugClass, wanted, () => loadAddress(reads, wanted));
  if (!address) return { kind: 'missing' };
  const place = { scope: `user:${address.authorId}:publications`, cls: pageClass, id: wanted };
  const page = await readInScope(reads, place, async () => {
    const ver = await currentVersion(reads.db);
    return { ver, value: toStored(await resolveSlug(reads.db, wanted)) };
  });
  if (!page) return { kind: 'missing' };
  if (page.kind !== 'live') return page;
  const article = await readArticle(reads, page.publication.articleId);
  return { kind: 'live', publication: toLive(page.publication, article?.views ?? 0) };
}

async function loadAddress({ db }: CachedReads, slug: string) {
  const [row] = await db
    .select({ ver: snapshotVersion, authorId: publications.userId })
    .from(slugs)
    .innerJoin(publications, eq(publications.articleId, slugs.articleId))
    .where(eq(slugs.slug, slug));
  return row ? { ver: row.ver, value: { authorId: row.authorId } } : null;
}

function readArticle({ cache, db }: CachedReads, id: string) {
  return cache.get(articleClass, id, async () => {
    const [row] = await db
      .select({ ver: articles.ver, views: articles.views })
      .from(articles)
      .where(eq(articles.id, id));
    return row ? { ver: row.ver, value: { views: row.views } } : null;
  });
}

function toStored(found: ResolvedSlug): StoredPage {
  if (found.kind !== 'live') return found;
  const { views: _, publishedAt, updatedAt, author, ...rest } = found.publication;
  return {
    kind: 'live',
    publication: {
      ...rest,
      publishedAt: publishedAt.getTime(),
      updatedAt: updatedAt.getTime(),
      author: { ...author, createdAt: author.createdAt.getTime() },
    },
  };
}

function toLive(stored: Frozen<StoredPublication>, views: number): LivePublication {
  const { access, tags, translations, author } = stored;
  return {
    ...stored,
    access: { ...access },
    tags: [...tags],
    translations: [...translations],
    views,
    publishedAt: new Date(stored.publishedAt),
    updatedAt: new Date(stored.updatedAt),
    author: { ...author, createdAt: new Date(author.createdAt) },
  };
}
